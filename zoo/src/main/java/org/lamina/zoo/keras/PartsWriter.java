package org.lamina.zoo.keras;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.lamina.layers.base.AbstractSpecLayer;
import org.lamina.spec.BatchNormSpec;
import org.lamina.spec.ConvModernSpec;
import org.lamina.spec.InstanceNormSpec;
import org.lamina.spec.LayerSpec;
import org.lamina.spec.PReLUSpec;
import org.lamina.spec.ParamSpec;
import org.lamina.spec.SkipInitGainSpec;
import org.lamina.spec.SqueezeExcitationSpec;
import org.lamina.spec.StochasticDepthSpec;
import org.lamina.spec.WSConvSpec;
import org.lamina.zoo.network.Folding;
import org.lamina.zoo.weights.WeightsException;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Writes layers that Keras has as several, or for inference only: standardized weights and learned
 * gains become plain ones, stochastic depth is left out.
 */
final class PartsWriter {

    private final KerasModel model;
    private final ConvolutionWriter convolutions;
    private final ChannelWriter channels;

    PartsWriter(KerasModel model, ConvolutionWriter convolutions, ChannelWriter channels) {
        this.model = model;
        this.convolutions = convolutions;
        this.channels = channels;
    }

    /** Null if the layer is of another kind. */
    String write(
            String name,
            AbstractSpecLayer<?> layer,
            Map<String, INDArray> params,
            String from,
            long[] shape) {
        LayerSpec spec = layer.getSpec();
        if (spec instanceof WSConvSpec conv) {
            WeightWriter writing =
                    new WeightWriter(model, name, layer, standardized(conv, params)).folded();
            return convolutions.write(writing, conv.conv(), from, shape);
        }
        String written = part(name, layer, params, from, shape);
        return written == null
                ? null
                : FunctionWriter.after(model, name, layer.getActivationFn(), written, shape);
    }

    private String part(
            String name,
            AbstractSpecLayer<?> layer,
            Map<String, INDArray> params,
            String from,
            long[] shape) {
        LayerSpec spec = layer.getSpec();
        if (spec instanceof StochasticDepthSpec) {
            return from;
        } else if (spec instanceof SkipInitGainSpec) {
            double gain = params.get(SkipInitGainSpec.GAIN).getDouble(0);
            return FunctionWriter.rescaled(model, name, gain, from, shape);
        }
        if (layer.getConstraints() != null && !layer.getConstraints().isEmpty()) {
            return null;
        } else if (spec instanceof SqueezeExcitationSpec squeeze) {
            return gated(name, layer, squeeze, params, from, shape);
        } else if (spec instanceof ConvModernSpec conv) {
            return convolved(name, layer, conv, params, from, shape);
        }
        return null;
    }

    /** The filters that the convolution uses. */
    private static Map<String, INDArray> standardized(
            WSConvSpec spec, Map<String, INDArray> params) {
        INDArray weight = params.get(ParamSpec.WEIGHT);
        INDArray gain = params.get(WSConvSpec.GAIN);
        INDArray wide = Folding.standardized(weight, gain, spec.standardization(), weight.size(0));
        Map<String, INDArray> used = new HashMap<>(params);
        used.put(ParamSpec.WEIGHT, wide.castTo(weight.dataType()));
        return used;
    }

    /** Means of the channels, two dense layers, a product. */
    private String gated(
            String name,
            AbstractSpecLayer<?> layer,
            SqueezeExcitationSpec spec,
            Map<String, INDArray> params,
            String from,
            long[] shape) {
        int rank = shape.length - 1;
        long[] vector = {shape[rank]};
        String gate = from;
        if (rank > 0) {
            ObjectNode arguments = LayerWriter.arguments();
            arguments.put("data_format", "channels_last").put("keepdims", false);
            String pooling = "GlobalAveragePooling" + rank + "D";
            gate = model.add(pooling, name + "-mean", arguments, List.of(from), vector);
        }
        gate =
                channels.dense(
                        new WeightWriter(
                                model, name + "-hidden", layer, spec.innerActivation(), Map.of()),
                        params.get(SqueezeExcitationSpec.SQUEEZE_WEIGHT),
                        params.get(SqueezeExcitationSpec.SQUEEZE_BIAS),
                        gate,
                        new long[] {params.get(SqueezeExcitationSpec.SQUEEZE_WEIGHT).size(1)});
        gate =
                channels.dense(
                        new WeightWriter(model, name + "-gate", layer, spec.gate(), Map.of()),
                        params.get(SqueezeExcitationSpec.EXCITE_WEIGHT),
                        params.get(SqueezeExcitationSpec.EXCITE_BIAS),
                        gate,
                        vector);
        if (spec.scale() != 1) {
            gate = FunctionWriter.rescaled(model, name + "-scale", spec.scale(), gate, vector);
        }
        if (rank > 0) {
            long[] target = LongStream.concat(LongStream.of(1), LongStream.of(vector)).toArray();
            target = rank == 1 ? target : new long[] {1, 1, vector[0]};
            ObjectNode arguments = LayerWriter.arguments();
            LongStream.of(target).forEach(arguments.putArray("target_shape")::add);
            gate = model.add("Reshape", name + "-gates", arguments, List.of(gate), target);
        }
        return model.add("Multiply", name, LayerWriter.arguments(), List.of(from, gate), shape);
    }

    /** Normalization, function and convolution, in this order or with the convolution first. */
    private String convolved(
            String name,
            AbstractSpecLayer<?> layer,
            ConvModernSpec spec,
            Map<String, INDArray> params,
            String from,
            long[] shape) {
        if (spec.upsampling() != null) {
            throw new WeightsException(
                    "layer \"%s\": Keras has no upsampling whose outermost values stay (aligned"
                            + " corners)",
                    name);
        }
        String input = from;
        boolean first = spec.activatesInput();
        if (first) {
            input = activated(name + "-input", layer, spec, params, input, model.shape(from));
        }
        WeightWriter writing =
                new WeightWriter(model, first ? name : name + "-conv", layer, null, params);
        input = convolutions.write(writing, spec.convolution(), input, shape);
        return first ? input : activated(name, layer, spec, params, input, shape);
    }

    private String activated(
            String name,
            AbstractSpecLayer<?> layer,
            ConvModernSpec spec,
            Map<String, INDArray> params,
            String from,
            long[] shape) {
        String x = from;
        WeightWriter norm = new WeightWriter(model, name + "-norm", layer, null, params);
        if (spec.normalization() instanceof BatchNormSpec batch) {
            x = channels.batchNorm(norm, batch.eps(), batch.momentum(), x, shape);
        } else if (spec.normalization() instanceof InstanceNormSpec instance) {
            x = channels.instanceNorm(norm, instance.eps(), x, shape);
        }
        IActivation relu = new ActivationReLU();
        return switch (spec.activator()) {
            case RELU -> FunctionWriter.add(model, name + "-relu", relu, x, shape);
            case PRELU -> channels.prelu(name + "-prelu", params.get(PReLUSpec.SLOPE), x, shape);
            case NULL -> x;
        };
    }
}
