package org.lamina.zoo.data.epochs;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.lamina.zoo.data.NameList;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Compares the amplitudes of the input of a model with those of its training data. Samples in a
 * wrong unit are off by a factor of a thousand or a million, and a network assigns all of them to
 * one class.
 */
public final class ScaleCheck {
    private static final double MOST = 20;

    private final double[] trained;
    private final List<String> channels;
    private final ChannelStandardizer.Sums sums = new ChannelStandardizer.Sums();
    private boolean empty = true;

    /**
     * @param trained standardizer fitted to the training data
     * @param channels their names
     */
    public ScaleCheck(ChannelStandardizer trained, List<String> channels) {
        this.trained = trained.std();
        this.channels = List.copyOf(channels);
    }

    /**
     * Adds epochs.
     *
     * @param features as the standardizer takes them, not yet standardized
     */
    public void add(INDArray features) {
        sums.add(features);
        empty = false;
    }

    /**
     * @return a sentence if standard deviations differ from those of the training data by a factor
     *     of more than 20
     */
    public Optional<String> warning() {
        if (empty) {
            return Optional.empty();
        }
        double[] now = sums.deviations();
        double[] factors = new double[now.length];
        List<String> off = new ArrayList<>();
        for (int c = 0; c < now.length; c++) {
            factors[c] = now[c] / trained[c];
            if (isOff(factors[c])) {
                off.add(channels.get(c));
            }
        }
        if (off.isEmpty()) {
            return Optional.empty();
        }
        double[] sorted = factors.clone();
        Arrays.sort(sorted);
        double middle = sorted[sorted.length / 2];
        if (isOff(middle)) {
            return Optional.of(
                    String.format(
                            Locale.ROOT,
                            "the samples vary %.3g times as much as those that the model was"
                                    + " trained on; is their unit right? The predictions are"
                                    + " unreliable",
                            middle));
        }
        return Optional.of(
                String.format(
                        Locale.ROOT,
                        "samples of %s vary less than a twentieth or more than 20 times as much as"
                                + " those that the model was trained on",
                        NameList.of(off)));
    }

    private static boolean isOff(double factor) {
        return !(factor <= MOST && factor >= 1 / MOST);
    }
}
