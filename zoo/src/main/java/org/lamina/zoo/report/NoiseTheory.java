package org.lamina.zoo.report;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.lamina.layers.ECA;
import org.lamina.layers.Nonlinearity;
import org.lamina.layers.SkipInitGain;
import org.lamina.layers.SqueezeExcitation;
import org.lamina.layers.StochasticDepth;
import org.lamina.layers.WSConv2D;
import org.lamina.spec.ChannelGateSpec;

/**
 * The theoretical variances of white noise at the vertices of an untrained normalizer-free network,
 * in the limit of many random weights and including pooling and zero padding.
 */
final class NoiseTheory {

    private final ComputationGraphConfiguration conf;
    private final Map<String, NoiseField> fields = new HashMap<>();

    private NoiseTheory(ComputationGraphConfiguration conf, NoiseField input) {
        this.conf = conf;
        fields.put(conf.getNetworkInputs().get(0), input);
    }

    /**
     * Mean variance by vertex, up to the global pooling.
     *
     * @throws IllegalArgumentException if a convolution's weights are not standardized
     */
    static Map<String, Double> variances(
            ComputationGraphConfiguration conf, int height, int width) {
        NoiseTheory theory = new NoiseTheory(conf, NoiseField.white(height, width));
        conf.getVertices().keySet().forEach(theory::at);
        Map<String, Double> variances = new HashMap<>();
        theory.fields.forEach(
                (name, field) -> {
                    if (field != null) {
                        variances.put(name, field.variance());
                    }
                });
        return variances;
    }

    /** Null where the theory ends. */
    private NoiseField at(String name) {
        if (!fields.containsKey(name)) {
            List<NoiseField> inputs =
                    conf.getVertexInputs().get(name).stream().map(this::at).toList();
            fields.put(name, inputs.contains(null) ? null : after(name, inputs));
        }
        return fields.get(name);
    }

    private NoiseField after(String name, List<NoiseField> inputs) {
        GraphVertex vertex = conf.getVertices().get(name);
        if (vertex instanceof LayerVertex layer) {
            return after(layer.getLayerConf().getLayer(), inputs.get(0));
        }
        if (vertex instanceof ScaleVertex scale) {
            return inputs.get(0).times(scale.getScaleFactor());
        }
        boolean sum =
                vertex instanceof ElementWiseVertex element
                        && element.getOp() == ElementWiseVertex.Op.Add;
        return sum ? inputs.stream().reduce(NoiseField::plus).orElseThrow() : null;
    }

    private static NoiseField after(Layer layer, NoiseField input) {
        if (layer instanceof WSConv2D conv) {
            return input.convolved(conv.getSpec().conv());
        }
        if (layer instanceof Nonlinearity nonlinearity) {
            return input.activated(nonlinearity.getActivationFn());
        }
        if (layer instanceof SqueezeExcitation excitation) {
            return gated(input, excitation.getSpec());
        }
        if (layer instanceof ECA attention) {
            return gated(input, attention.getSpec());
        }
        if (layer instanceof SkipInitGain gain) {
            return input.times(gain.getSpec().initial());
        }
        if (layer instanceof StochasticDepth) {
            return input; // in evaluation
        }
        if (layer instanceof SubsamplingLayer pool) {
            return pool.getPoolingType() == PoolingType.MAX
                    ? input.maxPooled()
                    : input.averagePooled(pool.getStride()[0]);
        }
        return null;
    }

    /** The channels' means are near 0: every gate is near sigmoid(0). */
    private static NoiseField gated(NoiseField input, ChannelGateSpec spec) {
        return input.times(spec.scale() / 2);
    }
}
