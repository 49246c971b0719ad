package org.lamina.layers.wrapper;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.ParamInitializer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.lamina.arrays.Views;
import org.lamina.spec.FWSSpec;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The parameters of the wrapped layer in its own layout, then the gain, initially 1. */
final class StandardizedParamInitializer implements ParamInitializer {

    static final StandardizedParamInitializer INSTANCE = new StandardizedParamInitializer();

    private StandardizedParamInitializer() {}

    private static Layer wrapped(Layer layer) {
        return ((StandardizedWeights) layer).getUnderlying();
    }

    private static ParamInitializer inner(Layer layer) {
        return wrapped(layer).initializer();
    }

    private static long gainLength(Layer layer) {
        return ((StandardizedWeights) layer).units().units();
    }

    /** The wrapped layer's part of a flattened array. */
    static INDArray innerPart(Layer layer, INDArray flattened) {
        INDArray flat = flattened.reshape(flattened.length());
        return Views.slice(flat, 0, flat.length() - gainLength(layer));
    }

    @Override
    public long numParams(NeuralNetConfiguration conf) {
        return numParams(conf.getLayer());
    }

    @Override
    public long numParams(Layer layer) {
        return inner(layer).numParams(wrapped(layer)) + gainLength(layer);
    }

    @Override
    public List<String> paramKeys(Layer layer) {
        List<String> keys = new ArrayList<>(inner(layer).paramKeys(wrapped(layer)));
        keys.add(FWSSpec.GAIN);
        return keys;
    }

    @Override
    public List<String> weightKeys(Layer layer) {
        return inner(layer).weightKeys(wrapped(layer));
    }

    @Override
    public List<String> biasKeys(Layer layer) {
        return inner(layer).biasKeys(wrapped(layer));
    }

    @Override
    public boolean isWeightParam(Layer layer, String key) {
        return weightKeys(layer).contains(key);
    }

    @Override
    public boolean isBiasParam(Layer layer, String key) {
        return biasKeys(layer).contains(key);
    }

    @Override
    public Map<String, INDArray> init(
            NeuralNetConfiguration conf, INDArray paramsView, boolean initializeParams) {
        Layer layer = conf.getLayer();
        INDArray part = innerPart(layer, paramsView);
        conf.setLayer(wrapped(layer)); // the inner initializer reads the configuration
        Map<String, INDArray> table =
                new LinkedHashMap<>(inner(layer).init(conf, part, initializeParams));
        conf.setLayer(layer);
        addGain(layer, paramsView, table);
        conf.addVariable(FWSSpec.GAIN);
        if (initializeParams) {
            table.get(FWSSpec.GAIN).assign(1);
        }
        return Collections.synchronizedMap(table);
    }

    @Override
    public Map<String, INDArray> getGradientsFromFlattened(
            NeuralNetConfiguration conf, INDArray gradientView) {
        Layer layer = conf.getLayer();
        INDArray part = innerPart(layer, gradientView);
        conf.setLayer(wrapped(layer));
        Map<String, INDArray> table =
                new LinkedHashMap<>(inner(layer).getGradientsFromFlattened(conf, part));
        conf.setLayer(layer);
        addGain(layer, gradientView, table);
        return table;
    }

    private static void addGain(Layer layer, INDArray flattened, Map<String, INDArray> table) {
        INDArray flat = flattened.reshape(flattened.length());
        long from = flat.length() - gainLength(layer);
        table.put(FWSSpec.GAIN, Views.slice(flat, from, flat.length()));
    }
}
