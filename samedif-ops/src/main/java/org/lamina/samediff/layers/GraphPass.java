package org.lamina.samediff.layers;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.lamina.samediff.ops.NormOps;
import org.nd4j.autodiff.samediff.SDVariable;

/**
 * What a layer's graph is built for, beside its input and its parameters, and what the graph gives
 * beside its output.
 */
public final class GraphPass {

    private final boolean training;
    private final SDVariable mask;
    private final SDVariable outputMask;
    private final Map<String, SDVariable> inputs;
    private long[] inputShape;
    private final Map<String, SDVariable> statistics = new LinkedHashMap<>();

    /**
     * A pass.
     *
     * @param training whether this is a training pass
     * @param mask mask of the input, or null
     * @param outputMask mask of the output, or null
     */
    public GraphPass(boolean training, SDVariable mask, SDVariable outputMask) {
        this(training, mask, outputMask, Map.of());
    }

    /**
     * A pass of a layer whose graph has more inputs than the layer.
     *
     * @param inputs those, by name
     */
    public GraphPass(
            boolean training,
            SDVariable mask,
            SDVariable outputMask,
            Map<String, SDVariable> inputs) {
        this.training = training;
        this.mask = mask;
        this.outputMask = outputMask;
        this.inputs = inputs;
    }

    /** Whether this is a training pass. */
    public boolean training() {
        return training;
    }

    /**
     * Shape of the layer's input, channels first, -1 for the minibatch: a variable that holds an
     * op's result does not know its shape.
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
     * Mask of a time series, {@code [N, 1, T]} with 1 for steps that count; null if all do. The
     * layer's input is zero at the others.
     */
    public SDVariable mask() {
        return mask;
    }

    /** Mask of the layer's output, {@code [N, 1, T']}, or null. */
    public SDVariable outputMask() {
        return outputMask;
    }

    /** A further input of the graph, which the layer's implementation gives; null without one. */
    public SDVariable input(String name) {
        return inputs.get(name);
    }

    /**
     * Reports a batch's statistic: after the update the running statistic takes a share of it.
     *
     * @param param name of the parameter that holds the running statistic
     * @param value the batch's, of that parameter's shape
     * @see org.lamina.spec.LayerSpec#momentum()
     */
    public void statistic(String param, SDVariable value) {
        statistics.put(param, value);
    }

    /** Reports the statistics of a normalization and gives its output. */
    SDVariable collect(NormOps.Normalized normalized) {
        normalized.statistics().forEach(this::statistic);
        return normalized.output();
    }

    /** The reported statistics, by parameter. */
    public Map<String, SDVariable> statistics() {
        return statistics;
    }
}
