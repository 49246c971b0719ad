package org.lamina.layers.wrapper;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.TrainingConfig;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.wrapper.BaseWrapperLayer;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.lamina.arrays.LayerArrays;
import org.lamina.spec.FWSSpec;
import org.lamina.spec.ParamSpec;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.regularization.Regularization;

/**
 * Standardizes the weights of the wrapped layer before each forward pass: in place, or, if
 * gradients flow through the standardization, into an array that the wrapped layer uses instead of
 * its weight. Each form adds the standardization.
 */
public abstract class StandardizedWeightsLayer extends BaseWrapperLayer {

    private NeuralNetConfiguration conf;
    private Map<String, INDArray> params;
    private Map<String, INDArray> gradients = Collections.emptyMap();
    private INDArray paramsFlattened;
    private INDArray gradientsFlattened;

    /** The weight that the wrapped layer uses; null if it is the stored one. */
    private INDArray used;

    /** Whether the last forward pass standardized. */
    private boolean standardized;

    /**
     * A wrapper.
     *
     * @param wrapped the wrapped layer, whose parameters are the first part of the view
     * @param conf configuration that contains the wrapper's
     */
    protected StandardizedWeightsLayer(
            Layer wrapped, NeuralNetConfiguration conf, INDArray paramsView) {
        super(wrapped);
        this.conf = conf;
        setTable(paramsView);
    }

    /**
     * Standardizes each row.
     *
     * @param w weights {@code [units, elements]}
     * @param gain factor of each unit
     * @param result receives the standardized weights; may be the weights
     */
    protected abstract void standardize(INDArray w, INDArray gain, INDArray result);

    /**
     * The gradients of {@link #standardize}.
     *
     * @param dResult gradient of the standardized weights
     * @param dw receives the gradient of the weights; may be {@code dResult}
     * @param dGain receives the gradient of the gain
     */
    protected abstract void backprop(
            INDArray w, INDArray gain, INDArray dResult, INDArray dw, INDArray dGain);

    private StandardizedWeights layerConf() {
        return (StandardizedWeights) conf.getLayer();
    }

    /** How weights are standardized. */
    protected final FWSSpec spec() {
        return layerConf().getSpec();
    }

    // ---- forward and backward -------------------------------------------------------------------

    @Override
    public INDArray activate(INDArray input, boolean training, LayerWorkspaceMgr workspaceMgr) {
        setInput(input, workspaceMgr);
        return activate(training, workspaceMgr);
    }

    @Override
    public INDArray activate(boolean training, LayerWorkspaceMgr workspaceMgr) {
        INDArray stored = params.get(ParamSpec.WEIGHT);
        standardized = training || !spec().constEval();
        if (standardized) {
            WeightUnits units = layerConf().units();
            INDArray target = used == null ? stored : used;
            INDArray result = units.rows(target);
            standardize(units.rows(stored), params.get(FWSSpec.GAIN), result);
            units.assign(result, target);
        } else if (used != null) {
            used.assign(stored);
        }
        return underlying.activate(training, workspaceMgr);
    }

    @Override
    public Pair<Gradient, INDArray> backpropGradient(
            INDArray epsilon, LayerWorkspaceMgr workspaceMgr) {
        Pair<Gradient, INDArray> result = underlying.backpropGradient(epsilon, workspaceMgr);
        INDArray dGain = gradients.get(FWSSpec.GAIN);
        if (used != null && standardized) {
            WeightUnits units = layerConf().units();
            INDArray dw = gradients.get(ParamSpec.WEIGHT);
            INDArray rows = units.rows(dw);
            INDArray stored = units.rows(params.get(ParamSpec.WEIGHT));
            backprop(stored, params.get(FWSSpec.GAIN), rows, rows, dGain);
            units.assign(rows, dw);
        }
        if (used == null || !standardized || !spec().gainLearns()) {
            dGain.assign(0);
        }
        result.getFirst().setGradientFor(FWSSpec.GAIN, dGain, 'c');
        return result;
    }

    // ---- parameters -----------------------------------------------------------------------------

    /** Sets views of the parameters, here and in the wrapped layer. */
    private void setTable(INDArray view) {
        paramsFlattened = view;
        params = layerConf().initializer().init(conf, view, false);
        Map<String, INDArray> inner = underlying.paramTable();
        inner.replaceAll((key, value) -> params.get(key));
        if (spec().differentiable()) {
            used = params.get(ParamSpec.WEIGHT).dup();
            inner.put(ParamSpec.WEIGHT, used);
        }
    }

    @Override
    public void setParamsViewArray(INDArray view) {
        underlying.setParamsViewArray(StandardizedParamInitializer.innerPart(layerConf(), view));
        setTable(view);
    }

    @Override
    public void setBackpropGradientsViewArray(INDArray view) {
        gradientsFlattened = view;
        gradients = layerConf().initializer().getGradientsFromFlattened(conf, view);
        underlying.setBackpropGradientsViewArray(
                StandardizedParamInitializer.innerPart(layerConf(), view));
    }

    @Override
    public INDArray getGradientsViewArray() {
        return gradientsFlattened;
    }

    @Override
    public INDArray params() {
        return paramsFlattened;
    }

    @Override
    public long numParams() {
        return paramsFlattened.length();
    }

    @Override
    public long numParams(boolean backwards) {
        return numParams();
    }

    @Override
    public void setParams(INDArray values) {
        if (values != paramsFlattened) {
            paramsFlattened.assign(values.reshape(paramsFlattened.shape()));
        }
    }

    @Override
    public INDArray getParam(String key) {
        return params.get(key);
    }

    @Override
    public Map<String, INDArray> paramTable() {
        return params;
    }

    @Override
    public Map<String, INDArray> paramTable(boolean backpropParamsOnly) {
        return params;
    }

    @Override
    public void setParam(String key, INDArray value) {
        LayerArrays.setParam(params, key, value, layerConf().describe());
    }

    @Override
    public void setParamTable(Map<String, INDArray> table) {
        table.forEach(this::setParam);
    }

    @Override
    public void update(Gradient gradient) {
        gradient.gradientForVariable().forEach((key, value) -> update(value, key));
    }

    @Override
    public void update(INDArray gradient, String key) {
        getParam(key).addi(gradient.reshape(getParam(key).shape()));
    }

    /** The wrapped layer's constraints, on the stored weight. */
    @Override
    public void applyConstraints(int iteration, int epoch) {
        Map<String, INDArray> inner = underlying.paramTable();
        inner.put(ParamSpec.WEIGHT, params.get(ParamSpec.WEIGHT));
        underlying.applyConstraints(iteration, epoch);
        if (used != null) {
            inner.put(ParamSpec.WEIGHT, used);
        }
    }

    @Override
    public double calcRegularizationScore(boolean backpropParamsOnly) {
        double sum = 0;
        for (Map.Entry<String, INDArray> param : params.entrySet()) {
            List<Regularization> all = layerConf().getRegularizationByParam(param.getKey());
            if (all != null) {
                for (Regularization regularization : all) {
                    sum +=
                            regularization.score(
                                    param.getValue(), getIterationCount(), getEpochCount());
                }
            }
        }
        return sum;
    }

    @Override
    public NeuralNetConfiguration conf() {
        return conf;
    }

    @Override
    public void setConf(NeuralNetConfiguration conf) {
        this.conf = conf;
    }

    @Override
    public TrainingConfig getConfig() {
        return layerConf();
    }
}
