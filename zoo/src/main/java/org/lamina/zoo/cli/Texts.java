package org.lamina.zoo.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.lamina.zoo.data.epochs.EpochSet;
import org.lamina.zoo.evaluation.Metrics;
import org.lamina.zoo.training.TrainingHistory;

/** Results as lines for a terminal. */
final class Texts {
    private Texts() {}

    /** Without superfluous decimals: 160 rather than 160.0. */
    static String number(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15
                ? Long.toString((long) value)
                : Double.toString(value);
    }

    /** Three decimals, or a dash for no value. */
    static String score(Double value) {
        return value == null ? "-" : String.format(Locale.ROOT, "%.3f", value);
    }

    /** All scores but the loss, in one line. */
    static String scores(Metrics metrics) {
        return String.format(
                "accuracy %s   balanced accuracy %s   kappa %s   AUC %s   F1 %s",
                score(metrics.accuracy()),
                score(metrics.balancedAccuracy()),
                score(metrics.kappa()),
                score(metrics.auc()),
                score(metrics.f1()));
    }

    /** The results on the validation set for the end of an epoch's line; empty without one. */
    static String validation(TrainingHistory.Epoch epoch, boolean best) {
        return epoch.validationLoss() == null
                ? ""
                : String.format(
                        Locale.ROOT,
                        "  validation loss %.3f accuracy %.3f balanced %.3f AUC %s%s",
                        epoch.validationLoss(),
                        epoch.validationAccuracy(),
                        epoch.validationBalancedAccuracy(),
                        score(epoch.validationAuc()),
                        best ? " *" : "  ");
    }

    /** Number of epochs, in all and by class. */
    static String counts(EpochSet set) {
        return counts(set.classCounts(), set.classNames());
    }

    /** Number of epochs, in all and by class. */
    static String counts(int[] counts, List<String> classNames) {
        List<String> parts = new ArrayList<>();
        for (int k = 0; k < counts.length; k++) {
            parts.add(counts[k] + " " + classNames.get(k));
        }
        return Arrays.stream(counts).sum() + " epochs (" + String.join(", ", parts) + ")";
    }

    /** Confusion matrix as a table. */
    static List<String> confusion(Metrics metrics) {
        List<String> names = metrics.classes();
        int longest = names.stream().mapToInt(String::length).max().orElse(0);
        int width = Math.max(6, longest + 2);
        int first = Math.max(16, longest) + 2;
        List<String> lines = new ArrayList<>();
        StringBuilder head = new StringBuilder(pad("true \\ predicted", -first));
        for (String name : names) {
            head.append(pad(name, width));
        }
        lines.add(head.toString());
        for (int k = 0; k < names.size(); k++) {
            StringBuilder line = new StringBuilder(pad(names.get(k), -first));
            for (int count : metrics.confusion()[k]) {
                line.append(pad(Integer.toString(count), width));
            }
            lines.add(line.toString());
        }
        return lines;
    }

    /** Rows as lines with aligned columns. */
    static List<String> table(List<String[]> rows) {
        int[] widths = new int[rows.get(0).length];
        for (String[] row : rows) {
            for (int c = 0; c < row.length; c++) {
                widths[c] = Math.max(widths[c], row[c].length());
            }
        }
        List<String> lines = new ArrayList<>();
        for (String[] row : rows) {
            StringBuilder line = new StringBuilder();
            for (int c = 0; c < row.length; c++) {
                line.append(pad(row[c], -widths[c] - 2));
            }
            lines.add(line.toString().stripTrailing());
        }
        return lines;
    }

    /** Class weights with two decimals. */
    static String weights(Map<String, Double> weights) {
        return weights.entrySet().stream()
                .map(
                        weight ->
                                String.format(
                                        Locale.ROOT, "%s %.2f", weight.getKey(), weight.getValue()))
                .collect(Collectors.joining(", "));
    }

    /** Sizes of an array: 22 x 256. */
    static String shape(long... sizes) {
        return Arrays.stream(sizes).mapToObj(Long::toString).collect(Collectors.joining(" x "));
    }

    /** Whether a file's name ends with one of these, in lower case, however it is written. */
    static boolean endsWith(Path file, String... endings) {
        String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
        return Arrays.stream(endings).anyMatch(name::endsWith);
    }

    /** Quoted for a shell, where necessary. */
    static String quoted(String word) {
        return word.matches("[\\w./:,@%+=-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
    }

    /** Pads to a width, on the left if it is positive. */
    static String pad(String text, int width) {
        return String.format("%" + width + "s", text);
    }
}
