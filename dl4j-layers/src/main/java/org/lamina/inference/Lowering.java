package org.lamina.inference;

import java.util.Arrays;
import java.util.function.Supplier;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BaseOutputLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.lamina.activations.Activations;
import org.lamina.kernels.CombinedConvKernel;
import org.lamina.kernels.CombinedConvKernel.Weights;
import org.lamina.kernels.WeightStandardizationKernel;
import org.lamina.layers.MaxPooling2D;
import org.lamina.layers.base.AbstractSpecLayer;
import org.lamina.onednn.ElementFunction;
import org.lamina.onednn.Program;
import org.lamina.onednn.Program.Term;
import org.lamina.onednn.Program.Value;
import org.lamina.spec.BatchNormSpec;
import org.lamina.spec.CombinedConvSpec;
import org.lamina.spec.ConvGeometry;
import org.lamina.spec.ConvSpec;
import org.lamina.spec.DenseSpec;
import org.lamina.spec.DepthwiseConvSpec;
import org.lamina.spec.LayerSpec;
import org.lamina.spec.NonlinearitySpec;
import org.lamina.spec.PaddingMode;
import org.lamina.spec.ParamSpec;
import org.lamina.spec.SeparableConvSpec;
import org.lamina.spec.SkipInitGainSpec;
import org.lamina.spec.SqueezeExcitationSpec;
import org.lamina.spec.StochasticDepthSpec;
import org.lamina.spec.TemporalSpatialConvSpec;
import org.lamina.spec.WSConvSpec;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.activations.impl.ActivationSoftmax;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Appends layers to a program, as they are in evaluation. */
final class Lowering {

    /** oneDNN's fast grouped convolutions have this many channels in a group, or one. */
    private static final int CHANNEL_BLOCK = 8;

    private final Program program;

    /** Whether the last layer is a softmax, which {@link Program#output} adds. */
    private boolean softmax;

    /** Whether the last layer puts out one number for each channel. */
    private boolean vectors;

    Lowering(Program program) {
        this.program = program;
    }

    boolean softmax() {
        return softmax;
    }

    boolean vectors() {
        return vectors;
    }

    /**
     * A layer's output.
     *
     * @throws UnsupportedOperationException naming what is not supported
     */
    Node output(Layer layer, Node x) {
        if (softmax) {
            throw new UnsupportedOperationException("a layer after a softmax");
        }
        org.deeplearning4j.nn.conf.layers.Layer conf = layer.conf().getLayer();
        if (conf instanceof AbstractSpecLayer) {
            return output((AbstractSpecLayer<?>) conf, layer, x);
        }
        if (conf instanceof SubsamplingLayer) {
            return pooling((SubsamplingLayer) conf, x);
        }
        if (conf instanceof GlobalPoolingLayer) {
            return globalPooling((GlobalPoolingLayer) conf, x);
        }
        if (conf instanceof DropoutLayer) {
            return x;
        }
        if (conf.getClass() == ActivationLayer.class) {
            return activated(x, ((ActivationLayer) conf).getActivationFn());
        }
        if (conf.getClass() == OutputLayer.class) {
            return dense(layer, x, ((BaseOutputLayer) conf).getActivationFn());
        }
        if (conf.getClass() == DenseLayer.class && !((DenseLayer) conf).hasLayerNorm()) {
            return dense(layer, x, ((DenseLayer) conf).getActivationFn());
        }
        throw new UnsupportedOperationException(conf.getClass().getName());
    }

    private Node activated(Node x, IActivation activation) {
        if (activation instanceof ActivationIdentity) {
            return x;
        }
        if (activation instanceof ActivationSoftmax) {
            long[] shape = x.shape();
            if (shape[2] * shape[3] == 1) {
                softmax = true;
                return x;
            }
        }
        ElementFunction function = Activations.direct(activation);
        if (function == null) {
            throw new UnsupportedOperationException("activation function " + activation);
        }
        return x.then(function);
    }

    // ---- Lamina's layers ------------------------------------------------------------------------

    private Node output(AbstractSpecLayer<?> conf, Layer layer, Node x) {
        if (conf.isChannelsLast() || conf.isConstrainOnForward()) {
            throw new UnsupportedOperationException(
                    conf.describe() + " with channels last or constraints in the forward pass");
        }
        check(conf.getSpec(), x.shape());
        return activated(output(conf.getSpec(), layer, x), conf.getActivationFn());
    }

    /** Input that does not fit is left to the network, which says what is wrong. */
    private static void check(LayerSpec spec, long[] shape) {
        boolean images = spec.spatialRank() == 2 || spec.spatialRank() == LayerSpec.ANY_RANK;
        if (!(spec instanceof DenseSpec) && (!images || shape[1] != spec.inChannels())) {
            throw new UnsupportedOperationException(
                    spec + " with input of shape " + Arrays.toString(shape));
        }
        spec.outputSize(shape[2], shape[3]);
    }

    private Node output(LayerSpec spec, Layer layer, Node x) {
        if (spec instanceof NonlinearitySpec || spec instanceof StochasticDepthSpec) {
            return x;
        }
        if (spec instanceof BatchNormSpec) {
            return normalized((BatchNormSpec) spec, layer, x);
        }
        if (spec instanceof SkipInitGainSpec) {
            return x.scaled(1, values(layer, SkipInitGainSpec.GAIN), null);
        }
        if (spec instanceof SqueezeExcitationSpec) {
            return gated((SqueezeExcitationSpec) spec, layer, x);
        }
        if (spec instanceof DenseSpec) {
            return dense(layer, x, new ActivationIdentity());
        }
        if (spec instanceof ConvSpec) {
            return convolution((ConvSpec) spec, layer, ParamSpec.WEIGHT, ParamSpec.BIAS, x);
        }
        if (spec instanceof DepthwiseConvSpec) {
            ConvSpec conv = ((DepthwiseConvSpec) spec).asConv();
            return convolution(conv, layer, ParamSpec.WEIGHT, ParamSpec.BIAS, x);
        }
        if (spec instanceof WSConvSpec) {
            return standardized((WSConvSpec) spec, layer, x);
        }
        if (spec instanceof SeparableConvSpec) {
            return separable((SeparableConvSpec) spec, layer, x);
        }
        if (spec instanceof TemporalSpatialConvSpec) {
            return temporalSpatial((TemporalSpatialConvSpec) spec, layer, x);
        }
        if (spec instanceof CombinedConvSpec) {
            return combined((CombinedConvSpec) spec, layer, x);
        }
        throw new UnsupportedOperationException(spec.getClass().getName());
    }

    /** A parameter's values; null if the layer does not have it. */
    private Supplier<double[]> values(Layer layer, String name) {
        return layer.getParam(name) == null ? null : () -> values(layer.getParam(name));
    }

    /** An array's values in 'c' order. */
    private static double[] values(INDArray array) {
        return array.dup('c').data().asDouble();
    }

    private Node convolution(ConvSpec spec, Layer layer, String weight, String bias, Node x) {
        return convolution(spec, values(layer, weight), values(layer, bias), x);
    }

    private Node convolution(
            ConvSpec spec, Supplier<double[]> weight, Supplier<double[]> bias, Node x) {
        ConvGeometry geometry = spec.geometry();
        int[] before = geometry.padBefore();
        int[] after = geometry.padAfter();
        boolean pads = Arrays.stream(before).sum() + Arrays.stream(after).sum() > 0;
        if (geometry.rank() != 2 || pads && geometry.paddingMode() != PaddingMode.ZEROS) {
            throw new UnsupportedOperationException("convolution " + geometry);
        }
        int outputs = (int) spec.outChannels();
        int groups = geometry.groups();
        boolean depthwise = groups == outputs && groups == spec.inChannels();
        if (groups == 1
                || depthwise
                || spec.inChannels() / groups % CHANNEL_BLOCK == 0
                        && outputs / groups % CHANNEL_BLOCK == 0) {
            return Node.convolution(program, x.value(), geometry, outputs, weight, bias);
        }
        int inputs = (int) spec.inChannels();
        program.watch(x.value()); // NaN and infinity times another group's 0 are NaN
        return Node.convolution(
                program,
                x.value(),
                geometry.withGroups(1),
                outputs,
                () -> blockDiagonal(weight.get(), outputs, inputs, groups),
                bias);
    }

    /** The weight of groups as one with zeros for the other groups' channels. */
    private static double[] blockDiagonal(double[] weight, int outputs, int inputs, int groups) {
        int own = inputs / groups;
        int volume = weight.length / outputs / own;
        double[] result = new double[outputs * inputs * volume];
        for (int o = 0; o < outputs; o++) {
            int first = o / (outputs / groups) * own;
            System.arraycopy(
                    weight, o * own * volume, result, (o * inputs + first) * volume, own * volume);
        }
        return result;
    }

    private Node standardized(WSConvSpec spec, Layer layer, Node x) {
        WeightStandardizationKernel kernel =
                new WeightStandardizationKernel(spec.standardization());
        Supplier<double[]> weight =
                () -> {
                    INDArray w = layer.getParam(ParamSpec.WEIGHT);
                    INDArray result = w.ulike();
                    kernel.forward(w, layer.getParam(WSConvSpec.GAIN), result);
                    return values(result);
                };
        return convolution(spec.conv(), weight, values(layer, ParamSpec.BIAS), x);
    }

    private Node separable(SeparableConvSpec spec, Layer layer, Node x) {
        Node depthwise =
                convolution(
                        spec.depthwise().asConv(),
                        layer,
                        SeparableConvSpec.DEPTHWISE_WEIGHT,
                        SeparableConvSpec.DEPTHWISE_BIAS,
                        x);
        return convolution(
                spec.pointwise(),
                layer,
                SeparableConvSpec.POINTWISE_WEIGHT,
                SeparableConvSpec.POINTWISE_BIAS,
                depthwise);
    }

    private Node normalized(BatchNormSpec spec, Layer layer, Node x) {
        Supplier<double[]> gamma = values(layer, BatchNormSpec.GAMMA);
        Supplier<double[]> beta = values(layer, BatchNormSpec.BETA);
        Supplier<double[]> mean = values(layer, BatchNormSpec.MEAN);
        Supplier<double[]> variance = values(layer, BatchNormSpec.VARIANCE);
        Supplier<double[]> factor = () -> factors(gamma.get(), variance.get(), spec.eps());
        Supplier<double[]> summand =
                () -> {
                    double[] result = beta.get();
                    double[] factors = factor.get();
                    double[] means = mean.get();
                    for (int c = 0; c < result.length; c++) {
                        result[c] -= factors[c] * means[c];
                    }
                    return result;
                };
        return x.scaled((int) spec.channels(), factor, summand);
    }

    /** {@code gamma / sqrt(variance + eps)}, 0 where both are 0. */
    private static double[] factors(double[] gamma, double[] variance, double eps) {
        double[] result = gamma.clone();
        for (int c = 0; c < result.length; c++) {
            double square = variance[c] + eps;
            result[c] = square == 0 ? 0 : gamma[c] / Math.sqrt(square);
        }
        return result;
    }

    /** Spatial filters first; see {@link org.lamina.kernels.TemporalSpatialKernel}. */
    private Node temporalSpatial(TemporalSpatialConvSpec spec, Layer layer, Node x) {
        int outputs = (int) spec.outChannels();
        int multiplier = spec.spatial().depthMultiplier();
        Supplier<double[]> temporal = values(layer, TemporalSpatialConvSpec.TEMPORAL_WEIGHT);
        Supplier<double[]> temporalBias = values(layer, TemporalSpatialConvSpec.TEMPORAL_BIAS);
        Supplier<double[]> spatial = values(layer, TemporalSpatialConvSpec.SPATIAL_WEIGHT);
        Supplier<double[]> spatialBias = values(layer, TemporalSpatialConvSpec.SPATIAL_BIAS);
        Supplier<double[]> gamma = values(layer, BatchNormSpec.GAMMA);
        Supplier<double[]> beta = values(layer, BatchNormSpec.BETA);
        Supplier<double[]> mean = values(layer, BatchNormSpec.MEAN);
        Supplier<double[]> variance = values(layer, BatchNormSpec.VARIANCE);
        double eps = spec.normalization().eps();
        Supplier<double[]> filters =
                () -> {
                    double[] factors = factors(gamma.get(), variance.get(), eps);
                    double[] w = temporal.get();
                    double[] result = new double[outputs * spec.taps()];
                    for (int i = 0; i < result.length; i++) {
                        int f = i / spec.taps() / multiplier;
                        result[i] = factors[f] * w[f * spec.taps() + i % spec.taps()];
                    }
                    return result;
                };
        Supplier<double[]> shifts =
                () -> {
                    double[] factors = factors(gamma.get(), variance.get(), eps);
                    double[] sums = sums(spatial.get(), outputs);
                    double[] betas = beta.get();
                    double[] means = mean.get();
                    double[] bias = temporalBias == null ? null : temporalBias.get();
                    double[] result = spatialBias == null ? new double[outputs] : spatialBias.get();
                    for (int i = 0; i < outputs; i++) {
                        int f = i / multiplier;
                        double offset = (bias == null ? 0 : bias[f]) - means[f];
                        result[i] += (betas[f] + factors[f] * offset) * sums[i];
                    }
                    return result;
                };
        Value rows = program.rowsAsChannels(x.value());
        Node filtered =
                Node.convolution(
                        program, rows, ConvGeometry.ofKernel(1, 1), outputs, spatial, null);
        ConvGeometry along = spec.temporal().geometry().withGroups(outputs);
        return Node.convolution(program, filtered.value(), along, outputs, filters, shifts);
    }

    /** Sum of the values of each unit. */
    private static double[] sums(double[] values, int units) {
        double[] sums = new double[units];
        for (int i = 0; i < values.length; i++) {
            sums[i / (values.length / units)] += values[i];
        }
        return sums;
    }

    /** One convolution; see {@link org.lamina.kernels.CombinedConvKernel}. */
    private Node combined(CombinedConvSpec spec, Layer layer, Node x) {
        CombinedConvKernel kernel = new CombinedConvKernel(spec);
        Supplier<Weights> weights =
                () ->
                        new Weights(
                                layer.getParam(TemporalSpatialConvSpec.TEMPORAL_WEIGHT),
                                layer.getParam(TemporalSpatialConvSpec.TEMPORAL_BIAS),
                                layer.getParam(TemporalSpatialConvSpec.SPATIAL_WEIGHT),
                                layer.getParam(TemporalSpatialConvSpec.SPATIAL_BIAS));
        Supplier<double[]> product = () -> values(kernel.product(weights.get()));
        Supplier<double[]> bias =
                kernel.bias(weights.get()) == null
                        ? null
                        : () -> values(kernel.bias(weights.get()));
        Value channels = program.rowsAsChannels(x.value());
        ConvGeometry along = spec.temporal().geometry();
        int outputs = (int) spec.outChannels();
        return Node.convolution(program, channels, along, outputs, product, bias);
    }

    private Node gated(SqueezeExcitationSpec spec, Layer layer, Node x) {
        Node hidden =
                dense(
                        layer,
                        x.mean(),
                        SqueezeExcitationSpec.SQUEEZE_WEIGHT,
                        SqueezeExcitationSpec.SQUEEZE_BIAS);
        Node factors =
                dense(
                        layer,
                        activated(hidden, spec.innerActivation()),
                        SqueezeExcitationSpec.EXCITE_WEIGHT,
                        SqueezeExcitationSpec.EXCITE_BIAS);
        ElementFunction gate = Activations.direct(spec.gate());
        if (gate == null) {
            throw new UnsupportedOperationException("gate " + spec.gate());
        }
        Value factor = factors.then(gate.times(spec.scale())).value();
        return x.with(Term.multiply(factor));
    }

    // ---- DL4J's layers --------------------------------------------------------------------------

    private Node globalPooling(GlobalPoolingLayer conf, Node x) {
        if (conf.getPoolingType() != PoolingType.AVG
                || !conf.isCollapseDimensions()
                || conf.getPoolingDimensions() != null
                        && !Arrays.equals(conf.getPoolingDimensions(), new int[] {2, 3})) {
            throw new UnsupportedOperationException("global pooling other than the mean");
        }
        vectors = true;
        return x.mean();
    }

    private Node pooling(SubsamplingLayer conf, Node x) {
        int[] kernel = conf.getKernelSize();
        int[] stride = conf.getStride();
        long[] shape = x.shape();
        boolean tiled =
                Arrays.equals(kernel, stride)
                        && shape[2] % kernel[0] == 0
                        && shape[3] % kernel[1] == 0;
        boolean maximum = conf.getPoolingType() == PoolingType.MAX;
        if (!maximum && conf.getPoolingType() != PoolingType.AVG
                || conf.getCnn2dDataFormat() != CNN2DFormat.NCHW
                || conf.getConvolutionMode() == ConvolutionMode.Same && !tiled
                || Arrays.stream(conf.getPadding()).anyMatch(p -> p != 0)
                || Arrays.stream(conf.getDilation()).anyMatch(d -> d != 1)) {
            throw new UnsupportedOperationException("pooling with padding, or of another kind");
        }
        if (conf instanceof MaxPooling2D) {
            program.watch(x.value()); // oneDNN's maximum ignores NaN, as DL4J's does
        }
        return Node.of(program, program.pooling(x.value(), maximum, kernel, stride));
    }

    private Node dense(Layer layer, Node x, IActivation activation) {
        Node result = dense(layer, x, ParamSpec.WEIGHT, ParamSpec.BIAS);
        vectors = true;
        return activated(result, activation);
    }

    /** All values of an example times {@code [values, outputs]}: a window as large as the image. */
    private Node dense(Layer layer, Node x, String weight, String bias) {
        long[] shape = x.shape();
        INDArray matrix = layer.getParam(weight);
        if (matrix.size(0) != shape[1] * shape[2] * shape[3]) {
            throw new UnsupportedOperationException(
                    "a dense layer of "
                            + matrix.size(0)
                            + " inputs with input of shape "
                            + Arrays.toString(shape));
        }
        int outputs = (int) matrix.size(1);
        Supplier<double[]> values = values(layer, weight);
        Supplier<double[]> transposed =
                () -> {
                    double[] w = values.get();
                    double[] result = new double[w.length];
                    for (int i = 0; i < w.length; i++) {
                        result[i % outputs * (w.length / outputs) + i / outputs] = w[i];
                    }
                    return result;
                };
        ConvGeometry whole = ConvGeometry.ofKernel((int) shape[2], (int) shape[3]);
        return Node.convolution(
                program, x.value(), whole, outputs, transposed, values(layer, bias));
    }
}
