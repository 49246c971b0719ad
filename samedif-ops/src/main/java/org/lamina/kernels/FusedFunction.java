package org.lamina.kernels;

import static org.lamina.kernels.FunctionKernel.required;

import java.util.List;
import java.util.stream.IntStream;
import org.lamina.arrays.Masks;
import org.lamina.onednn.SeparableConvolution.Weights;
import org.lamina.spec.BatchNormSpec;
import org.lamina.spec.CombinedConvSpec;
import org.lamina.spec.ConvGeometry;
import org.lamina.spec.ConvTransposeGeometry;
import org.lamina.spec.ECASpec;
import org.lamina.spec.SeparableConvSpec;
import org.lamina.spec.SqueezeExcitationSpec;
import org.lamina.spec.TemporalSpatialConvSpec;
import org.lamina.spec.UpsampleGeometry;
import org.lamina.spec.WeightStandardization;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A function that one kernel computes, with its inputs in this order: a step of a native layer or a
 * part of a graph. Absent optional inputs are null.
 */
public sealed interface FusedFunction {

    /** A new kernel. */
    GraphKernel kernel();

    /** {@code y = f(x)}. */
    record Activation(IActivation function) implements FusedFunction {

        @Override
        public GraphKernel kernel() {
            return new ActivationKernel(function);
        }
    }

    /** Fully connected: {@code x [N, in], w [in, out], b [out] or null}. */
    record Dense() implements FusedFunction {

        @Override
        public GraphKernel kernel() {
            return new FunctionKernel(
                    in -> new long[] {in[0].size(0), in[1].size(1)},
                    (in, y) -> DenseKernel.forward(in[0], in[1], in[2], y),
                    (in, dy, d) ->
                            DenseKernel.backward(in[0], in[1], dy, d[0], required(d, in, 1), d[2]),
                    true); // DL4J keeps dense weights in 'f' order
        }
    }

    /**
     * Convolution: {@code x [N, in, spatial...], w [out, in / groups, k...], b [out] or null}, and
     * for padding other than zeros {@code mask [N, 1, spatial...] or null}.
     */
    record Convolution(ConvGeometry geometry, long outChannels) implements FusedFunction {

        @Override
        public GraphKernel kernel() {
            return new ConvGraphKernel(geometry, outChannels, ConvKernel::new);
        }
    }

    /**
     * Depthwise convolution with one filter for each channel, then a pointwise one: {@code x, dW,
     * pW, db or null, pb or null}.
     */
    record SeparableConvolution(SeparableConvSpec spec) implements FusedFunction {

        /** Whether this is faster than the two convolutions one after the other. */
        public static boolean pays(SeparableConvSpec spec) {
            return SeparableConvKernel.pays(spec);
        }

        @Override
        public GraphKernel kernel() {
            SeparableConvKernel kernel = new SeparableConvKernel(spec);
            return new FunctionKernel(
                    in ->
                            spec.depthwise()
                                    .asConv()
                                    .geometry()
                                    .outputShape(in[0].shape(), spec.outChannels()),
                    (in, y) -> kernel.forward(in[0], weights(in), y),
                    (in, dy, d) -> {
                        required(d, in, 1);
                        required(d, in, 2);
                        kernel.backward(in[0], weights(in), dy, d[0], weights(d));
                    });
        }

        private static Weights weights(INDArray[] arrays) {
            return new Weights(arrays[1], arrays[3], arrays[2], arrays[4]);
        }
    }

    /**
     * Transposed convolution: {@code x [N, in, spatial...], w [in, out / groups, k...], b [out] or
     * null}.
     */
    record ConvolutionTranspose(ConvTransposeGeometry geometry, long outChannels)
            implements FusedFunction {

        @Override
        public GraphKernel kernel() {
            ConvTransposeKernel kernel = new ConvTransposeKernel(geometry);
            return new FunctionKernel(
                    in -> kernel.outputShape(in[0].shape(), outChannels),
                    (in, y) -> kernel.forward(in[0], in[1], in[2], y),
                    (in, dy, d) ->
                            kernel.backward(in[0], in[1], dy, d[0], required(d, in, 1), d[2]));
        }
    }

    /**
     * Convolution with separate filters for each position: {@code x, filters, bias or null, mask or
     * null}.
     */
    record LocalConvolution(ConvGeometry geometry, long outChannels) implements FusedFunction {

        @Override
        public GraphKernel kernel() {
            return new ConvGraphKernel(geometry, outChannels, LocalConvKernel::new);
        }
    }

    /** Standardization of each unit along the first dimension: {@code w, gain or null}. */
    record Standardization(WeightStandardization formula) implements FusedFunction {

        @Override
        public GraphKernel kernel() {
            WeightStandardizationKernel kernel = new WeightStandardizationKernel(formula);
            return FunctionKernel.sameShape(
                    (in, y) -> kernel.forward(in[0], in[1], y),
                    (in, dy, d) -> kernel.backward(in[0], in[1], dy, required(d, in, 0), d[1]));
        }
    }

    /**
     * Batch normalization by the minibatch's statistics: {@code x, gamma, beta, mask or null}.
     * Outputs: y, the mean {@code [C]} and the unbiased variance {@code [C]}.
     */
    record BatchNorm(double eps) implements FusedFunction {

        @Override
        public GraphKernel kernel() {
            return new NormGraphKernel(NormKernel.batch(eps), true);
        }
    }

    /**
     * Normalization with given statistics: {@code x, gamma, beta, mean, variance, mask or null}.
     */
    record GivenNorm(double eps) implements FusedFunction {

        @Override
        public GraphKernel kernel() {
            NormKernel kernel = NormKernel.batch(eps);
            return FunctionKernel.sameShape(
                    (in, y) -> kernel.forward(in[0], in[1], in[2], in[3], in[4], in[5], y),
                    (in, dy, d) -> {
                        NormKernel.Statistics given = NormKernel.Statistics.given(in[3], in[4]);
                        kernel.backward(in[0], in[1], given, in[5], dy, d[0], d[1], d[2]);
                    });
        }
    }

    /** Instance normalization: {@code x, gamma or null, beta or null, mask or null}. */
    record InstanceNorm(double eps) implements FusedFunction {

        @Override
        public GraphKernel kernel() {
            return new NormGraphKernel(NormKernel.instance(eps), false);
        }
    }

    /** PReLU with one slope per channel, {@code x, slope [C]}; a ReLU without a slope. */
    record PReLU() implements FusedFunction {

        @Override
        public GraphKernel kernel() {
            return FunctionKernel.sameShape(
                    (in, y) -> PReLUKernel.forward(in[0], in[1], y),
                    (in, dy, d) -> PReLUKernel.backward(in[0], in[1], dy, d[0], d[1]));
        }
    }

    /** Swish with one beta per channel: {@code x, beta [C]}. */
    record ChannelSwish() implements FusedFunction {

        @Override
        public GraphKernel kernel() {
            return FunctionKernel.sameShape(
                    (in, y) -> SwishKernel.forward(in[0], in[1], y),
                    (in, dy, d) ->
                            SwishKernel.backward(in[0], in[1], dy, d[0], required(d, in, 1)));
        }
    }

    /** Multiplication by one number: {@code x, gain [1]}. */
    record Gain() implements FusedFunction {

        @Override
        public GraphKernel kernel() {
            return FunctionKernel.sameShape(
                    (in, y) -> GainKernel.multiply(in[0], in[1].getDouble(0), y),
                    (in, dy, d) -> {
                        if (d[1] != null) {
                            d[1].assign(GainKernel.gradient(in[0], dy));
                        }
                        if (d[0] != null) {
                            GainKernel.multiply(dy, in[1].getDouble(0), d[0]);
                        }
                    });
        }
    }

    /**
     * Multiplication of each example by its factor: {@code x, factors [N, 1, ...] or null for 1}.
     */
    record ExampleScaling() implements FusedFunction {

        @Override
        public GraphKernel kernel() {
            return FunctionKernel.sameShape(
                    (in, y) -> GainKernel.multiplyExamples(in[0], in[1], y),
                    (in, dy, d) -> {
                        if (d[0] != null) {
                            GainKernel.multiplyExamples(dy, in[1], d[0]);
                        }
                        if (d[1] != null) {
                            int[] others = IntStream.range(1, dy.rank()).toArray();
                            in[0].mul(dy).sum(d[1], true, others);
                        }
                    });
        }
    }

    /** Squeeze and excitation: {@code x, w1, b1 or null, w2, b2 or null, mask or null}. */
    record SqueezeExcitation(SqueezeExcitationSpec spec) implements FusedFunction {

        @Override
        public GraphKernel kernel() {
            SqueezeExcitationKernel kernel =
                    new SqueezeExcitationKernel(spec.innerActivation(), spec.gate(), spec.scale());
            return FunctionKernel.sameShape(
                    (in, y) -> kernel.forward(in[0], Masks.count(in[5]), weights(in), y),
                    (in, dy, d) -> {
                        required(d, in, 1);
                        required(d, in, 3);
                        INDArray count = Masks.count(in[5]);
                        kernel.backward(in[0], count, weights(in), dy, d[0], weights(d));
                    });
        }

        private static SqueezeExcitationKernel.Weights weights(INDArray[] arrays) {
            return new SqueezeExcitationKernel.Weights(arrays[1], arrays[2], arrays[3], arrays[4]);
        }
    }

    /** Efficient channel attention: {@code x, w, mask or null}. */
    record ChannelAttention(ECASpec spec) implements FusedFunction {

        @Override
        public GraphKernel kernel() {
            ECAKernel kernel = new ECAKernel(spec);
            return FunctionKernel.sameShape(
                    (in, y) -> kernel.forward(in[0], Masks.count(in[2]), in[1], y),
                    (in, dy, d) -> {
                        INDArray dw = required(d, in, 1);
                        kernel.backward(in[0], Masks.count(in[2]), in[1], dy, d[0], dw);
                    });
        }
    }

    /** Linear interpolation: {@code x, mask or null, mask of the output or null}. */
    record Upsampling(UpsampleGeometry geometry) implements FusedFunction {

        @Override
        public GraphKernel kernel() {
            UpsampleKernel kernel = new UpsampleKernel();
            return new FunctionKernel(
                    in -> geometry.outputShape(in[0].shape()),
                    (in, y) -> {
                        kernel.forward(in[0], in[1], geometry, y);
                        if (in[2] != null) {
                            y.muli(in[2]);
                        }
                    },
                    (in, dy, d) -> {
                        INDArray masked = in[2] == null ? dy : dy.mul(in[2]);
                        kernel.backward(masked, in[1], geometry, required(d, in, 0));
                    });
        }
    }

    /**
     * Temporal convolution, batch normalization by the minibatch's statistics and depthwise spatial
     * convolution: {@code x, tW, tb or null, gamma, beta, sW, sb or null, mask of the temporal
     * convolution's output or null}. Outputs: y, the mean {@code [F]} and the unbiased variance
     * {@code [F]}.
     */
    record TemporalSpatial(TemporalSpatialConvSpec spec) implements FusedFunction {

        /** Names of the parameters that are inputs, in their order. */
        public static final List<String> PARAMETERS =
                List.of(
                        TemporalSpatialConvSpec.TEMPORAL_WEIGHT,
                        TemporalSpatialConvSpec.TEMPORAL_BIAS,
                        BatchNormSpec.GAMMA,
                        BatchNormSpec.BETA,
                        TemporalSpatialConvSpec.SPATIAL_WEIGHT,
                        TemporalSpatialConvSpec.SPATIAL_BIAS);

        @Override
        public GraphKernel kernel() {
            return new TemporalSpatialGraphKernel(new TemporalSpatialKernel(spec));
        }
    }

    /** The same with given statistics, which are two additional inputs: {@code mean, variance}. */
    record GivenTemporalSpatial(TemporalSpatialConvSpec spec) implements FusedFunction {

        @Override
        public GraphKernel kernel() {
            TemporalSpatialKernel kernel = new TemporalSpatialKernel(spec);
            return new FunctionKernel(
                    in -> kernel.outputShape(in[0].shape()),
                    (in, y) ->
                            kernel.forward(
                                    in[0],
                                    TemporalSpatialGraphKernel.weights(in),
                                    TemporalSpatialKernel.Statistics.given(in[8], in[9]),
                                    in[7],
                                    y),
                    (in, dy, d) ->
                            kernel.backward(
                                    in[0],
                                    TemporalSpatialGraphKernel.weights(in),
                                    TemporalSpatialKernel.Statistics.given(in[8], in[9]),
                                    in[7],
                                    dy,
                                    d[0],
                                    TemporalSpatialGraphKernel.gradients(d, in)));
        }
    }

    /**
     * Temporal convolution and spatial convolution over all its filters: {@code x, tW, tb or null,
     * sW, sb or null, mask of the temporal convolution's output or null}.
     */
    record CombinedConvolution(CombinedConvSpec spec) implements FusedFunction {

        @Override
        public GraphKernel kernel() {
            CombinedConvKernel kernel = new CombinedConvKernel(spec);
            return new FunctionKernel(
                    in -> kernel.outputShape(in[0].shape()),
                    (in, y) -> kernel.forward(in[0], weights(in), in[5], y),
                    (in, dy, d) -> {
                        required(d, in, 1);
                        required(d, in, 3);
                        kernel.backward(in[0], weights(in), in[5], dy, d[0], weights(d));
                    });
        }

        private static CombinedConvKernel.Weights weights(INDArray[] arrays) {
            return new CombinedConvKernel.Weights(arrays[1], arrays[2], arrays[3], arrays[4]);
        }
    }
}
