package org.lamina.zoo.cli;

import com.fasterxml.jackson.annotation.JsonAutoDetect.Visibility;
import com.fasterxml.jackson.annotation.PropertyAccessor;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.lamina.zoo.data.DataException;
import org.lamina.zoo.training.TrainingPlan;
import picocli.CommandLine.Option;

/**
 * Everything that a training depends on: the same settings and data give the same network. Each
 * field is a switch (its default is the field's first value, or null where it follows from the
 * data) and, under the field's name, a value in model files and results.
 */
abstract class Settings {
    private static final ObjectMapper JSON =
            JsonMapper.builder()
                    .visibility(PropertyAccessor.ALL, Visibility.NONE)
                    .visibility(PropertyAccessor.FIELD, Visibility.ANY)
                    .build();

    @Option(
            names = "--epochs",
            paramLabel = "N",
            description = "Passes over the training data, at most (${DEFAULT-VALUE}).")
    @Limits(above = 0)
    int epochs;

    @Option(
            names = "--batch",
            paramLabel = "N",
            description = "Examples of an update (${DEFAULT-VALUE}).")
    @Limits(above = 0)
    int batch;

    @Option(
            names = "--lr",
            paramLabel = "RATE",
            description = "Learning rate; where it changes, the largest (${DEFAULT-VALUE}).")
    @Limits(above = 0)
    double lr;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "Seed of everything random (${DEFAULT-VALUE}).")
    long seed;

    /** With the defaults of a network. */
    Settings(int epochs, int batch, double lr, long seed) {
        this.epochs = epochs;
        this.batch = batch;
        this.lr = lr;
        this.seed = seed;
    }

    /** As they are written to files. */
    Map<String, Object> toMap() {
        return JSON.convertValue(this, new TypeReference<>() {});
    }

    /**
     * Reads what {@link #toMap} wrote, in this version or one before.
     *
     * @throws DataException if it is something else, or has settings that this version lacks
     */
    static <S extends Settings> S read(Map<String, Object> map, Class<S> type) {
        S settings;
        try {
            settings = JSON.convertValue(map, type);
        } catch (IllegalArgumentException e) {
            throw damaged("are damaged", e);
        }
        for (String name : map.keySet()) {
            if (!settings.toMap().containsKey(name)) {
                throw damaged("have '" + name + "', which this version does not know", null);
            }
        }
        if (!settings.complete()) {
            throw damaged("are not complete", null);
        }
        return settings;
    }

    private static DataException damaged(String problem, Exception cause) {
        return new DataException(
                "The settings of the training run, in the model's lamina.json, " + problem, cause);
    }

    /** Folder of the data; null if they are generated. */
    abstract String source();

    /** Where the data come from, for people. */
    final String sourceName() {
        return source() == null ? "generated data" : source();
    }

    /** Whether no default is left open. */
    abstract boolean complete();

    /** What is trained on what, in a few words. */
    abstract String title();

    /** What follows the model's file in a command that evaluates it on the same data. */
    abstract String evaluateArguments();

    abstract String predictArguments();

    abstract TrainingPlan plan();

    /** For people: names as those of switches, without what is not set. */
    Map<String, String> toText() {
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
            return "none";
        }
        return value instanceof Double number ? Texts.number(number) : value.toString();
    }
}
