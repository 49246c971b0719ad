package org.lamina.layers.samediff;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.lamina.layers.base.LayerInputs;
import org.lamina.samediff.ops.NormOps;
import org.nd4j.autodiff.samediff.SDVariable;

/**
 * Mode and {@link LayerInputs} that a layer's graph is built with, and the batch statistics that it
 * computes.
 */
public final class GraphPass {

    private final boolean training;
    private final Map<String, SDVariable> inputs;
    private long[] inputShape;
    private final Map<String, SDVariable> statistics = new LinkedHashMap<>();

    /** A pass without masks. */
    public GraphPass(boolean training) {
        this(training, Map.of());
    }

    /**
     * A pass.
     *
     * @param training whether this is a training pass
     * @param inputs the {@link LayerInputs} by name
     */
    GraphPass(boolean training, Map<String, SDVariable> inputs) {
        this.training = training;
        this.inputs = inputs;
    }

    /** Whether this is a training pass. */
    public boolean training() {
        return training;
    }

    /**
     * Shape of the layer's input, channels first, -1 for the minibatch: SameDiff does not know the
     * shape of an op's result.
     */
    public long[] inputShape() {
        return inputShape.clone();
    }

    /** Spatial size of the layer's input: its shape without minibatch and channels. */
    public long[] inputSize() {
        return Arrays.copyOfRange(inputShape, 2, inputShape.length);
    }

    void setInputShape(long[] shape) {
        this.inputShape = shape;
    }

    /**
     * Mask of the layer's input, {@code [N, 1, spatial...]} with 1 for unmasked positions; null
     * without a mask. The input is zero at masked positions.
     */
    public SDVariable mask() {
        return mask(0);
    }

    /** Mask of the layer's output, or null. */
    public SDVariable outputMask() {
        List<SDVariable> masks = masks();
        return masks.isEmpty() ? null : masks.get(masks.size() - 1);
    }

    /** Masks of the layer's input and after each of its windows; empty without a mask. */
    public List<SDVariable> masks() {
        List<SDVariable> masks = new ArrayList<>();
        for (SDVariable mask = mask(0); mask != null; mask = mask(masks.size())) {
            masks.add(mask);
        }
        return masks;
    }

    /** Mask after this number of the layer's windows, or null. */
    public SDVariable mask(int windows) {
        return inputs.get(LayerInputs.mask(windows));
    }

    /** Random factors of the examples {@code [N, 1, ...]}; null for a layer without any. */
    public SDVariable exampleFactors() {
        return inputs.get(LayerInputs.EXAMPLE_FACTORS);
    }

    /**
     * Reports a batch statistic, with which the running statistic is updated after the pass.
     *
     * @param param name of the parameter that holds the running statistic
     * @param value the batch's, of that parameter's shape
     * @see org.lamina.spec.LayerSpec#momentum()
     */
    public void statistic(String param, SDVariable value) {
        statistics.put(param, value);
    }

    /** Reports the statistics of a normalization and returns its output. */
    SDVariable collect(NormOps.Normalized normalized) {
        normalized.statistics().forEach(this::statistic);
        return normalized.output();
    }

    /** The reported statistics, by parameter. */
    public Map<String, SDVariable> statistics() {
        return statistics;
    }
}
