package org.lamina.property;

import static org.lamina.harness.Option.ACTIVATION;
import static org.lamina.harness.Option.DEPTH_MULTIPLIER;
import static org.lamina.harness.Option.DILATION;
import static org.lamina.harness.Option.GEOMETRY;
import static org.lamina.harness.Option.GROUPS;
import static org.lamina.harness.Option.HAS_BIAS;
import static org.lamina.harness.Option.MAX_NORM;
import static org.lamina.harness.Option.N_OUT;
import static org.lamina.harness.Option.STRIDE;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import org.lamina.harness.Form;
import org.lamina.harness.LayerBuilder;
import org.lamina.harness.NaiveConv;
import org.lamina.spec.PaddingMode;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A convolutional layer under random geometries: how a case is given to its builder, and its output
 * by loops. Adding a layer is adding a line to {@link #ALL}.
 *
 * @param name name of the native configuration
 * @param rank number of spatial dimensions
 * @param takes the cases that the layer can take
 */
record ConvLayer(
        String name,
        int rank,
        Predicate<ConvCase> takes,
        BiConsumer<LayerBuilder, ConvCase> options,
        Loops loops) {

    static final List<ConvLayer> ALL =
            List.of(
                    conv("ConstrainedConv1D", 1),
                    conv("ConstrainedConv2D", 2),
                    conv("Conv1D", 1),
                    conv("Conv2D", 2),
                    conv("Conv3D", 3),
                    new ConvLayer(
                            "DepthwiseConv2D",
                            2,
                            c -> true,
                            ConvLayer::depthwise,
                            ConvLayer::depthwise),
                    separable("SeparableConv2D", 2),
                    separable("DepthwiseSeparableConv1D", 1),
                    separable("DepthwiseSeparableConv2D", 2),
                    standardized("WSConv1D", 1),
                    standardized("WSConv2D", 2),
                    standardized("WSConv3D", 3),
                    transposed("ConvTranspose1D", 1, false),
                    transposed("ConvTranspose2D", 2, false),
                    transposed("ConvTranspose3D", 3, false),
                    transposed("WSConvTranspose1D", 1, true),
                    transposed("WSConvTranspose2D", 2, true),
                    transposed("WSConvTranspose3D", 3, true),
                    local("LocalConv1D", 1),
                    local("LocalConv2D", 2));

    /** A layer's output by its definition. */
    interface Loops {

        /**
         * The output, before the activation.
         *
         * @param params the layer's parameters by name
         */
        INDArray output(ConvCase c, INDArray x, Map<String, INDArray> params);
    }

    /** The layer for a case, with identity activation and without a constraint. */
    LayerBuilder builder(Form form, ConvCase c) {
        LayerBuilder builder = LayerBuilder.of(form, name, c.kernel());
        builder.set(ACTIVATION, Activation.IDENTITY).set(HAS_BIAS, c.bias());
        if (builder.has(MAX_NORM)) {
            builder.set(MAX_NORM, null);
        }
        options.accept(builder, c);
        return builder;
    }

    private static ConvLayer conv(String name, int rank) {
        return new ConvLayer(
                name,
                rank,
                c -> true,
                ConvLayer::channels,
                (c, x, params) -> c.naive().output(x, params.get("W"), params.get("b")));
    }

    private static void channels(LayerBuilder builder, ConvCase c) {
        builder.set(GEOMETRY, c.geometry()).set(N_OUT, c.out());
    }

    private static ConvLayer standardized(String name, int rank) {
        return new ConvLayer(
                name,
                rank,
                c -> c.groupInputs() * c.geometry().kernelVolume() > 1,
                ConvLayer::channels,
                (c, x, params) -> {
                    INDArray w = params.get("W");
                    INDArray rows = w.reshape('c', w.size(0), w.length() / w.size(0));
                    INDArray standardized = standardized(rows, params.get("gain"));
                    return c.naive().output(x, standardized.reshape(w.shape()), params.get("b"));
                });
    }

    /** A transposed convolution is the gradient of a convolution's input. */
    private static ConvLayer transposed(String name, int rank, boolean standardized) {
        return new ConvLayer(
                name,
                rank,
                c ->
                        c.mode() == PaddingMode.ZEROS
                                && c.rule() == ConvCase.Rule.VALID
                                && (!standardized
                                        || c.groupInputs() * c.geometry().kernelVolume() > 1),
                (builder, c) ->
                        builder.set(STRIDE, c.stride())
                                .set(DILATION, c.dilation())
                                .set(GROUPS, c.groups())
                                .set(N_OUT, c.out()),
                (c, x, params) -> {
                    INDArray w = params.get("W");
                    if (standardized) {
                        w = standardizedByOutput(c, w, params.get("gain"));
                    }
                    long[] shape = x.shape().clone();
                    shape[1] = c.out();
                    for (int d = 0; d < rank; d++) {
                        int reach = c.dilation()[d] * (c.kernel()[d] - 1);
                        shape[2 + d] = (shape[2 + d] - 1) * c.stride()[d] + reach + 1;
                    }
                    INDArray zero = Nd4j.zeros(x.dataType(), shape);
                    INDArray y = c.naive().gradients(zero, w, x).input();
                    INDArray b = params.get("b");
                    if (b != null) {
                        long[] perChannel = new long[2 + rank];
                        Arrays.fill(perChannel, 1);
                        perChannel[1] = c.out();
                        y.addi(b.reshape(perChannel));
                    }
                    return y;
                });
    }

    private static INDArray standardizedByOutput(ConvCase c, INDArray w, INDArray gain) {
        long[] units = {
            c.groups(), c.groupInputs(), c.groupOutputs(), w.length() / w.size(0) / w.size(1)
        };
        INDArray byOutput = w.reshape(units).permute(0, 2, 1, 3).dup('c');
        long[] grouped = byOutput.shape();
        INDArray rows = byOutput.reshape('c', c.out(), units[1] * units[3]);
        return standardized(rows, gain)
                .reshape(grouped)
                .permute(0, 2, 1, 3)
                .dup('c')
                .reshape(w.shape());
    }

    /** elektronn3's formula: unbiased variance, fan-in over all weights, at least 1e-4. */
    private static INDArray standardized(INDArray rows, INDArray gain) {
        INDArray result = rows.dup('c');
        for (long u = 0; u < rows.size(0); u++) {
            double[] w = rows.getRow(u).toDoubleVector();
            double mean = Arrays.stream(w).average().orElseThrow();
            double squares = Arrays.stream(w).map(v -> (v - mean) * (v - mean)).sum();
            double scaled = Math.max(squares / (w.length - 1) * rows.length(), 1e-4);
            for (int i = 0; i < w.length; i++) {
                double value = gain.getDouble(u) * (w[i] - mean) / Math.sqrt(scaled);
                result.putScalar(u, i, value);
            }
        }
        return result;
    }

    private static ConvLayer local(String name, int rank) {
        return new ConvLayer(
                name,
                rank,
                c -> c.groups() == 1,
                ConvLayer::channels,
                (c, x, params) -> {
                    // A filter for each tap, 1 there, brings the patches.
                    int taps = (int) (c.in() * c.geometry().kernelVolume());
                    long[] shape = new long[2 + rank];
                    shape[0] = taps;
                    shape[1] = c.in();
                    for (int d = 0; d < rank; d++) {
                        shape[2 + d] = c.kernel()[d];
                    }
                    INDArray ones = Nd4j.eye(taps).castTo(x.dataType()).reshape(shape);
                    INDArray patches = c.naive().output(x, ones, null);
                    long[] outputShape = patches.shape().clone();
                    outputShape[1] = c.out();
                    INDArray w = params.get("W");
                    INDArray b = params.get("b");
                    long positions = w.size(2);
                    INDArray p3 = patches.reshape('c', x.size(0), taps, positions);
                    INDArray y = Nd4j.zeros(x.dataType(), x.size(0), c.out(), positions);
                    for (long n = 0; n < x.size(0); n++) {
                        for (long o = 0; o < c.out(); o++) {
                            for (long p = 0; p < positions; p++) {
                                double sum = b == null ? 0 : b.getDouble(o, p);
                                for (long k = 0; k < taps; k++) {
                                    sum += w.getDouble(o, k, p) * p3.getDouble(n, k, p);
                                }
                                y.putScalar(n, o, p, sum);
                            }
                        }
                    }
                    return y.reshape(outputShape);
                });
    }

    private static ConvLayer separable(String name, int rank) {
        return new ConvLayer(name, rank, c -> true, ConvLayer::separable, ConvLayer::separable);
    }

    private static void depthwise(LayerBuilder builder, ConvCase c) {
        builder.set(GEOMETRY, c.geometry().withGroups(1));
        builder.set(DEPTH_MULTIPLIER, c.groupOutputs());
    }

    private static INDArray depthwise(ConvCase c, INDArray x, Map<String, INDArray> params) {
        return c.naive().withGroups(c.in()).output(x, params.get("W"), params.get("b"));
    }

    private static void separable(LayerBuilder builder, ConvCase c) {
        depthwise(builder, c);
        builder.set(N_OUT, c.out());
    }

    private static INDArray separable(ConvCase c, INDArray x, Map<String, INDArray> params) {
        NaiveConv depthwise = c.naive().withGroups(c.in());
        INDArray deep = depthwise.output(x, params.get("dW"), params.get("db"));
        int[] ones = new int[c.rank()];
        Arrays.fill(ones, 1);
        int[] none = new int[c.rank()];
        NaiveConv pointwise = new NaiveConv(ones, ones, none, none, c.mode(), 1);
        return pointwise.output(deep, params.get("pW"), params.get("pb"));
    }
}
