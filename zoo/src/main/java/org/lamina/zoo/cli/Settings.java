package org.lamina.zoo.cli;

import com.fasterxml.jackson.annotation.JsonAutoDetect.Visibility;
import com.fasterxml.jackson.annotation.PropertyAccessor;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine.Option;

/**
 * Everything that a training depends on: the same settings and data give the same network. Each
 * field is a switch (its default is the field's initial value, or null where the default depends on
 * the data) and, under the field's name, a value in model files and results.
 */
abstract class Settings {
    static final ObjectMapper JSON =
            JsonMapper.builder()
                    .visibility(PropertyAccessor.ALL, Visibility.NONE)
                    .visibility(PropertyAccessor.FIELD, Visibility.ANY)
                    .enable(SerializationFeature.WRITE_ENUMS_USING_TO_STRING)
                    .enable(DeserializationFeature.READ_ENUMS_USING_TO_STRING)
                    .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                    .build();

    static final String NONE = "none";

    @Option(
            names = "--batch",
            paramLabel = "N",
            description = "Examples per update (${DEFAULT-VALUE}).")
    @Limits(above = 0)
    int batch;

    @Option(
            names = "--lr",
            paramLabel = "RATE",
            description = "Learning rate; the largest one where it changes (${DEFAULT-VALUE}).")
    @Limits(above = 0)
    double lr;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "Seed of all random numbers (${DEFAULT-VALUE}).")
    long seed;

    /** With the defaults of a network. */
    Settings(int batch, double lr, long seed) {
        this.batch = batch;
        this.lr = lr;
        this.seed = seed;
    }

    /** The settings as they are written to files. */
    final Map<String, Object> toMap() {
        return JSON.convertValue(this, new TypeReference<>() {});
    }

    /**
     * Whether a value switches something off, as a version of this program without the switch does.
     */
    static boolean isOff(Object value) {
        return value == null
                || value.equals(false)
                || value.equals(NONE)
                || value instanceof Number number && number.doubleValue() == 0
                || value instanceof Collection<?> list && list.isEmpty()
                || value instanceof Map<?, ?> map && map.isEmpty();
    }

    /** The settings for a reader: named like the switches, without those that are not set. */
    final Map<String, String> toText() {
        Map<String, String> text = new LinkedHashMap<>();
        toMap().forEach(
                        (name, value) -> {
                            if (value != null) {
                                text.put(asSwitch(name), text(value));
                            }
                        });
        return text;
    }

    /** trainRuns is train-runs on the command line. */
    private static String asSwitch(String field) {
        return field.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
    }

    private static String text(Object value) {
        if (value instanceof Collection<?> list) {
            return list.isEmpty()
                    ? "(chosen by class)"
                    : list.stream().map(String::valueOf).collect(Collectors.joining(", "));
        }
        if (value instanceof Map<?, ?> map) {
            return map.isEmpty() ? "(as in the files)" : map.toString().replaceAll("[{}]", "");
        }
        if (value instanceof Number number && number.doubleValue() == 0) {
            return NONE;
        }
        return value instanceof Double number ? Texts.number(number) : value.toString();
    }
}
