package org.lamina.zoo.spark;

import org.apache.spark.TaskContext;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.spark.api.TrainingHook;
import org.lamina.zoo.data.iterator.Seeds;
import org.lamina.zoo.network.Networks;
import org.nd4j.linalg.dataset.api.DataSet;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Is called by a worker. Before an update it seeds random numbers (dropout) by worker and
 * iteration, so that a task repeated after the loss of an executor computes the same result; after
 * an update it reports the loss to the driver.
 */
final class WorkerHook implements TrainingHook {
    private static final long serialVersionUID = 1L;

    private final long seed;
    private final PartitionLosses losses;

    WorkerHook(long seed, PartitionLosses losses) {
        this.seed = seed;
        this.losses = losses;
    }

    @Override
    public void preUpdate(DataSet minibatch, Model model) {
        seed(model);
    }

    @Override
    public void postUpdate(DataSet minibatch, Model model) {
        add(minibatch.numExamples(), model);
    }

    @Override
    public void preUpdate(MultiDataSet minibatch, Model model) {
        seed(model);
    }

    @Override
    public void postUpdate(MultiDataSet minibatch, Model model) {
        add((int) minibatch.getFeatures(0).size(0), model);
    }

    private void seed(Model model) {
        int iteration = Networks.iterationCount(model);
        Nd4j.getRandom().setSeed(Seeds.mix(seed, iteration, TaskContext.getPartitionId()));
    }

    private void add(int count, Model model) {
        losses.add(new PartitionLosses.Loss(model.score() * count, count));
    }
}
