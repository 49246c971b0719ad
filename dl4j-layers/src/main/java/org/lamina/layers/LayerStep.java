package org.lamina.layers;

import static org.lamina.layers.base.LayerInputs.mask;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.lamina.activations.Swish;
import org.lamina.kernels.FusedFunction;
import org.lamina.kernels.GraphKernel;
import org.lamina.layers.base.LayerInputs;
import org.lamina.spec.Activator;
import org.lamina.spec.BatchNormSpec;
import org.lamina.spec.CombinedConvSpec;
import org.lamina.spec.ConvModernSpec;
import org.lamina.spec.ConvSpec;
import org.lamina.spec.ConvTransposeSpec;
import org.lamina.spec.DenseSpec;
import org.lamina.spec.DepthwiseConvSpec;
import org.lamina.spec.ECASpec;
import org.lamina.spec.InstanceNormSpec;
import org.lamina.spec.LayerSpec;
import org.lamina.spec.LocalConvSpec;
import org.lamina.spec.NonlinearitySpec;
import org.lamina.spec.Normalizer;
import org.lamina.spec.PReLUSpec;
import org.lamina.spec.ParamSpec;
import org.lamina.spec.SeparableConvSpec;
import org.lamina.spec.SkipInitGainSpec;
import org.lamina.spec.SqueezeExcitationSpec;
import org.lamina.spec.StochasticDepthSpec;
import org.lamina.spec.SwishSpec;
import org.lamina.spec.TemporalSpatialConvSpec;
import org.lamina.spec.UpsampleGeometry;
import org.lamina.spec.UpsampleSpec;
import org.lamina.spec.WSConvSpec;
import org.lamina.spec.WSConvTransposeSpec;

/**
 * One step of a native layer: a kernel. Its first input is the output of the step before, or the
 * layer's input.
 *
 * @param kernel computes the step
 * @param inputs names of the kernel's other inputs: parameters, or {@link LayerInputs}
 * @param statistics names of the running statistics that the kernel's outputs after the first
 *     update
 */
record LayerStep(GraphKernel kernel, List<String> inputs, List<String> statistics) {

    private static final List<String> RUNNING = List.of(BatchNormSpec.MEAN, BatchNormSpec.VARIANCE);

    /**
     * The steps of a layer; none if it is only its activation function.
     *
     * @param training whether for training passes
     * @param kernels the layer's kernels by function, which its modes share; new ones are added
     */
    static List<LayerStep> of(
            LayerSpec spec, boolean training, Map<FusedFunction, GraphKernel> kernels) {
        Steps steps = new Steps(training, kernels);
        steps.add(spec);
        return steps.list;
    }

    /** Collects the steps of a mode. */
    private record Steps(
            boolean training, Map<FusedFunction, GraphKernel> kernels, List<LayerStep> list) {

        Steps(boolean training, Map<FusedFunction, GraphKernel> kernels) {
            this(training, kernels, new ArrayList<>());
        }

        /** Adds a step; null inputs are absent. */
        private void add(FusedFunction function, String... inputs) {
            add(function, List.of(), inputs);
        }

        private void add(FusedFunction function, List<String> statistics, String... inputs) {
            GraphKernel kernel = kernels.computeIfAbsent(function, FusedFunction::kernel);
            list.add(new LayerStep(kernel, Arrays.asList(inputs), statistics));
        }

        private void add(LayerSpec spec) {
            if (spec instanceof ConvSpec s) {
                addConv(s, ParamSpec.WEIGHT, ParamSpec.BIAS, mask(0));
            } else if (spec instanceof DepthwiseConvSpec s) {
                addConv(s.asConv(), ParamSpec.WEIGHT, ParamSpec.BIAS, mask(0));
            } else if (spec instanceof SeparableConvSpec s
                    && FusedFunction.SeparableConvolution.pays(s)) {
                add(
                        new FusedFunction.SeparableConvolution(s),
                        SeparableConvSpec.DEPTHWISE_WEIGHT,
                        SeparableConvSpec.POINTWISE_WEIGHT,
                        SeparableConvSpec.DEPTHWISE_BIAS,
                        SeparableConvSpec.POINTWISE_BIAS);
            } else if (spec instanceof SeparableConvSpec s) {
                addConv(
                        s.depthwise().asConv(),
                        SeparableConvSpec.DEPTHWISE_WEIGHT,
                        SeparableConvSpec.DEPTHWISE_BIAS,
                        mask(0));
                addConv(
                        s.pointwise(),
                        SeparableConvSpec.POINTWISE_WEIGHT,
                        SeparableConvSpec.POINTWISE_BIAS,
                        null);
            } else if (spec instanceof WSConvSpec s) {
                addConv(s.conv(), ParamSpec.WEIGHT, ParamSpec.BIAS, mask(0));
            } else if (spec instanceof ConvTransposeSpec s) {
                addConvTranspose(s);
            } else if (spec instanceof WSConvTransposeSpec s) {
                addConvTranspose(s.conv());
            } else if (spec instanceof LocalConvSpec s) {
                add(
                        new FusedFunction.LocalConvolution(s.geometry(), s.outChannels()),
                        ParamSpec.WEIGHT,
                        ParamSpec.BIAS,
                        mask(0));
            } else if (spec instanceof DenseSpec) {
                add(new FusedFunction.Dense(), ParamSpec.WEIGHT, ParamSpec.BIAS);
            } else if (spec instanceof CombinedConvSpec s) {
                add(
                        new FusedFunction.CombinedConvolution(s),
                        TemporalSpatialConvSpec.TEMPORAL_WEIGHT,
                        TemporalSpatialConvSpec.TEMPORAL_BIAS,
                        TemporalSpatialConvSpec.SPATIAL_WEIGHT,
                        TemporalSpatialConvSpec.SPATIAL_BIAS,
                        mask(1));
            } else if (spec instanceof TemporalSpatialConvSpec s) {
                addTemporalSpatial(s);
            } else if (spec instanceof ConvModernSpec s) {
                addConvModern(s);
            } else if (spec instanceof UpsampleSpec s) {
                addUpsampling(s.geometry());
            } else if (spec instanceof BatchNormSpec || spec instanceof InstanceNormSpec) {
                addNorm(spec, mask(0));
            } else if (spec instanceof PReLUSpec) {
                add(new FusedFunction.PReLU(), PReLUSpec.SLOPE);
            } else if (spec instanceof SwishSpec s) {
                if (s.learnableBeta()) {
                    add(new FusedFunction.ChannelSwish(), SwishSpec.BETA);
                } else {
                    add(new FusedFunction.Activation(new Swish(s.beta())));
                }
            } else if (spec instanceof SkipInitGainSpec) {
                add(new FusedFunction.Gain(), SkipInitGainSpec.GAIN);
            } else if (spec instanceof StochasticDepthSpec) {
                add(new FusedFunction.ExampleScaling(), LayerInputs.EXAMPLE_FACTORS);
            } else if (spec instanceof ECASpec s) {
                add(new FusedFunction.ChannelAttention(s), ParamSpec.WEIGHT, mask(0));
            } else if (spec instanceof SqueezeExcitationSpec s) {
                add(
                        new FusedFunction.SqueezeExcitation(s),
                        SqueezeExcitationSpec.SQUEEZE_WEIGHT,
                        SqueezeExcitationSpec.SQUEEZE_BIAS,
                        SqueezeExcitationSpec.EXCITE_WEIGHT,
                        SqueezeExcitationSpec.EXCITE_BIAS,
                        mask(0));
            } else if (!(spec instanceof NonlinearitySpec)) {
                throw new IllegalArgumentException("no kernel for " + spec);
            }
        }

        private void addConv(ConvSpec spec, String weight, String bias, String mask) {
            FusedFunction function =
                    new FusedFunction.Convolution(spec.geometry(), spec.outChannels());
            add(function, weight, bias, mask);
        }

        private void addConvTranspose(ConvTransposeSpec spec) {
            FusedFunction function =
                    new FusedFunction.ConvolutionTranspose(spec.geometry(), spec.outChannels());
            add(function, ParamSpec.WEIGHT, ParamSpec.BIAS);
        }

        private void addUpsampling(UpsampleGeometry geometry) {
            add(new FusedFunction.Upsampling(geometry), mask(0), mask(1));
        }

        private void addNorm(LayerSpec spec, String mask) {
            if (spec instanceof InstanceNormSpec s) {
                add(
                        new FusedFunction.InstanceNorm(s.eps()),
                        InstanceNormSpec.GAMMA,
                        InstanceNormSpec.BETA,
                        mask);
            } else if (training) {
                add(
                        new FusedFunction.BatchNorm(((BatchNormSpec) spec).eps()),
                        RUNNING,
                        BatchNormSpec.GAMMA,
                        BatchNormSpec.BETA,
                        mask);
            } else {
                add(
                        new FusedFunction.GivenNorm(((BatchNormSpec) spec).eps()),
                        BatchNormSpec.GAMMA,
                        BatchNormSpec.BETA,
                        BatchNormSpec.MEAN,
                        BatchNormSpec.VARIANCE,
                        mask);
            }
        }

        private void addTemporalSpatial(TemporalSpatialConvSpec spec) {
            List<String> inputs = new ArrayList<>(FusedFunction.TemporalSpatial.PARAMETERS);
            inputs.add(mask(1));
            if (training) {
                add(
                        new FusedFunction.TemporalSpatial(spec),
                        RUNNING,
                        inputs.toArray(String[]::new));
            } else {
                inputs.addAll(RUNNING);
                add(new FusedFunction.GivenTemporalSpatial(spec), inputs.toArray(String[]::new));
            }
        }

        /** Convolution with normalization, activation and scaling. */
        private void addConvModern(ConvModernSpec spec) {
            int windows = spec.windows().size();
            if (spec.activatesInput()) {
                addActivated(spec, mask(0));
            }
            if (spec.upsampling() != null) {
                addUpsampling(spec.upsampling());
            }
            addConv(spec.convolution(), ParamSpec.WEIGHT, ParamSpec.BIAS, mask(windows - 1));
            if (!spec.activatesInput()) {
                addActivated(spec, mask(windows));
            }
        }

        private void addActivated(ConvModernSpec spec, String mask) {
            if (spec.normalizer() != Normalizer.NULL) {
                addNorm(spec.normalization(), mask);
            }
            if (spec.activator() != Activator.NULL) {
                // A ReLU if the layer has no slope.
                add(new FusedFunction.PReLU(), PReLUSpec.SLOPE);
            }
        }
    }
}
