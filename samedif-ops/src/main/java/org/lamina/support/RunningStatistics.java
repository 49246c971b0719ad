package org.lamina.support;

import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.Map;
import org.lamina.spec.LayerSpec;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A batch's statistics on their way into the running ones, which are parameters that no updater
 * changes:
 *
 * <pre>
 * running &lt;- (1 - momentum) * running + momentum * batch
 * </pre>
 *
 * <p>They are collected in the backward pass and applied after the update, so that a forward pass
 * in training mode alone changes nothing, and nothing changes in a frozen layer. They do not travel
 * as gradients, as those of DL4J's batch normalization do: gradient normalization would change
 * them, and they the norm.
 */
public final class RunningStatistics implements Serializable {

    private static final long serialVersionUID = 1L;

    private final Map<String, INDArray> pending = new LinkedHashMap<>();

    /** Keeps a copy of a batch's statistic until the update. */
    public void collect(String param, INDArray value) {
        try (MemoryWorkspace none = Nd4j.getWorkspaceManager().scopeOutOfWorkspaces()) {
            pending.put(param, value.dup());
        }
    }

    /**
     * Moves what was collected into the running statistics.
     *
     * @param params the layer's parameters by name
     */
    public void apply(LayerSpec spec, Map<String, INDArray> params) {
        pending.forEach(
                (param, batch) -> {
                    double momentum = spec.momentum();
                    INDArray running = params.get(param);
                    running.muli(1 - momentum).addi(batch.reshape(running.shape()).muli(momentum));
                });
        pending.clear();
    }
}
