package org.lamina.optimize;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.commons.lang3.SerializationUtils;
import org.deeplearning4j.exception.DL4JInvalidConfigException;
import org.deeplearning4j.nn.api.ParamInitializer;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.samediff.AbstractSameDiffLayer;
import org.deeplearning4j.nn.conf.layers.wrapper.BaseWrapperLayer;
import org.lamina.layers.base.AbstractSpecLayer;
import org.lamina.layers.wrapper.StandardizedWeights;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.regularization.Regularization;

/** Attaches {@link AdaptiveGradientClipping} to the layers of a configuration. */
final class ClippedConfiguration {

    private final AdaptiveGradientClipping clipping;

    private ClippedConfiguration(AdaptiveGradientClipping clipping) {
        this.clipping = clipping;
    }

    static MultiLayerConfiguration of(
            MultiLayerConfiguration conf,
            AdaptiveGradientClipping clipping,
            Collection<String> excluded) {
        MultiLayerConfiguration copy = SerializationUtils.clone(conf);
        new ClippedConfiguration(clipping).attach(layers(copy), excluded);
        return copy;
    }

    static ComputationGraphConfiguration of(
            ComputationGraphConfiguration conf,
            AdaptiveGradientClipping clipping,
            Collection<String> excluded) {
        ComputationGraphConfiguration copy = SerializationUtils.clone(conf);
        new ClippedConfiguration(clipping).attach(layers(copy), excluded);
        return copy;
    }

    // ---- which layers ---------------------------------------------------------------------------

    private static Map<String, Layer> layers(MultiLayerConfiguration conf) {
        Map<String, Layer> layers = new LinkedHashMap<>();
        for (NeuralNetConfiguration c : conf.getConfs()) {
            String name = c.getLayer().getLayerName();
            layers.put(name == null ? "layer" + layers.size() : name, c.getLayer());
        }
        return layers;
    }

    private static Map<String, Layer> layers(ComputationGraphConfiguration conf) {
        Map<String, Layer> layers = new LinkedHashMap<>();
        conf.getVertices()
                .forEach(
                        (name, vertex) -> {
                            if (vertex instanceof LayerVertex ofLayer) {
                                layers.put(name, ofLayer.getLayerConf().getLayer());
                            }
                        });
        return layers;
    }

    /** The last layer with parameters. */
    static Collection<String> classifiers(MultiLayerConfiguration conf) {
        List<String> last = new ArrayList<>();
        layers(conf)
                .forEach(
                        (name, layer) -> {
                            if (hasParameters(layer)) {
                                last.clear();
                                last.add(name);
                            }
                        });
        return last;
    }

    /** The last layers with parameters before each output. */
    static Collection<String> classifiers(ComputationGraphConfiguration conf) {
        Set<String> last = new LinkedHashSet<>();
        conf.getNetworkOutputs().forEach(output -> lastBefore(output, conf, last));
        return last;
    }

    private static void lastBefore(
            String name, ComputationGraphConfiguration conf, Set<String> last) {
        GraphVertex vertex = conf.getVertices().get(name);
        if (vertex == null) { // an input of the network
            return;
        }
        if (vertex instanceof LayerVertex
                && hasParameters(((LayerVertex) vertex).getLayerConf().getLayer())) {
            last.add(name);
        } else {
            conf.getVertexInputs().get(name).forEach(input -> lastBefore(input, conf, last));
        }
    }

    private static boolean hasParameters(Layer layer) {
        ParamInitializer initializer = layer.initializer();
        return !initializer.paramKeys(layer).isEmpty();
    }

    // ---- layers ---------------------------------------------------------------------------------

    private void attach(Map<String, Layer> layers, Collection<String> excluded) {
        for (String name : excluded) {
            if (!layers.containsKey(name)) {
                throw new IllegalArgumentException(
                        clipping + ": no layer '" + name + "'; there are " + layers.keySet());
            }
        }
        layers.forEach(
                (name, layer) -> {
                    if (!excluded.contains(name) && hasParameters(layer)) {
                        attach(layer, name);
                    }
                });
    }

    private void attach(Layer layer, String name) {
        if (layer instanceof FrozenLayer || layer instanceof FrozenLayerWithBackprop) {
            return;
        }
        if (layer instanceof AbstractSpecLayer) { // resolves its parameters by itself
            AbstractSpecLayer<?> own = (AbstractSpecLayer<?>) layer;
            own.setRegularization(with(clipping, own.getRegularization()));
        } else if (layer instanceof Bidirectional bidirectional) {
            attach(bidirectional.getFwd(), name);
            attach(bidirectional.getBwd(), name);
        } else if (layer instanceof BaseWrapperLayer wrapper) {
            attach(wrapper.getUnderlying(), name);
        } else if (layer instanceof StandardizedWeights wrapper) {
            attach(wrapper.getUnderlying(), name);
        } else if (layer instanceof BaseLayer base) {
            base.setRegularization(with(ofWeights(layer, name), base.getRegularization()));
            base.setRegularizationBias(with(ofBiases(layer, name), base.getRegularizationBias()));
        } else if (layer instanceof AbstractSameDiffLayer base) {
            base.setRegularization(with(ofWeights(layer, name), base.getRegularization()));
            base.setRegularizationBias(with(ofBiases(layer, name), base.getRegularizationBias()));
        } else {
            throw new DL4JInvalidConfigException(
                    describe(layer, name)
                            + ": takes no regularization, so its gradients cannot be clipped;"
                            + " exclude it");
        }
    }

    /** Clipping comes first, on the gradient of the loss. */
    private static List<Regularization> with(
            AdaptiveGradientClipping clipping, List<Regularization> given) {
        List<Regularization> all = new ArrayList<>();
        all.add(clipping);
        if (given != null) {
            given.stream().filter(r -> !(r instanceof AdaptiveGradientClipping)).forEach(all::add);
        }
        return all;
    }

    private AdaptiveGradientClipping ofWeights(Layer layer, String name) {
        List<ParameterUnits> units = new ArrayList<>();
        Map<String, INDArray> table = parameters(layer, name);
        for (String key : layer.initializer().weightKeys(layer)) {
            units.add(ofWeight(layer, name, key, table.get(key)));
        }
        for (ParameterUnits one : units) {
            for (ParameterUnits other : units) {
                if (one.length() == other.length() && !one.equals(other)) {
                    throw new DL4JInvalidConfigException(
                            String.format(
                                    "%s: two weights have equal numbers of elements but different"
                                        + " units, %s and %s, and DL4J does not tell which one it"
                                        + " updates; exclude it",
                                    describe(layer, name), one, other));
                }
            }
        }
        return clipping.forUnits(units);
    }

    private ParameterUnits ofWeight(Layer layer, String name, String key, INDArray weight) {
        try {
            return ParameterUnits.ofWeight(layer, key, weight, clipping.rule());
        } catch (DL4JInvalidConfigException e) {
            throw new DL4JInvalidConfigException(
                    String.format(
                            "%s: the output units of its weight \"%s\" are not known, so its"
                                    + " gradients cannot be clipped; exclude it",
                            describe(layer, name), key),
                    e);
        }
    }

    private AdaptiveGradientClipping ofBiases(Layer layer, String name) {
        List<ParameterUnits> units = new ArrayList<>();
        Map<String, INDArray> table = parameters(layer, name);
        for (String key : layer.initializer().biasKeys(layer)) {
            units.add(ParameterUnits.whole(table.get(key).length()));
        }
        return clipping.forUnits(units);
    }

    /** The parameters of a layer as views of zeros, in the layout that they will have. */
    private static Map<String, INDArray> parameters(Layer layer, String name) {
        NeuralNetConfiguration conf = new NeuralNetConfiguration();
        conf.setLayer(layer);
        long count = layer.initializer().numParams(layer);
        boolean open = layer instanceof FeedForwardLayer && ((FeedForwardLayer) layer).getNIn() < 1;
        if (open || count < 1) {
            throw new DL4JInvalidConfigException(
                    describe(layer, name)
                            + ": the size of its parameters is not known; set nIn on the layer or"
                            + " the input type on the network");
        }
        return layer.initializer().init(conf, Nd4j.zeros(count), false);
    }

    private static String describe(Layer layer, String name) {
        return layer.getClass().getSimpleName() + " \"" + name + "\"";
    }
}
