package org.lamina.zoo.spark;

import java.util.HashMap;
import java.util.Map;
import org.apache.spark.TaskContext;
import org.apache.spark.util.AccumulatorV2;

/**
 * Losses and examples of a round, by partition. If an executor dies after a task whose result is
 * shuffled, the task is repeated and a plain accumulator adds its report twice: here the later
 * report replaces the earlier one.
 */
final class PartitionLosses
        extends AccumulatorV2<PartitionLosses.Loss, Map<Integer, PartitionLosses.Loss>> {
    private static final long serialVersionUID = 1L;

    private final Map<Integer, Loss> partitions = new HashMap<>();

    /**
     * @param sum of the losses of examples
     * @param examples number of them
     */
    record Loss(double sum, long examples) implements java.io.Serializable {
        static final Loss NONE = new Loss(0, 0);

        Loss plus(Loss other) {
            return new Loss(sum + other.sum, examples + other.examples);
        }

        double mean() {
            return sum / examples;
        }
    }

    /** The total of all partitions. */
    Loss total() {
        return partitions.values().stream().reduce(Loss.NONE, Loss::plus);
    }

    @Override
    public void add(Loss loss) {
        partitions.merge(TaskContext.getPartitionId(), loss, Loss::plus);
    }

    @Override
    public void merge(AccumulatorV2<Loss, Map<Integer, Loss>> reported) {
        partitions.putAll(reported.value());
    }

    @Override
    public Map<Integer, Loss> value() {
        return partitions;
    }

    @Override
    public boolean isZero() {
        return partitions.isEmpty();
    }

    @Override
    public PartitionLosses copy() {
        PartitionLosses copy = new PartitionLosses();
        copy.partitions.putAll(partitions);
        return copy;
    }

    @Override
    public void reset() {
        partitions.clear();
    }
}
