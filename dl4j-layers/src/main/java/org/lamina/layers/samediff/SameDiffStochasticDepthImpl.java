package org.lamina.layers.samediff;

import java.util.Arrays;
import java.util.Map;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.lamina.spec.StochasticDepthSpec;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Runs a {@link SameDiffStochasticDepth}: provides the graph with the factors of a pass. */
public class SameDiffStochasticDepthImpl extends SpecSameDiffLayerImpl {

    /** Name of the graph's input with the factor of each example, {@code [N, 1, ...]}. */
    public static final String FACTORS = "factors";

    private static final long serialVersionUID = 1L;

    /** Determines the factors of the last training pass, which the backward pass uses again. */
    private long passSeed;

    /** Creates a layer without parameters. */
    public SameDiffStochasticDepthImpl(NeuralNetConfiguration conf, DataType dataType) {
        super(conf, dataType);
    }

    private StochasticDepthSpec stochasticDepth() {
        return (StochasticDepthSpec) layerConf().getSpec();
    }

    @Override
    public INDArray activate(boolean training, LayerWorkspaceMgr workspaceMgr) {
        if (training) {
            passSeed = stochasticDepth().passSeed(iterationCount, Nd4j.getRandom()::nextLong);
        }
        return super.activate(training, workspaceMgr);
    }

    @Override
    protected Map<String, INDArray> graphInputs(boolean training) {
        if (!training) {
            return Map.of();
        }
        long[] shape = new long[input.rank()];
        Arrays.fill(shape, 1);
        shape[0] = input.size(0);
        double[] factors = stochasticDepth().factors(passSeed, input.size(0));
        return Map.of(FACTORS, Nd4j.create(factors, shape, dataType));
    }
}
