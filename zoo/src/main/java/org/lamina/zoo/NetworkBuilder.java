package org.lamina.zoo;

import org.deeplearning4j.exception.DL4JInvalidConfigException;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.lossfunctions.ILossFunction;

/**
 * Options that all networks share, and their checks.
 *
 * @param <B> the builder's own type
 */
public abstract class NetworkBuilder<B extends NetworkBuilder<B>> implements Cloneable {

    /** Name in errors. */
    final String network;

    boolean inputGradient;
    ILossFunction lossFunction;
    IUpdater updater = new Adam(1e-3);
    long seed = 12345;

    NetworkBuilder(String network) {
        this.network = network;
    }

    @SuppressWarnings("unchecked")
    final B self() {
        return (B) this;
    }

    /**
     * Whether the gradient with respect to the network's input is computed. Training does not need
     * it, and it is a large part of the cost of a training step. Default false.
     */
    public B inputGradient(boolean value) {
        this.inputGradient = value;
        return self();
    }

    /** Loss function. Default: the one that suits the network's output. */
    public B lossFunction(ILossFunction value) {
        this.lossFunction = value;
        return self();
    }

    /** Updater. Default Adam with learning rate 1e-3. */
    public B updater(IUpdater value) {
        this.updater = value;
        return self();
    }

    /** Seed of initial weights and dropout. Default 12345. */
    public B seed(long value) {
        this.seed = value;
        return self();
    }

    /** The input's shape without its minibatch. */
    abstract int[] inputShape();

    /** The names of its dimensions. */
    abstract String inputDimensions();

    /** Sets the input's shape; returns false if the network cannot have it. */
    abstract boolean takesInputShape(int[] shape);

    /** Checks the options. */
    abstract void check();

    /** A copy, after checking the options. */
    final B checked() {
        present("updater", updater);
        check();
        return copy();
    }

    @SuppressWarnings("unchecked")
    final B copy() {
        try {
            return (B) clone();
        } catch (CloneNotSupportedException e) {
            throw new AssertionError(e);
        }
    }

    final void present(String field, Object value) {
        require(value != null, field, value, "must be given");
    }

    final void positive(String field, int value) {
        require(value > 0, field, value, "must be 1 or greater");
    }

    final void positiveOrNull(String field, Double value) {
        require(value == null || value > 0, field, value, "must be above 0, or null for none");
    }

    final void share(String field, double value) {
        require(value >= 0 && value < 1, field, value, "must be in [0, 1)");
    }

    final void require(boolean holds, String field, Object value, String allowed) {
        require(network, holds, field, value, allowed);
    }

    static void require(String network, boolean holds, String field, Object value, String allowed) {
        if (!holds) {
            throw new DL4JInvalidConfigException(
                    network + ": " + field + " = " + value + "; " + allowed);
        }
    }
}
