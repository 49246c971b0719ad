package org.lamina.zoo.training;

import com.fasterxml.jackson.annotation.JsonIgnore;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The state of a training between two batches: together with the network's parameters and the state
 * of its updater, everything needed to continue exactly as if there had been no interruption.
 *
 * @param history the epochs done
 * @param batches batches done of the epoch after those
 * @param lossSum sum of the losses of the examples in those batches
 * @param examples number of those examples
 * @param seconds that those batches took
 * @param best parameters of the best epoch, null if none are kept
 * @param average moving average of the parameters, null if none is kept
 */
public record TrainingState(
        TrainingHistory history,
        int batches,
        double lossSum,
        long examples,
        double seconds,
        @JsonIgnore INDArray best,
        @JsonIgnore INDArray average) {

    /** The state before the first batch. */
    public static TrainingState start() {
        return new TrainingState(new TrainingHistory(), 0, 0, 0, 0, null, null);
    }

    /**
     * @param parameters of the best epoch
     * @return this state with those
     */
    public TrainingState withBest(INDArray parameters) {
        return new TrainingState(history, batches, lossSum, examples, seconds, parameters, average);
    }

    /**
     * @param parameters their moving average
     * @return this state with those
     */
    public TrainingState withAverage(INDArray parameters) {
        return new TrainingState(history, batches, lossSum, examples, seconds, best, parameters);
    }

    TrainingState afterBatch(double loss, long count, double time) {
        return afterBatches(1, loss, count, time);
    }

    /**
     * @param number of batches done
     * @param loss mean loss of their examples
     * @param count number of those examples
     * @param time seconds that they took
     * @return the state after them
     */
    public TrainingState afterBatches(int number, double loss, long count, double time) {
        return new TrainingState(
                history,
                batches + number,
                lossSum + loss * count,
                examples + count,
                seconds + time,
                best,
                average);
    }

    /**
     * @param epoch result of the epoch that ended
     * @param plan decides whether it is the best one and its parameters are kept
     * @param parameters of the network after it; copied if kept
     * @return the state before the next epoch
     */
    public TrainingState afterEpoch(
            TrainingHistory.Epoch epoch, TrainingPlan plan, INDArray parameters) {
        TrainingHistory longer = history.with(epoch);
        boolean keep = plan.endsBest(longer) && plan.earlyStopping();
        return new TrainingState(longer, 0, 0, 0, 0, keep ? parameters.dup() : best, average);
    }

    /** Mean loss of the unfinished epoch's batches, NaN before its first. */
    public double meanLoss() {
        return examples == 0 ? Double.NaN : lossSum / examples;
    }
}
