package org.lamina.kernels;

import org.lamina.arrays.Masks;
import org.lamina.spec.ECASpec;
import org.lamina.spec.SqueezeExcitationSpec;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The kernels for the functions that parts of SameDiff graphs compute. */
public final class GraphKernels {

    private GraphKernels() {}

    /** A new kernel for the function; null if there is none, so that it runs op by op. */
    public static GraphKernel of(FusedFunction function) {
        if (function instanceof FusedFunction.Activation f) {
            return new ActivationKernel(f.function());
        }
        if (function instanceof FusedFunction.Convolution f) {
            return convolution(f);
        }
        if (function instanceof FusedFunction.ConvolutionTranspose f) {
            return transposedConvolution(f);
        }
        if (function instanceof FusedFunction.LocalConvolution f) {
            return localConvolution(f);
        }
        if (function instanceof FusedFunction.Dense) {
            return dense();
        }
        if (function instanceof FusedFunction.Standardization f) {
            return standardization(f);
        }
        if (function instanceof FusedFunction.BatchNorm f) {
            return new NormGraphKernel(NormKernel.batch(f.eps()), true);
        }
        if (function instanceof FusedFunction.InstanceNorm f) {
            return new NormGraphKernel(NormKernel.instance(f.eps()), false);
        }
        if (function instanceof FusedFunction.GivenNorm f) {
            return givenNorm(f);
        }
        if (function instanceof FusedFunction.PReLU) {
            return new FunctionKernel(
                    in -> in[0].shape(),
                    (in, y) -> PReLUKernel.forward(in[0], in[1], y),
                    (in, dy, d) -> PReLUKernel.backward(in[0], in[1], dy, d[0], d[1]));
        }
        if (function instanceof FusedFunction.ChannelSwish) {
            return new FunctionKernel(
                    in -> in[0].shape(),
                    (in, y) -> SwishKernel.forward(in[0], in[1], y),
                    (in, dy, d) ->
                            SwishKernel.backward(in[0], in[1], dy, d[0], required(d, in, 1)));
        }
        if (function instanceof FusedFunction.Gain) {
            return gain();
        }
        if (function instanceof FusedFunction.SqueezeExcitation f) {
            return squeezeExcitation(f.spec());
        }
        if (function instanceof FusedFunction.ChannelAttention f) {
            return channelAttention(f.spec());
        }
        if (function instanceof FusedFunction.Upsampling f) {
            return upsampling(f);
        }
        if (function instanceof FusedFunction.TemporalSpatial f) {
            return new TemporalSpatialGraphKernel(new TemporalSpatialKernel(f.spec()));
        }
        if (function instanceof FusedFunction.GivenTemporalSpatial f) {
            return givenTemporalSpatial(new TemporalSpatialKernel(f.spec()));
        }
        if (function instanceof FusedFunction.CombinedConvolution f) {
            return combinedConvolution(new CombinedConvKernel(f.spec()));
        }
        return null;
    }

    private static GraphKernel convolution(FusedFunction.Convolution f) {
        ConvKernel kernel = new ConvKernel(f.geometry());
        return new FunctionKernel(
                in -> kernel.outputShape(in[0].shape(), f.outChannels()),
                (in, y) -> kernel.forward(in[0], in[3], in[1], in[2], y),
                (in, dy, d) ->
                        kernel.backward(in[0], in[3], in[1], dy, d[0], required(d, in, 1), d[2]));
    }

    private static GraphKernel transposedConvolution(FusedFunction.ConvolutionTranspose f) {
        ConvTransposeKernel kernel = new ConvTransposeKernel(f.geometry());
        return new FunctionKernel(
                in -> kernel.outputShape(in[0].shape(), f.outChannels()),
                (in, y) -> kernel.forward(in[0], in[1], in[2], y),
                (in, dy, d) -> kernel.backward(in[0], in[1], dy, d[0], required(d, in, 1), d[2]));
    }

    private static GraphKernel localConvolution(FusedFunction.LocalConvolution f) {
        LocalConvKernel kernel = new LocalConvKernel(f.geometry());
        return new FunctionKernel(
                in -> kernel.outputShape(in[0].shape(), f.outChannels()),
                (in, y) -> kernel.forward(in[0], in[3], in[1], in[2], y),
                (in, dy, d) ->
                        kernel.backward(in[0], in[3], in[1], dy, d[0], required(d, in, 1), d[2]));
    }

    private static GraphKernel dense() {
        return new FunctionKernel(
                in -> new long[] {in[0].size(0), in[1].size(1)},
                (in, y) -> DenseKernel.forward(in[0], in[1], in[2], y),
                (in, dy, d) ->
                        DenseKernel.backward(in[0], in[1], dy, d[0], required(d, in, 1), d[2]),
                true); // DL4J keeps dense weights in 'f' order
    }

    private static GraphKernel standardization(FusedFunction.Standardization f) {
        WeightStandardizationKernel kernel = new WeightStandardizationKernel(f.formula());
        return new FunctionKernel(
                in -> in[0].shape(),
                (in, y) -> kernel.forward(in[0], in[1], y),
                (in, dy, d) -> kernel.backward(in[0], in[1], dy, required(d, in, 0), d[1]));
    }

    /** Of x, gamma, beta, mean, variance, mask. */
    private static GraphKernel givenNorm(FusedFunction.GivenNorm f) {
        NormKernel kernel = NormKernel.batch(f.eps());
        return new FunctionKernel(
                in -> in[0].shape(),
                (in, y) -> kernel.forward(in[0], in[1], in[2], in[3], in[4], in[5], y),
                (in, dy, d) ->
                        kernel.backward(
                                in[0],
                                in[1],
                                NormKernel.Statistics.given(in[3], in[4]),
                                in[5],
                                dy,
                                d[0],
                                d[1],
                                d[2]));
    }

    /** Of x, tW, tb, gamma, beta, sW, sb, mask, mean, variance. */
    private static GraphKernel givenTemporalSpatial(TemporalSpatialKernel kernel) {
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

    /** Of x, tW, tb, sW, sb, mask. */
    private static GraphKernel combinedConvolution(CombinedConvKernel kernel) {
        return new FunctionKernel(
                in -> kernel.outputShape(in[0].shape()),
                (in, y) -> kernel.forward(in[0], combined(in), in[5], y),
                (in, dy, d) -> {
                    required(d, in, 1);
                    required(d, in, 3);
                    kernel.backward(in[0], combined(in), in[5], dy, d[0], combined(d));
                });
    }

    private static CombinedConvKernel.Weights combined(INDArray[] arrays) {
        return new CombinedConvKernel.Weights(arrays[1], arrays[2], arrays[3], arrays[4]);
    }

    private static GraphKernel gain() {
        return new FunctionKernel(
                in -> in[0].shape(),
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

    /** Of x, w1, b1, w2, b2, mask. */
    private static GraphKernel squeezeExcitation(SqueezeExcitationSpec spec) {
        SqueezeExcitationKernel kernel =
                new SqueezeExcitationKernel(spec.innerActivation(), spec.gate(), spec.scale());
        return new FunctionKernel(
                in -> in[0].shape(),
                (in, y) -> kernel.forward(in[0], Masks.count(in[5]), weights(in), y),
                (in, dy, d) -> {
                    required(d, in, 1);
                    required(d, in, 3);
                    kernel.backward(in[0], Masks.count(in[5]), weights(in), dy, d[0], weights(d));
                });
    }

    private static SqueezeExcitationKernel.Weights weights(INDArray[] arrays) {
        return new SqueezeExcitationKernel.Weights(arrays[1], arrays[2], arrays[3], arrays[4]);
    }

    /** Of x, w, mask. */
    private static GraphKernel channelAttention(ECASpec spec) {
        ECAKernel kernel = new ECAKernel(spec);
        return new FunctionKernel(
                in -> in[0].shape(),
                (in, y) -> kernel.forward(in[0], Masks.count(in[2]), in[1], y),
                (in, dy, d) -> {
                    INDArray dw = required(d, in, 1);
                    kernel.backward(in[0], Masks.count(in[2]), in[1], dy, d[0], dw);
                });
    }

    private static GraphKernel upsampling(FusedFunction.Upsampling f) {
        UpsampleKernel kernel = new UpsampleKernel();
        return new FunctionKernel(
                in -> f.geometry().outputShape(in[0].shape()),
                (in, y) -> kernel.forward(in[0], in[1], f.geometry(), y),
                (in, dy, d) -> kernel.backward(dy, in[1], f.geometry(), required(d, in, 0)));
    }

    /** The array for the gradient of an input; scratch memory if only the kernel needs it. */
    static INDArray required(INDArray[] gradients, INDArray[] inputs, int index) {
        if (gradients[index] == null) {
            INDArray input = inputs[index];
            gradients[index] = Nd4jOps.scratch(input.dataType(), input.shape());
        }
        return gradients[index];
    }
}
