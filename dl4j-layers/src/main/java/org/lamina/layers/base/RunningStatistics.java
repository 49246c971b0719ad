package org.lamina.layers.base;

import java.io.Serializable;
import java.util.HashSet;
import java.util.Set;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Updates running statistics, which are parameters that no updater changes:
 *
 * <pre>
 * running &lt;- (1 - momentum) * running + momentum * batch
 * </pre>
 *
 * <p>They are updated when the gradients of a training pass are computed, by {@code fit}, a custom
 * training loop or external errors. A forward pass in training mode alone changes nothing, as with
 * DL4J's batch normalization, and neither does a frozen layer. Unlike DL4J's batch normalization,
 * they are not passed as gradients: gradient normalization would change them, and they would change
 * its norm.
 */
final class RunningStatistics implements Serializable {

    private final Set<String> moved = new HashSet<>();

    /** Marks the start of a forward pass; each updates the statistics at most once. */
    public void newPass() {
        moved.clear();
    }

    /**
     * Updates a running statistic, unless the last forward pass has already done so.
     *
     * @param param name of the statistic
     * @param running the statistic
     * @param batch the batch's, of any shape
     */
    public void move(String param, INDArray running, INDArray batch, double momentum) {
        if (moved.add(param)) {
            running.muli(1 - momentum).addi(batch.reshape(running.shape()).mul(momentum));
        }
    }
}
