package org.lamina.benchmark;

import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.BaseOutputLayer;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.lamina.layers.SpecLayer;
import org.lamina.spec.ParamSpec;

/**
 * A parameter of a network, known from its configuration.
 *
 * @param name in the network: "0_W"
 * @param initial value if it is not trained
 */
record Parameter(String name, long[] shape, boolean trained, double initial) {

    /** The parameters of a network. */
    static List<Parameter> of(MultiLayerConfiguration conf) {
        List<Parameter> all = new ArrayList<>();
        for (int i = 0; i < conf.getConfs().size(); i++) {
            all.addAll(of(i + "_", conf.getConf(i).getLayer()));
        }
        return all;
    }

    /** The parameters of a graph. */
    static List<Parameter> of(ComputationGraphConfiguration conf) {
        List<Parameter> all = new ArrayList<>();
        conf.getVertices()
                .forEach(
                        (name, vertex) -> {
                            if (vertex instanceof LayerVertex) {
                                Layer layer = ((LayerVertex) vertex).getLayerConf().getLayer();
                                all.addAll(of(name + "_", layer));
                            }
                        });
        return all;
    }

    private static List<Parameter> of(String prefix, Layer layer) {
        if (layer instanceof SpecLayer) {
            return ((SpecLayer<?>) layer)
                    .getSpec().params().stream().map(p -> of(prefix, p)).toList();
        }
        if (layer instanceof BaseOutputLayer) {
            FeedForwardLayer dense = (FeedForwardLayer) layer;
            return List.of(
                    new Parameter(
                            prefix + "W",
                            new long[] {dense.getNIn(), dense.getNOut()},
                            true,
                            Double.NaN),
                    new Parameter(prefix + "b", new long[] {dense.getNOut()}, true, Double.NaN));
        }
        return List.of();
    }

    private static Parameter of(String prefix, ParamSpec param) {
        return new Parameter(
                prefix + param.name(), param.shape(), param.role().trained(), param.initial());
    }
}
