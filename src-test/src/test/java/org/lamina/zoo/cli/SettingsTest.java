package org.lamina.zoo.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lamina.zoo.data.DataException;
import picocli.CommandLine;

/** Settings as switches and as they are in the files of this version and those before. */
class SettingsTest {
    /** From the lamina.json of a model that version 0.1 trained. */
    private static final String OLD =
            """
            {"network": "eegnet", "data": "/data", "channels": ["C3", "Cz"],
             "trainRuns": ["1", "2"], "testRuns": ["3"], "low": 2.0, "high": 30.0, "tmin": 0.0,
             "tmax": 1.5, "resample": 0.0, "reject": 0.0, "labels": {"1": "left", "2": "right"},
             "preset": "KERAS", "kernelLength": 8, "f1": 2, "depth": 1, "f2": 2, "dropout": null,
             "batchNormMomentum": 0.1, "recomputeBatchNorm": true, "batch": 4, "epochs": 5,
             "lr": 0.01, "patience": 0, "validation": 0.2, "seed": 7, "strict": true, "rate": 0.0,
             "timeColumn": "t", "markerColumn": null}\
            """;

    private static final String OLD_IMAGES =
            """
            {"data": null, "epochs": 2, "batch": 8, "lr": 0.3, "clip": 0.0,
             "standardizedWeights": false, "examples": 50, "seed": 9, "momentum": 0.8,
             "labelSmoothing": 0.2, "averageDecay": 0.9}\
            """;

    private static Map<String, Object> map(String json) throws IOException {
        return new ObjectMapper().readValue(json, new TypeReference<>() {});
    }

    /** As it is read from a file again. */
    private static Map<String, Object> written(Settings settings) throws IOException {
        return map(new ObjectMapper().writeValueAsString(settings.toMap()));
    }

    @Test
    void filesOfOldVersionsAreRead() throws IOException {
        EegSettings settings = ClassifierSettings.read(map(OLD), EegSettings.class);
        assertTrue(written(settings).entrySet().containsAll(map(OLD).entrySet()));
        assertTrue(settings.recomputeBatchNorm);
        assertTrue(settings.data.reading.reader().strict());
        assertEquals(0, settings.data.reading.reader().csv().samplingRate());
        assertEquals(0, settings.plan().patience());
        assertEquals(
                settings.toMap(),
                ClassifierSettings.read(settings.toMap(), EegSettings.class).toMap());

        Map<String, Object> without = map(OLD);
        for (String later : "network strict rate timeColumn markerColumn".split(" ")) {
            without.remove(later);
        }
        assertEquals(
                "EEGNet",
                ClassifierSettings.read(without, EegSettings.class).network.entry().title());

        ImageSettings images = ClassifierSettings.read(map(OLD_IMAGES), ImageSettings.class);
        assertTrue(written(images).entrySet().containsAll(map(OLD_IMAGES).entrySet()));
        assertTrue(images.generated());
    }

    @ParameterizedTest
    @ValueSource(strings = {"channels", "testRuns", "labels", "high", "patience", "preset"})
    void damagedSettingsAreRefused(String name) throws IOException {
        Map<String, Object> settings = map(OLD);
        settings.remove(name);
        refused("not complete", settings);
        settings.put(name, new LinkedHashMap<>(Map.of("a", Map.of())));
        refused("damaged", settings);
    }

    @Test
    void settingsOfALaterVersionAreRefused() throws IOException {
        Map<String, Object> settings = map(OLD);
        settings.put("rotation", 3);
        refused("'rotation', which this version does not know", settings);
    }

    private static void refused(String expected, Map<String, Object> settings) {
        String message =
                assertThrows(
                                DataException.class,
                                () -> ClassifierSettings.read(settings, EegSettings.class))
                        .getMessage();
        assertTrue(message.contains(expected), message);
    }

    /** Every switch of a number that is in the JSON has limits, or takes any number. */
    @Test
    void numbersHaveLimits() {
        String unlimited =
                new CommandLine(new EegSettings())
                        .getCommandSpec().options().stream()
                                .filter(o -> Number.class.isAssignableFrom(boxed(o.type())))
                                .filter(
                                        o ->
                                                !((java.lang.reflect.Field) o.userObject())
                                                        .isAnnotationPresent(Limits.class))
                                .map(o -> o.longestName())
                                .sorted()
                                .toList()
                                .toString();
        assertEquals("[--seed, --tmax, --tmin]", unlimited);
    }

    private static Class<?> boxed(Class<?> type) {
        return java.lang.invoke.MethodType.methodType(type).wrap().returnType();
    }
}
