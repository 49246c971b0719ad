package org.lamina.layers.base;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.deeplearning4j.nn.api.ParamInitializer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.weights.IWeightInit;
import org.lamina.arrays.Views;
import org.lamina.constraints.Constraints;
import org.lamina.spec.ParamSpec;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Lays out and initializes the parameters that a {@link AbstractSpecLayer}'s spec lists, in that
 * order.
 *
 * <p>Weights come from the layer's weight initialization, biases are its bias init. Initial weights
 * satisfy the layer's norm constraints.
 */
final class SpecParamInitializer implements ParamInitializer {

    private static final SpecParamInitializer INSTANCE = new SpecParamInitializer();

    private SpecParamInitializer() {}

    /** The initializer; it has no state. */
    public static SpecParamInitializer getInstance() {
        return INSTANCE;
    }

    private static List<ParamSpec> params(Layer layer) {
        return ((AbstractSpecLayer<?>) layer).getSpec().params();
    }

    private static List<String> names(Layer layer, Predicate<ParamSpec> which) {
        return params(layer).stream()
                .filter(which)
                .map(ParamSpec::name)
                .collect(Collectors.toList());
    }

    @Override
    public long numParams(NeuralNetConfiguration conf) {
        return numParams(conf.getLayer());
    }

    @Override
    public long numParams(Layer layer) {
        return params(layer).stream().mapToLong(ParamSpec::length).sum();
    }

    @Override
    public List<String> paramKeys(Layer layer) {
        return names(layer, p -> true);
    }

    @Override
    public List<String> weightKeys(Layer layer) {
        return names(layer, ParamSpec::weight);
    }

    @Override
    public List<String> biasKeys(Layer layer) {
        return names(layer, ParamSpec::bias);
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
        AbstractSpecLayer<?> layer = (AbstractSpecLayer<?>) conf.getLayer();
        Map<String, INDArray> table =
                Collections.synchronizedMap(views(layer.getSpec().params(), paramsView));
        for (ParamSpec param : layer.getSpec().params()) {
            conf.addVariable(param.name());
            if (initializeParams) {
                initialize(layer, param, table.get(param.name()));
            }
        }
        if (initializeParams) {
            Constraints.project(layer, table);
        }
        return table;
    }

    private static void initialize(AbstractSpecLayer<?> layer, ParamSpec param, INDArray values) {
        IWeightInit init = param.init();
        if (init == null && param.weight()) {
            init = layer.getWeightInitFn();
        }
        if (init != null) {
            init.init(
                    param.fanIn(),
                    param.fanOut(),
                    param.shape(),
                    param.order(),
                    values.reshape(param.order(), new long[] {param.length()}));
        } else {
            values.assign(param.bias() ? layer.getBiasInit() : param.initial());
        }
    }

    @Override
    public Map<String, INDArray> getGradientsFromFlattened(
            NeuralNetConfiguration conf, INDArray gradientView) {
        return views(params(conf.getLayer()), gradientView);
    }

    private static Map<String, INDArray> views(List<ParamSpec> params, INDArray flattened) {
        Map<String, INDArray> views = new LinkedHashMap<>();
        if (params.isEmpty()) { // DL4J then passes no array
            return views;
        }
        INDArray flat = flattened.reshape(flattened.length());
        long from = 0;
        for (ParamSpec param : params) {
            INDArray part = Views.slice(flat, from, from + param.length());
            views.put(param.name(), part.reshape(param.order(), param.shape()));
            from += param.length();
        }
        return views;
    }
}
