package org.lamina.contract;

import static org.lamina.harness.Option.ACTIVATION;
import static org.lamina.harness.Option.CONSTRAIN_WEIGHTS;
import static org.lamina.harness.Option.DEPTH_MAX_NORM;
import static org.lamina.harness.Option.DEPTH_MIN_MAX_RATE;
import static org.lamina.harness.Option.DEPTH_MIN_NORM;
import static org.lamina.harness.Option.DROP_RATE;
import static org.lamina.harness.Option.INPUT_SIZE;
import static org.lamina.harness.Option.MAX_NORM;
import static org.lamina.harness.Option.MIN_MAX_RATE;
import static org.lamina.harness.Option.MIN_NORM;
import static org.lamina.harness.Option.N_IN;
import static org.lamina.harness.Option.N_OUT;
import static org.lamina.harness.Option.POINT_MAX_NORM;
import static org.lamina.harness.Option.POINT_MIN_MAX_RATE;
import static org.lamina.harness.Option.POINT_MIN_NORM;
import static org.lamina.harness.Option.SPATIAL_MAX_NORM;
import static org.lamina.harness.Option.SPATIAL_MIN_MAX_RATE;
import static org.lamina.harness.Option.SPATIAL_MIN_NORM;
import static org.lamina.harness.Option.TEMPORAL_FILTERS;
import static org.lamina.harness.Option.TEMPORAL_MAX_NORM;
import static org.lamina.harness.Option.TEMPORAL_MIN_MAX_RATE;
import static org.lamina.harness.Option.TEMPORAL_MIN_NORM;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.api.layers.LayerConstraint;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.lamina.constraints.MaxNorm;
import org.lamina.constraints.MinMaxNorm;
import org.lamina.harness.Form;
import org.lamina.harness.LayerBuilder;
import org.lamina.harness.Option;
import org.lamina.layers.SpecLayer;
import org.lamina.spec.LayerSpec;
import org.lamina.spec.NormAxes;
import org.lamina.spec.ParamSpec;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * One layer under contract, in one configuration.
 *
 * @param layer name of the native configuration, for example "DepthwiseConv2D"
 * @param kernel the builder's kernel; none for a layer without one
 * @param size size of one example, channels first, for example {C, H, W}
 * @param options the builder's other options
 */
record Row(String layer, int[] kernel, long[] size, Map<Option, Object> options)
        implements Subject {

    /** Name that every layer built here carries, for error messages. */
    static final String NAME = "probe";

    private static final int WIDER = 16;

    /** The norm options of one of a layer's weights. */
    private record NormOfWeight(Option max, Option min, Option rate) {}

    /** The norm options of a layer with one weight, and of layers with two. */
    private static final List<List<NormOfWeight>> NORM_OPTIONS =
            List.of(
                    List.of(new NormOfWeight(MAX_NORM, MIN_NORM, MIN_MAX_RATE)),
                    List.of(
                            new NormOfWeight(DEPTH_MAX_NORM, DEPTH_MIN_NORM, DEPTH_MIN_MAX_RATE),
                            new NormOfWeight(POINT_MAX_NORM, POINT_MIN_NORM, POINT_MIN_MAX_RATE)),
                    List.of(
                            new NormOfWeight(
                                    TEMPORAL_MAX_NORM, TEMPORAL_MIN_NORM, TEMPORAL_MIN_MAX_RATE),
                            new NormOfWeight(
                                    SPATIAL_MAX_NORM, SPATIAL_MIN_NORM, SPATIAL_MIN_MAX_RATE)));

    /** The same configuration with more options. */
    Row with(Object... optionsAndValues) {
        Map<Option, Object> all = new LinkedHashMap<>(options);
        for (int i = 0; i < optionsAndValues.length; i += 2) {
            all.put((Option) optionsAndValues[i], optionsAndValues[i + 1]);
        }
        return new Row(layer, kernel, size, all);
    }

    /**
     * The same configuration under a norm constraint, on every weight that the layer has: by the
     * layer's own options, or else by DL4J's.
     *
     * @param min smallest norm, or null
     */
    Row constrained(double max, Double min, double rate) {
        if (!hasNormOptions()) {
            LayerConstraint constraint =
                    min == null
                            ? new MaxNorm(max, normAxes())
                            : new MinMaxNorm(min, max, rate, normAxes());
            return with(CONSTRAIN_WEIGHTS, new LayerConstraint[] {constraint});
        }
        Row result = this;
        for (NormOfWeight norm : normOptions()) {
            result = result.with(norm.max, max, norm.min, min, norm.rate, rate);
        }
        return result;
    }

    /** Those of an output unit; all but the first where no axes index output units. */
    private NormAxes normAxes() {
        return has(p -> p.weight() && p.outputAxes() == null)
                ? NormAxes.of(IntStream.rangeClosed(1, spatialRank() + 1).toArray())
                : NormAxes.perOutputUnit();
    }

    /** Whether the layer has norm constraints among its own options. */
    boolean hasNormOptions() {
        return !normOptions().isEmpty();
    }

    private List<NormOfWeight> normOptions() {
        LayerBuilder builder = LayerBuilder.of(Form.NATIVE, layer, kernel);
        return NORM_OPTIONS.stream()
                .filter(norms -> builder.has(norms.get(0).max))
                .findFirst()
                .orElse(List.of());
    }

    /** The hyperparameters of the layer for its input. */
    LayerSpec spec() {
        Layer built = build(Form.NATIVE);
        built.setNIn(input(), false);
        return ((SpecLayer<?>) built).getSpec();
    }

    /** Whether the layer has parameters of this kind. */
    boolean has(Predicate<ParamSpec> kind) {
        return spec().params().stream().anyMatch(kind);
    }

    /** Whether the output in training differs from that in evaluation. */
    boolean trainsOtherwise() {
        return has(p -> !p.role().trained()) || !options.getOrDefault(DROP_RATE, 0.0).equals(0.0);
    }

    @Override
    public void randomize(MultiLayerNetwork net, long seed) {
        if (net.numParams() == 0) {
            return;
        }
        net.params().assign(random(net.params().dataType(), seed, net.params().shape()).muli(0.5));
        for (ParamSpec param : spec().params()) {
            if (param.role() == ParamSpec.Role.RUNNING_VARIANCE) {
                Transforms.abs(net.getParam("0_" + param.name()), false);
            }
        }
    }

    @Override
    public Map<String, INDArray> trained(org.deeplearning4j.nn.api.Layer layer) {
        Map<String, INDArray> copies = new LinkedHashMap<>();
        for (ParamSpec param : spec().params()) {
            if (param.role().trained()) {
                copies.put(param.name(), layer.getParam(param.name()).dup());
            }
        }
        return copies;
    }

    /** The same configuration with what the input type would give: channels, and size if needed. */
    Row withInputChannels() {
        Row given = with(N_IN, (int) size[0]);
        if (!LayerBuilder.of(Form.NATIVE, layer, kernel).has(INPUT_SIZE)) {
            return given;
        }
        int[] spatial = Arrays.stream(size).skip(1).mapToInt(s -> (int) s).toArray();
        return given.with(INPUT_SIZE, spatial.length == 1 ? (Object) spatial[0] : spatial);
    }

    /**
     * The same configuration with so many channels that work is divided, for example between
     * groups.
     */
    Row wide() {
        Object filters = options.get(TEMPORAL_FILTERS);
        if (filters != null) { // all of one channel
            return with(TEMPORAL_FILTERS, WIDER * (int) filters);
        }
        long[] wide = size.clone();
        wide[0] *= WIDER;
        Row result = new Row(layer, kernel, wide, options);
        Object nOut = options.get(N_OUT);
        return nOut == null ? result : result.with(N_OUT, WIDER * (int) nOut);
    }

    /** The same configuration with another kernel. */
    Row withKernel(int... other) {
        return new Row(layer, other, size, options);
    }

    /** The layer, named {@link #NAME}, with a smooth activation unless the options give one. */
    @Override
    public Layer build(Form form) {
        return builder(form).build();
    }

    /** The builder of that layer. */
    LayerBuilder builder(Form form) {
        LayerBuilder builder = LayerBuilder.of(form, layer, kernel);
        builder.set(Option.NAME, NAME);
        if (!options.containsKey(ACTIVATION)) {
            builder.set(ACTIVATION, Activation.TANH);
        }
        return builder.set(options);
    }

    /** Number of spatial dimensions. */
    int spatialRank() {
        return size.length - 1;
    }

    @Override
    public InputType input() {
        return input(false);
    }

    /** Type of the input in either data format. */
    InputType input(boolean channelsLast) {
        switch (spatialRank()) {
            case 0:
                return InputType.feedForward(size[0]);
            case 1:
                return InputType.recurrent(
                        size[0], size[1], channelsLast ? RNNFormat.NWC : RNNFormat.NCW);
            case 2:
                return InputType.convolutional(
                        size[1],
                        size[2],
                        size[0],
                        channelsLast ? CNN2DFormat.NHWC : CNN2DFormat.NCHW);
            default:
                return InputType.convolutional3D(
                        channelsLast
                                ? Convolution3D.DataFormat.NDHWC
                                : Convolution3D.DataFormat.NCDHW,
                        size[1],
                        size[2],
                        size[3],
                        size[0]);
        }
    }

    @Override
    public INDArray batch(DataType type, long seed) {
        return batch(type, seed, BATCH);
    }

    /** A minibatch of this many examples. */
    INDArray batch(DataType type, long seed, int examples) {
        return random(type, seed, withBatch(examples, size));
    }

    @Override
    public List<String> weights() {
        return spec().params().stream().filter(ParamSpec::weight).map(ParamSpec::name).toList();
    }

    /** Names of all parameters. */
    List<String> parameters() {
        return spec().params().stream().map(ParamSpec::name).toList();
    }

    static long[] withBatch(long examples, long[] rest) {
        long[] shape = new long[rest.length + 1];
        shape[0] = examples;
        System.arraycopy(rest, 0, shape, 1, rest.length);
        return shape;
    }

    /** Normally distributed numbers, representable in float. */
    static INDArray random(DataType type, long seed, long... shape) {
        Random random = new Random(seed);
        INDArray array = Nd4j.createUninitialized(type, shape, 'c');
        for (long i = 0; i < array.length(); i++) {
            array.putScalar(i, (float) random.nextGaussian());
        }
        return array;
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(layer);
        for (int k : kernel) {
            text.append(' ').append(k);
        }
        options.forEach(
                (name, value) -> text.append(' ').append(name).append('=').append(text(value)));
        return text.toString();
    }

    private static String text(Object value) {
        String text = Arrays.deepToString(new Object[] {value});
        return text.substring(1, text.length() - 1);
    }
}
