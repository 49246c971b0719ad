package org.lamina.harness;

import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.lossfunctions.ILossFunction;

/**
 * The loss {@code L = sum(output * labels)}: its gradient with respect to the output is the labels,
 * so that a test can send any gradient through DL4J's own training path. For identity activation.
 */
public final class LinearLoss implements ILossFunction {

    private static final long serialVersionUID = 1L;

    @Override
    public double computeScore(
            INDArray labels,
            INDArray preOutput,
            IActivation activation,
            INDArray mask,
            boolean average) {
        double sum = labels.mul(preOutput).sumNumber().doubleValue();
        return average ? sum / preOutput.size(0) : sum;
    }

    @Override
    public INDArray computeScoreArray(
            INDArray labels, INDArray preOutput, IActivation activation, INDArray mask) {
        return labels.mul(preOutput).sum(true, 1);
    }

    @Override
    public INDArray computeGradient(
            INDArray labels, INDArray preOutput, IActivation activation, INDArray mask) {
        return labels.dup();
    }

    @Override
    public Pair<Double, INDArray> computeGradientAndScore(
            INDArray labels,
            INDArray preOutput,
            IActivation activation,
            INDArray mask,
            boolean average) {
        return Pair.of(
                computeScore(labels, preOutput, activation, mask, average),
                computeGradient(labels, preOutput, activation, mask));
    }

    @Override
    public String name() {
        return "LinearLoss";
    }
}
