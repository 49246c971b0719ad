package org.lamina.layers.base;

import java.util.Arrays;
import java.util.Objects;
import org.apache.commons.lang3.SerializationUtils;
import org.deeplearning4j.exception.DL4JInvalidConfigException;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.memory.LayerMemoryReport;
import org.deeplearning4j.nn.conf.memory.MemoryReport;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.lamina.layers.builders.LocalConvBuilder;
import org.lamina.spec.ConvGeometry;
import org.lamina.spec.ConvOptions;
import org.lamina.spec.InputTypes;
import org.lamina.spec.LocalConvSpec;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Convolution in one or two dimensions with separate filters at every output position, supplied by
 * another part of the network as in a hypernetwork. A vertex of a ComputationGraph with the inputs
 * x, filters and, unless {@code hasBias(false)}, bias; gradients go to all of them.
 *
 * <p>x is {@code [N, nIn, T]} or {@code [N, nIn, H, W]}, or with channels last; the output is
 * {@code [N, nOut, ...]}. The filters are {@code W} of {@link LocalConvBuilder}, flattened: {@code
 * [1, nOut * nIn * kernel volume * positions]} shared by all examples, or {@code [N, ...]} for each
 * example; the bias is {@code [1, nOut * positions]} or {@code [N, ...]}. Masks of x are applied as
 * in the layer.
 *
 * <p>Defaults: no padding, a bias input; nIn and input size from the network's input types.
 *
 * <p>Source: hypnettorch, {@code LocalConv2dLayer.forward(x, weights=...)},
 * https://github.com/chrhenning/hypnettorch.
 *
 * <p>Differs from the source in: one dimension, dilation, padding by rule and padding modes;
 * separate filters for each example.
 */
public abstract class LocalConvVertex extends GraphVertex {

    private LocalConvSpec spec;
    private boolean channelsLast;

    /** For Jackson. */
    protected LocalConvVertex() {}

    /**
     * Creates the configuration.
     *
     * @throws DL4JInvalidConfigException naming the vertex, the field, its value and what is
     *     allowed
     */
    protected LocalConvVertex(Builder<?> builder) {
        try {
            this.spec =
                    new LocalConvSpec(
                            builder.nIn,
                            builder.nOut,
                            builder.inputSize,
                            builder.geometry.build(),
                            builder.hasBias,
                            true,
                            true);
        } catch (IllegalArgumentException e) {
            throw new DL4JInvalidConfigException(describe() + ": " + e.getMessage());
        }
        this.channelsLast = builder.channelsLast;
    }

    /** The implementation. */
    protected abstract LocalConvVertexImpl newImpl(
            ComputationGraph graph, String name, int index, DataType dataType);

    @Override
    public org.deeplearning4j.nn.graph.vertex.GraphVertex instantiate(
            ComputationGraph graph,
            String name,
            int idx,
            INDArray paramsView,
            boolean initializeParams,
            DataType networkDatatype) {
        if (spec.missing() != null) {
            throw new DL4JInvalidConfigException(
                    describe() + " \"" + name + "\": " + spec.missing());
        }
        return newImpl(graph, name, idx, networkDatatype);
    }

    /**
     * The output's type. Channels, size and data format of the input are taken from its type here:
     * a vertex learns the network's input types in no other way.
     */
    @Override
    public InputType getOutputType(int layerIndex, InputType... inputs) {
        if (inputs.length != minVertexInputs()) {
            throw new DL4JInvalidConfigException(
                    describe() + " has " + inputs.length + " inputs; expected " + inputNames());
        }
        InputType x = inputs[0];
        if (x instanceof InputType.InputTypeConvolutionalFlat) {
            throw new DL4JInvalidConfigException(
                    String.format(
                            "%s: input type is %s, expected InputType.convolutional(...); put a"
                                + " FeedForwardToCnnPreProcessor in a PreprocessorVertex before it",
                            describe(), x));
        }
        long channels = InputTypes.channels(x, spec.spatialRank(), describe());
        if (spec.inChannels() > 0 && spec.inChannels() != channels) {
            throw new DL4JInvalidConfigException(
                    String.format(
                            "%s: nIn = %s, the input type %s has %s channels; leave nIn out or give"
                                    + " the same",
                            describe(), spec.inChannels(), x, channels));
        }
        InputType output = InputTypes.output(x, spec, describe());
        spec = spec.withInChannels(channels);
        channelsLast = InputTypes.channelsLast(x);
        long[] size = InputTypes.size(x, spec.spatialRank());
        if (size != null) {
            spec = spec.withInputSize(size);
        }
        if (spec.missing() == null) {
            checkLength("filters", inputs[1], spec.outChannels() * spec.taps() * spec.positions());
            if (spec.bias()) {
                checkLength("bias", inputs[2], spec.outChannels() * spec.positions());
            }
        }
        return output;
    }

    private void checkLength(String name, InputType type, long expected) {
        if (type.arrayElementsPerExample() != expected) {
            throw new DL4JInvalidConfigException(
                    String.format(
                            "%s: the type of the %s is %s with %s elements; expected %s, for %s",
                            describe(),
                            name,
                            type,
                            type.arrayElementsPerExample(),
                            expected,
                            spec));
        }
    }

    private String inputNames() {
        return spec.bias() ? "3: x, filters, bias" : "2: x, filters";
    }

    @Override
    public long numParams(boolean backprop) {
        return 0;
    }

    @Override
    public int minVertexInputs() {
        return spec.bias() ? 3 : 2;
    }

    @Override
    public int maxVertexInputs() {
        return minVertexInputs();
    }

    @Override
    public MemoryReport getMemoryReport(InputType... inputTypes) {
        InputType output = getOutputType(-1, inputTypes);
        return new LayerMemoryReport.Builder(null, getClass(), inputTypes[0], output)
                .standardMemory(0, 0)
                .workingMemory(0, 0, 0, 0)
                .cacheMemory(0, 0)
                .build();
    }

    /** Type of the vertex, for messages. */
    public String describe() {
        return getClass().getSimpleName();
    }

    /** The hyperparameters. */
    public LocalConvSpec getSpec() {
        return spec;
    }

    /** For Jackson. */
    public void setSpec(LocalConvSpec spec) {
        this.spec = spec;
    }

    /** Whether activations have their channels last (NWC, NHWC). */
    public boolean isChannelsLast() {
        return channelsLast;
    }

    /** Sets the data format. */
    public void setChannelsLast(boolean channelsLast) {
        this.channelsLast = channelsLast;
    }

    @Override
    public GraphVertex clone() {
        return SerializationUtils.clone(this);
    }

    @Override
    public boolean equals(Object o) {
        return o != null
                && o.getClass() == getClass()
                && spec.equals(((LocalConvVertex) o).spec)
                && channelsLast == ((LocalConvVertex) o).channelsLast;
    }

    @Override
    public int hashCode() {
        return Objects.hash(getClass(), spec, channelsLast);
    }

    @Override
    public String toString() {
        return describe() + "(" + spec + ")";
    }

    /**
     * Base of the builders. Values are checked when the vertex is built.
     *
     * @param <T> the builder's own type
     */
    public abstract static class Builder<T extends Builder<T>> implements ConvOptions<T> {

        private final ConvGeometry.Builder geometry;
        private long nIn;
        private long nOut;
        private long[] inputSize = {};
        private boolean hasBias = true;
        private boolean channelsLast;

        protected Builder(int rank, int... kernel) {
            this.geometry = ConvGeometry.builder(rank, kernel).padding("valid");
        }

        @Override
        public ConvGeometry.Builder geometry() {
            return geometry;
        }

        @Override
        @SuppressWarnings("unchecked")
        public T self() {
            return (T) this;
        }

        /** Number of input channels. Default: from the network's input type. */
        public T nIn(long value) {
            this.nIn = value;
            return self();
        }

        /** Number of output channels. */
        public T nOut(long value) {
            this.nOut = value;
            return self();
        }

        /** Whether there is a third input, the bias. Default true. */
        public T hasBias(boolean value) {
            this.hasBias = value;
            return self();
        }

        /**
         * Spatial size of the input, one number per dimension. Default: from its type; the two must
         * agree.
         */
        public T inputSize(int... size) {
            this.inputSize = size == null ? null : Arrays.stream(size).asLongStream().toArray();
            return self();
        }

        /** Length of the input of a vertex with one spatial dimension. */
        public T inputSize(int size) {
            return inputSize(new int[] {size});
        }

        /** Whether activations have their channels last. */
        public T channelsLast(boolean value) {
            this.channelsLast = value;
            return self();
        }
    }
}
