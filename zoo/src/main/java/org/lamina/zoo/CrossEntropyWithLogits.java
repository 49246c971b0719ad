package org.lamina.zoo;

import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.activations.impl.ActivationSigmoid;
import org.nd4j.linalg.activations.impl.ActivationSoftmax;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.lossfunctions.ILossFunction;
import org.nd4j.linalg.lossfunctions.impl.LossBinaryXENT;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;

/**
 * Cross entropy for an output layer of logits: with softmax, or with sigmoid for a single logit.
 * Labels {@code [N, outputs]}; the results equal those of ND4J's cross entropies with these
 * activation functions, and of PyTorch's {@code CrossEntropyLoss} and {@code BCEWithLogitsLoss}.
 *
 * <p>The output layer's activation function must be the identity.
 */
public final class CrossEntropyWithLogits implements ILossFunction {
    private static ILossFunction loss(INDArray logits) {
        return logits.size(1) == 1 ? new LossBinaryXENT() : new LossMCXENT();
    }

    private static IActivation activation(INDArray logits, IActivation given) {
        if (!(given instanceof ActivationIdentity)) {
            throw new IllegalArgumentException(
                    "CrossEntropyWithLogits: the output layer's activation function is "
                            + given
                            + "; must be the identity");
        }
        return logits.size(1) == 1 ? new ActivationSigmoid() : new ActivationSoftmax();
    }

    @Override
    public double computeScore(
            INDArray labels, INDArray logits, IActivation given, INDArray mask, boolean average) {
        return loss(logits).computeScore(labels, logits, activation(logits, given), mask, average);
    }

    @Override
    public INDArray computeScoreArray(
            INDArray labels, INDArray logits, IActivation given, INDArray mask) {
        return loss(logits).computeScoreArray(labels, logits, activation(logits, given), mask);
    }

    @Override
    public INDArray computeGradient(
            INDArray labels, INDArray logits, IActivation given, INDArray mask) {
        return loss(logits).computeGradient(labels, logits, activation(logits, given), mask);
    }

    @Override
    public Pair<Double, INDArray> computeGradientAndScore(
            INDArray labels, INDArray logits, IActivation given, INDArray mask, boolean average) {
        return loss(logits)
                .computeGradientAndScore(labels, logits, activation(logits, given), mask, average);
    }

    @Override
    public String name() {
        return toString();
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof CrossEntropyWithLogits;
    }

    @Override
    public int hashCode() {
        return CrossEntropyWithLogits.class.hashCode();
    }

    @Override
    public String toString() {
        return "CrossEntropyWithLogits()";
    }
}
