package org.lamina.zoo.training;

import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.lamina.zoo.data.image.ImageIterator;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Trains a classifier of images and keeps a moving average of its parameters. What it learns with
 * (updater, schedule, clipping) is the network's own configuration.
 *
 * <p>Two runs with the same network, images and seed give the same parameters on one machine.
 */
public final class ImageTrainer {

    private final ComputationGraph network;
    private final ImageIterator images;
    private final AveragedParameters average;
    private int epochs;

    /**
     * @param network initialized
     * @param images to learn from
     * @param averageDecay share that the average of the parameters keeps in an update, in [0, 1); 0
     *     for the parameters themselves
     * @param seed of the random numbers of training (dropout, stochastic depth)
     */
    public ImageTrainer(
            ComputationGraph network, ImageIterator images, double averageDecay, long seed) {
        this.network = network;
        this.images = images;
        this.average = new AveragedParameters(network, averageDecay);
        Nd4j.getRandom().setSeed(seed);
    }

    /**
     * Trains one pass over the images.
     *
     * @return mean loss of its batches
     * @throws IllegalStateException if the loss is no longer a number
     */
    public double epoch() {
        epochs++;
        images.reset();
        double sum = 0;
        int examples = 0;
        while (images.hasNext()) {
            DataSet batch = images.next();
            network.fit(batch);
            average.update();
            if (!Double.isFinite(network.score())) {
                throw new IllegalStateException(
                        String.format(
                                "Training diverged: the loss is %s in epoch %d; try a smaller"
                                        + " learning rate",
                                network.score(), epochs));
            }
            sum += network.score() * batch.numExamples();
            examples += batch.numExamples();
        }
        network.incrementEpochCount();
        return sum / examples;
    }

    /** Gives the network the average of its parameters; training ends with it. */
    public void finish() {
        network.setParams(average.values());
    }

    /**
     * Runs a network over all images.
     *
     * @param iterator is put to the start of a pass and run to its end
     * @return how well it does
     */
    public static Metrics evaluate(ComputationGraph network, ImageIterator iterator) {
        iterator.reset();
        List<double[]> probabilities = new ArrayList<>();
        List<Integer> truth = new ArrayList<>();
        while (iterator.hasNext()) {
            DataSet batch = iterator.next();
            probabilities.addAll(
                    List.of(Metrics.probabilities(network.outputSingle(batch.getFeatures()))));
            for (int label : batch.getLabels().argMax(1).toIntVector()) {
                truth.add(label);
            }
        }
        return Metrics.of(
                probabilities.toArray(double[][]::new),
                truth.stream().mapToInt(i -> i).toArray(),
                iterator.getLabels());
    }
}
