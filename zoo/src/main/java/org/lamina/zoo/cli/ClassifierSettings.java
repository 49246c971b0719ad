package org.lamina.zoo.cli;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.lamina.zoo.ClassWeightedLoss;
import org.lamina.zoo.data.DataException;
import org.lamina.zoo.training.TrainingPlan;
import org.nd4j.linalg.lossfunctions.ILossFunction;
import picocli.CommandLine.Option;

/** The settings of the training of a classifier. */
@JsonPropertyOrder("epochs")
abstract class ClassifierSettings extends Settings {
    @Option(
            names = "--epochs",
            paramLabel = "N",
            description = "Maximum number of passes over the training data (${DEFAULT-VALUE}).")
    @Limits(above = 0)
    int epochs;

    @Option(
            names = "--class-weights",
            paramLabel = "balanced|none|CLASS=W,...",
            description =
                    "Weight of each class in the training loss: the same for all (none); inversely"
                            + " proportional to the number of its training examples (balanced); or"
                            + " these numbers, 1 for a class that is not named (${DEFAULT-VALUE}).")
    String classWeights = NONE;

    /** With the defaults of a network. */
    ClassifierSettings(int epochs, int batch, double lr, long seed) {
        super(batch, lr, seed);
        this.epochs = epochs;
    }

    /**
     * Applies the class weights to a loss.
     *
     * @param loss without weights
     * @param classes names
     * @param counts training examples of each
     */
    final ILossFunction weighted(ILossFunction loss, List<String> classes, int[] counts) {
        if (classWeights.equals(NONE)) {
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
            // NumberFormatException, an IllegalArgumentException, names what is not a number.
            weights[k] = Double.parseDouble(part.substring(equals + 1));
        }
        return weights;
    }

    /**
     * Reads what {@link #toMap} wrote, in this version or another one. Settings that the file lacks
     * have their defaults; settings that this version lacks must be off.
     *
     * @throws DataException naming what is wrong
     */
    static <S extends ClassifierSettings> S read(Map<String, Object> map, Class<S> type) {
        S settings;
        try {
            settings = JSON.convertValue(map, type);
        } catch (IllegalArgumentException e) {
            throw damaged("are damaged", e);
        }
        Map<String, Object> known = settings.toMap();
        map.forEach(
                (name, value) -> {
                    if (!known.containsKey(name) && !isOff(value)) {
                        throw damaged(
                                "have '" + name + "', which this version does not know", null);
                    }
                });
        if (!settings.complete()) {
            throw damaged("are not complete", null);
        }
        return settings;
    }

    private static DataException damaged(String problem, Exception cause) {
        return new DataException(
                "The settings of the training run, in the model's lamina.json, " + problem, cause);
    }

    /** The command whose settings these are. */
    String command() {
        return "train";
    }

    /** The command that wrote settings with {@link #toMap}. */
    static String commandOf(Map<String, Object> settings) {
        return settings.containsKey("folds") ? CrossvalSettings.COMMAND : "train";
    }

    /** Folder of the data; null if they are generated. */
    abstract String source();

    /** Where the data come from, for a reader. */
    final String sourceName() {
        return source() == null ? "generated data" : source();
    }

    /** Whether every default has been settled. */
    abstract boolean complete();

    /** What is trained on what, in a few words. */
    abstract String title();

    /** What follows the model's file in a command that evaluates it on the same data. */
    abstract String evaluateArguments();

    /** What follows the model's file in a command that predicts with it. */
    abstract String predictArguments();

    abstract TrainingPlan plan();
}
