package org.lamina.optimize;

import java.util.Map;
import java.util.Objects;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.GradientUpdater;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * AdaMax as in PyTorch. At step t, counted from 1, with gradient g:
 *
 * <pre>
 * m &lt;- beta1 * m + (1 - beta1) * g
 * u &lt;- max(beta2 * u, |g| + eps)
 * p &lt;- p - learningRate / (1 - beta1^t) * m / u
 * </pre>
 *
 * <p>Defaults: learning rate 0.002, betas 0.9 and 0.999, eps 1e-8.
 *
 * <p>PyTorch's {@code weight_decay} adds {@code weight_decay * p} to g before all this. In DL4J
 * that is L2 regularization of weights and biases (not of gains and shifts, which PyTorch decays
 * too):
 *
 * <pre>{@code
 * new NeuralNetConfiguration.Builder().updater(new TorchAdaMax()).l2(0.01).l2Bias(0.01)
 * }</pre>
 *
 * <p>DL4J's own {@code weightDecay(...)} is applied after the updater.
 *
 * <p>Source: Kingma and Ba, https://arxiv.org/abs/1412.6980; {@code torch.optim.Adamax},
 * https://pytorch.org/docs/stable/generated/torch.optim.Adamax.html.
 *
 * <p>Differs from ND4J's AdaMax in: eps, which ND4J ignores and which matters for small gradients.
 * With eps 0, a parameter whose gradients have all been 0 stays as it is, where PyTorch makes it
 * NaN.
 */
public final class TorchAdaMax implements IUpdater {

    private double learningRate;
    private ISchedule learningRateSchedule;
    private final double beta1;
    private final double beta2;
    private final double eps;

    /** Learning rate 0.002, betas 0.9 and 0.999, eps 1e-8. */
    public TorchAdaMax() {
        this(0.002);
    }

    /**
     * Betas 0.9 and 0.999, eps 1e-8.
     *
     * @param learningRate 0 or greater
     */
    public TorchAdaMax(double learningRate) {
        this(learningRate, 0.9, 0.999, 1e-8);
    }

    /**
     * The updater.
     *
     * @param learningRate 0 or greater
     * @param beta1 decay of the mean gradient, in [0, 1)
     * @param beta2 decay of the largest gradient, in [0, 1)
     * @param eps added to the gradient's absolute value, 0 or greater
     * @throws IllegalArgumentException naming the field, its value and what is allowed
     */
    public TorchAdaMax(double learningRate, double beta1, double beta2, double eps) {
        this(learningRate, null, beta1, beta2, eps);
    }

    /**
     * The updater with a learning rate that changes.
     *
     * @throws IllegalArgumentException naming the field, its value and what is allowed
     */
    public TorchAdaMax(ISchedule learningRateSchedule, double beta1, double beta2, double eps) {
        this(Double.NaN, Objects.requireNonNull(learningRateSchedule), beta1, beta2, eps);
    }

    @JsonCreator
    private TorchAdaMax(
            @JsonProperty("learningRate") double learningRate,
            @JsonProperty("learningRateSchedule") ISchedule learningRateSchedule,
            @JsonProperty("beta1") double beta1,
            @JsonProperty("beta2") double beta2,
            @JsonProperty("eps") double eps) {
        if (learningRateSchedule == null && !(learningRate >= 0)) {
            throw new IllegalArgumentException(
                    "TorchAdaMax: learningRate = " + learningRate + "; must be 0 or greater");
        }
        checkBeta("beta1", beta1);
        checkBeta("beta2", beta2);
        if (!(eps >= 0)) {
            throw new IllegalArgumentException(
                    "TorchAdaMax: eps = " + eps + "; must be 0 or greater");
        }
        this.learningRate = learningRate;
        this.learningRateSchedule = learningRateSchedule;
        this.beta1 = beta1;
        this.beta2 = beta2;
        this.eps = eps;
    }

    private static void checkBeta(String field, double value) {
        if (!(value >= 0 && value < 1)) {
            throw new IllegalArgumentException(
                    "TorchAdaMax: " + field + " = " + value + "; must be in [0, 1)");
        }
    }

    /** Decay of the mean gradient. */
    public double beta1() {
        return beta1;
    }

    /** Decay of the largest gradient. */
    public double beta2() {
        return beta2;
    }

    /** Added to the gradient's absolute value. */
    public double eps() {
        return eps;
    }

    @Override
    public double getLearningRate(int iteration, int epoch) {
        return learningRateSchedule == null
                ? learningRate
                : learningRateSchedule.valueAt(iteration, epoch);
    }

    @Override
    public boolean hasLearningRate() {
        return true;
    }

    @Override
    public void setLrAndSchedule(double lr, ISchedule lrSchedule) {
        this.learningRate = lr;
        this.learningRateSchedule = lrSchedule;
    }

    @Override
    public long stateSize(long numParams) {
        return 2 * numParams;
    }

    @Override
    public GradientUpdater<TorchAdaMax> instantiate(INDArray view, boolean initialize) {
        TorchAdaMaxUpdater updater = new TorchAdaMaxUpdater(this);
        updater.setStateViewArray(
                view, new long[] {view.length() / 2}, view.ordering(), initialize);
        return updater;
    }

    @Override
    public GradientUpdater<TorchAdaMax> instantiate(
            Map<String, INDArray> state, boolean initialize) {
        TorchAdaMaxUpdater updater = new TorchAdaMaxUpdater(this);
        updater.setState(state, initialize);
        return updater;
    }

    @Override
    public TorchAdaMax clone() {
        ISchedule schedule = learningRateSchedule == null ? null : learningRateSchedule.clone();
        return new TorchAdaMax(learningRate, schedule, beta1, beta2, eps);
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof TorchAdaMax other
                && Double.compare(learningRate, other.learningRate) == 0
                && Objects.equals(learningRateSchedule, other.learningRateSchedule)
                && beta1 == other.beta1
                && beta2 == other.beta2
                && eps == other.eps;
    }

    @Override
    public int hashCode() {
        return Objects.hash(learningRate, learningRateSchedule, beta1, beta2, eps);
    }

    @Override
    public String toString() {
        return "TorchAdaMax(learning rate "
                + (learningRateSchedule == null ? learningRate : learningRateSchedule)
                + ", betas "
                + beta1
                + " and "
                + beta2
                + ", eps "
                + eps
                + ")";
    }
}
