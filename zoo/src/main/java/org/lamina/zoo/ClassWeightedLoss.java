package org.lamina.zoo;

import java.util.Arrays;
import java.util.Objects;
import java.util.stream.IntStream;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.ILossFunction;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * A cross entropy with a weight for each class. With labels {@code y} and weights {@code w} of the
 * classes,
 *
 * <pre>
 * loss = -sum over k of w[k] y[k] log(p[k])
 * </pre>
 *
 * as PyTorch's {@code CrossEntropyLoss(weight)} before its reduction; for a single output, of the
 * second of two classes, {@code -w[1] y log(p) - w[0] (1 - y) log(1 - p)}. DL4J then averages over
 * the examples of a batch, as Keras does with {@code class_weight}: an example of weight 2 counts
 * as two examples, but as one in the divisor.
 *
 * <p>For labels {@code [N, outputs]}, one-hot, smoothed or mixed, and the losses {@code LossMCXENT}
 * (with softmax), {@code LossBinaryXENT} (a single output with sigmoid) and {@link
 * CrossEntropyWithLogits}.
 */
public final class ClassWeightedLoss implements ILossFunction {
    private final ILossFunction loss;
    private final double[] weights;

    /** Labels whose rows sum to 1 again, and the factors of the rows' losses. */
    private record Weighted(INDArray labels, INDArray factors) {}

    /**
     * @param loss cross entropy of an example
     * @param weights of the classes, above 0; two for a single output
     */
    public ClassWeightedLoss(
            @JsonProperty("loss") ILossFunction loss, @JsonProperty("weights") double... weights) {
        this.loss = Objects.requireNonNull(loss, "loss");
        this.weights = weights.clone();
        for (double weight : weights) {
            if (!(weight > 0) || Double.isInfinite(weight)) {
                throw new IllegalArgumentException(
                        "ClassWeightedLoss: weight " + weight + " of a class; must be above 0");
            }
        }
    }

    /**
     * Weights with which all classes have the same total weight and examples the mean weight 1:
     * {@code examples / (classes * count)}, as scikit-learn's "balanced".
     *
     * @param counts examples of each class
     * @throws IllegalArgumentException if a class has none
     */
    public static double[] balanced(int... counts) {
        double examples = IntStream.of(counts).sum();
        return IntStream.range(0, counts.length)
                .mapToDouble(
                        k -> {
                            if (counts[k] < 1) {
                                throw new IllegalArgumentException(
                                        "Balanced class weights: class " + k + " has no example");
                            }
                            return examples / (counts.length * (double) counts[k]);
                        })
                .toArray();
    }

    /** The loss that is weighted. */
    @JsonProperty("loss")
    public ILossFunction loss() {
        return loss;
    }

    /** The weights of the classes. */
    @JsonProperty("weights")
    public double[] weights() {
        return weights.clone();
    }

    /**
     * A cross entropy is linear in the labels {@code w y}; its gradient {@code p - y} holds for
     * labels that sum to 1, so their sum is factored out.
     */
    private Weighted weighted(INDArray given, INDArray output) {
        INDArray labels = given.castTo(output.dataType());
        if (labels.size(1) == 1 && weights.length == 2) {
            INDArray positive = labels.mul(weights[1]);
            INDArray factors = labels.rsub(1).muli(weights[0]).addi(positive);
            return new Weighted(positive.divi(factors), factors);
        }
        if (labels.size(1) != weights.length) {
            throw new IllegalStateException(
                    String.format(
                            "ClassWeightedLoss: %d weights, but labels have %d columns",
                            weights.length, labels.size(1)));
        }
        INDArray scaled =
                labels.mulRowVector(
                        Nd4j.createFromArray(weights).castTo(labels.dataType()).reshape(1, -1));
        INDArray factors = scaled.sum(true, 1);
        return new Weighted(scaled.diviColumnVector(factors), factors);
    }

    @Override
    public double computeScore(
            INDArray labels, INDArray output, IActivation activation, INDArray mask, boolean mean) {
        INDArray scores = computeScoreArray(labels, output, activation, mask);
        double sum = scores.sumNumber().doubleValue();
        return mean ? sum / scores.size(0) : sum;
    }

    @Override
    public INDArray computeScoreArray(
            INDArray labels, INDArray output, IActivation activation, INDArray mask) {
        Weighted weighted = weighted(labels, output);
        INDArray scores = loss.computeScoreArray(weighted.labels(), output, activation, mask);
        return scores.muli(weighted.factors().reshape(scores.shape()));
    }

    @Override
    public INDArray computeGradient(
            INDArray labels, INDArray output, IActivation activation, INDArray mask) {
        Weighted weighted = weighted(labels, output);
        return loss.computeGradient(weighted.labels(), output, activation, mask)
                .muliColumnVector(weighted.factors());
    }

    @Override
    public Pair<Double, INDArray> computeGradientAndScore(
            INDArray labels, INDArray output, IActivation activation, INDArray mask, boolean mean) {
        return new Pair<>(
                computeScore(labels, output, activation, mask, mean),
                computeGradient(labels, output, activation, mask));
    }

    @Override
    public String name() {
        return toString();
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof ClassWeightedLoss other
                && loss.equals(other.loss)
                && Arrays.equals(weights, other.weights);
    }

    @Override
    public int hashCode() {
        return 31 * loss.hashCode() + Arrays.hashCode(weights);
    }

    @Override
    public String toString() {
        return "ClassWeightedLoss(" + loss + ", " + Arrays.toString(weights) + ")";
    }
}
