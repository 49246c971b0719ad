package org.lamina.layers.base;

import java.io.Serializable;
import java.util.HashSet;
import java.util.Set;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Moves running statistics, which are parameters that no updater changes:
 *
 * <pre>
 * running &lt;- (1 - momentum) * running + momentum * batch
 * </pre>
 *
 * <p>They move with the gradient of a training pass, whoever asks for it: {@code fit}, a loop of
 * one's own, external errors. So a forward pass in training mode alone changes nothing, as with
 * DL4J's batch normalization, and nothing changes in a frozen layer. They do not travel as
 * gradients, as those of DL4J's batch normalization do: gradient normalization would change them,
 * and they the norm.
 */
public final class RunningStatistics implements Serializable {

    private static final long serialVersionUID = 1L;

    private final Set<String> moved = new HashSet<>();

    /** Says that there has been another forward pass: each counts once. */
    public void newPass() {
        moved.clear();
    }

    /**
     * Moves a running statistic, unless the last forward pass has moved it before.
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
