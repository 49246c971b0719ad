package org.lamina.zoo.cli;

import com.fasterxml.jackson.annotation.JsonAutoDetect.Visibility;
import com.fasterxml.jackson.annotation.PropertyAccessor;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.lamina.zoo.ClassWeightedLoss;
import org.lamina.zoo.data.DataException;
import org.lamina.zoo.training.TrainingPlan;
import org.nd4j.linalg.lossfunctions.ILossFunction;
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
                    .enable(SerializationFeature.WRITE_ENUMS_USING_TO_STRING)
                    .enable(DeserializationFeature.READ_ENUMS_USING_TO_STRING)
                    .build();

    private static final String NO_WEIGHTS = "none";

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

    @Option(
            names = "--class-weights",
            paramLabel = "balanced|none|CLASS=W,...",
            description =
                    "How much an example of each class counts in the loss of training: all the same"
                            + " (none); so much that every class counts the same in all"
                            + " (balanced), by the training examples; or these numbers, 1 for a"
                            + " class that is not named (${DEFAULT-VALUE}).")
    String classWeights = NO_WEIGHTS;

    /** With the defaults of a network. */
    Settings(int epochs, int batch, double lr, long seed) {
        this.epochs = epochs;
        this.batch = batch;
        this.lr = lr;
        this.seed = seed;
    }

    /**
     * A loss in which classes have the weights that are set.
     *
     * @param loss without weights
     * @param classes names
     * @param counts training examples of each
     */
    final ILossFunction weighted(ILossFunction loss, List<String> classes, int[] counts) {
        if (classWeights.equals(NO_WEIGHTS)) {
            return loss;
        }
        try {
            return new ClassWeightedLoss(loss, weights(classes, counts));
        } catch (IllegalArgumentException e) {
            throw new UsageException("--class-weights " + classWeights + ": " + e.getMessage(), e);
        }
    }

    private double[] weights(List<String> classes, int[] counts) {
        if (classWeights.equals("balanced")) {
            return ClassWeightedLoss.balanced(counts);
        }
        double[] weights = new double[classes.size()];
        Arrays.fill(weights, 1);
        for (String part : classWeights.split(",")) {
            int equals = part.lastIndexOf('=');
            int k = equals < 0 ? -1 : classes.indexOf(part.substring(0, equals));
            if (k < 0) {
                throw new IllegalArgumentException(
                        "'"
                                + part
                                + "' is not CLASS=W with one of the classes "
                                + String.join(", ", classes));
            }
            // NumberFormatException, an IllegalArgumentException, says what is no number.
            weights[k] = Double.parseDouble(part.substring(equals + 1));
        }
        return weights;
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
