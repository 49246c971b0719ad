package org.lamina.zoo.training;

import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.deeplearning4j.nn.api.Model;
import org.lamina.arrays.Views;
import org.lamina.zoo.data.augment.Augmentation;
import org.lamina.zoo.data.augment.Augmenter;
import org.lamina.zoo.data.epochs.EpochIterator;
import org.lamina.zoo.data.epochs.EpochSet;
import org.lamina.zoo.data.iterator.PassIterator;
import org.lamina.zoo.data.iterator.Seeds;
import org.lamina.zoo.evaluation.Metrics;
import org.lamina.zoo.evaluation.NonFiniteOutputException;
import org.lamina.zoo.network.Networks;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.preprocessor.DataNormalization;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Trains a network according to a plan. On one machine, two runs with the same plan, data and
 * initial parameters give bit-equal parameters, and so does a run that was stopped and resumed from
 * its {@link #state()}: the order of the examples depends on seed and epoch only, random numbers
 * (dropout) on seed, epoch and batch.
 */
public final class Trainer {
    private static final int EVALUATION_BATCH = 64;

    private final Model network;
    private final TrainingPlan plan;
    private final PassIterator batches;
    private final PassIterator training;
    private final PassIterator validation;
    private AveragedParameters average;
    private TrainingState state;
    private volatile boolean stopRequested;

    /**
     * @param network initialized; to resume, with the state of its updater
     * @param plan how long and in what order
     * @param train what to learn from
     * @param validation what to choose the best epoch with; null if none, then the plan must not
     *     ask for early stopping
     * @param normalizer fitted, applied to every batch; null if none
     * @param state {@link TrainingState#start()}, or where an earlier run stopped
     */
    public Trainer(
            Model network,
            TrainingPlan plan,
            EpochSet train,
            EpochSet validation,
            DataNormalization normalizer,
            TrainingState state) {
        this(
                network,
                plan,
                withNormalizer(
                        EpochIterator.shuffled(train, plan.batch(), plan.seed()), normalizer),
                withNormalizer(EpochIterator.inOrder(train, EVALUATION_BATCH), normalizer),
                validation == null
                        ? null
                        : withNormalizer(
                                EpochIterator.inOrder(validation, EVALUATION_BATCH), normalizer),
                state);
    }

    /**
     * @param network initialized; to resume, with the state of its updater
     * @param plan how long
     * @param batches what to learn from
     * @param training what to measure the training's accuracy with, after every epoch
     * @param validation what to choose the best epoch with; null if none, then the plan must not
     *     ask for early stopping
     * @param state {@link TrainingState#start()}, or where an earlier run stopped
     */
    public Trainer(
            Model network,
            TrainingPlan plan,
            PassIterator batches,
            PassIterator training,
            PassIterator validation,
            TrainingState state) {
        if (plan.earlyStopping() && validation == null) {
            throw new IllegalArgumentException(
                    "Training plan: patience = "
                            + plan.patience()
                            + " asks for early stopping, which needs a validation set");
        }
        if (state.batches() > batches.batches()) {
            throw new IllegalArgumentException(
                    String.format(
                            "Training stands at batch %d of an epoch, which has %d",
                            state.batches(), batches.batches()));
        }
        this.network = Objects.requireNonNull(network, "network");
        this.plan = plan;
        this.batches = batches;
        this.training = training;
        this.validation = validation;
        this.state = state;
    }

    private static PassIterator withNormalizer(
            PassIterator iterator, DataNormalization normalizer) {
        iterator.setPreProcessor(normalizer);
        return iterator;
    }

    /**
     * Keeps a moving average of the parameters, which is measured after each epoch and which the
     * network has in the end.
     *
     * @param decay share that the average keeps in an update, in [0, 1); less in the first updates
     */
    public Trainer averaging(double decay) {
        int updates = state.history().size() * batchesPerEpoch() + state.batches();
        INDArray begun = state.average() == null ? network.params() : state.average();
        average = new AveragedParameters(network, decay, begun.dup(), updates);
        return this;
    }

    /**
     * Augments training batches after their preprocessing, with the seed of the plan.
     *
     * @param augmentations applied one after the other; none: no change
     */
    public Trainer augmenting(List<? extends Augmentation> augmentations) {
        if (!augmentations.isEmpty()) {
            batches.setPreProcessor(
                    new Augmenter(batches.getPreProcessor(), augmentations, plan.seed()));
        }
        return this;
    }

    /**
     * Trains until the plan is fulfilled or a stop is requested. If it is fulfilled and the plan
     * keeps the best epoch, the network has that epoch's parameters.
     *
     * @param listener called after every batch and epoch
     * @return true if the plan is fulfilled, false if {@link #requestStop} ended it before
     * @throws DivergenceException if the loss or the outputs are no longer finite
     */
    public boolean run(TrainerListener listener) {
        while (!plan.fulfilledBy(state.history())) {
            if (!runEpoch(listener)) {
                return false;
            }
        }
        if (plan.earlyStopping() && state.best() != null) {
            network.setParams(state.best());
        } else if (average != null) {
            network.setParams(average.values());
        }
        return true;
    }

    /** Ends {@link #run} after the current batch. May be called by any thread. */
    public void requestStop() {
        stopRequested = true;
    }

    /**
     * @return where training stands; call it while {@link #run} is not running, or from its
     *     listener
     */
    public TrainingState state() {
        return average == null ? state : state.withAverage(average.values());
    }

    /** The network that is trained. */
    public Model network() {
        return network;
    }

    /** Number of updates in an epoch. */
    public int batchesPerEpoch() {
        return batches.batches();
    }

    private boolean runEpoch(TrainerListener listener) {
        int epoch = state.history().size();
        batches.setEpoch(epoch);
        for (int done = 0; done < state.batches(); done++) {
            batches.next();
        }
        while (batches.hasNext()) {
            if (stopRequested) {
                return false;
            }
            long begin = System.nanoTime();
            DataSet batch = batches.next();
            Nd4j.getRandom().setSeed(Seeds.mix(plan.seed(), epoch, state.batches()));
            Networks.fit(network, batch.getFeatures(), labels(batch));
            if (average != null) {
                average.update();
            }
            double loss = network.score();
            if (!Double.isFinite(loss)) {
                throw diverged("the loss is " + loss, state.batches() + 1);
            }
            state = state.afterBatch(loss, batch.numExamples(), secondsSince(begin));
            listener.onBatch(epoch + 1, state.batches(), batchesPerEpoch(), state.meanLoss());
        }
        if (stopRequested) {
            return false;
        }
        finishEpoch(listener);
        return true;
    }

    /** One-hot; for a network with one output, the column of the second class. */
    private INDArray labels(DataSet batch) {
        INDArray oneHot = batch.getLabels();
        return Networks.outputs(network) == 1 && oneHot.size(1) == 2
                ? Views.slice(oneHot, 1, 1, 2)
                : oneHot;
    }

    private void finishEpoch(TrainerListener listener) {
        long begin = System.nanoTime();
        Networks.incrementEpochCount(network);
        INDArray own = average == null ? null : network.params().dup();
        if (own != null) {
            network.setParams(average.values());
        }
        Metrics onTraining = measure(training);
        Metrics onValidation = validation == null ? null : measure(validation);
        int number = state.history().size() + 1;
        TrainingHistory.Epoch epoch =
                TrainingHistory.Epoch.of(
                        number,
                        state.meanLoss(),
                        onTraining,
                        onValidation,
                        state.seconds() + secondsSince(begin));
        state = state.afterEpoch(epoch, plan, network.params());
        if (own != null) {
            network.setParams(own);
        }
        listener.onEpoch(epoch, plan.endsBest(state.history()));
    }

    /** Losses are computed before updates: the effect of an epoch's last update shows only here. */
    private Metrics measure(PassIterator set) {
        try {
            return Metrics.of(network, set);
        } catch (NonFiniteOutputException e) {
            throw diverged("the network's outputs are not finite", state.batches());
        }
    }

    private DivergenceException diverged(String what, int batch) {
        int epoch = state.history().size();
        double rate = Networks.learningRate(network);
        return new DivergenceException(
                String.format(
                        Locale.ROOT,
                        "Training diverged: %s in epoch %d, batch %d (update %d%s); try a smaller"
                                + " learning rate",
                        what,
                        epoch + 1,
                        batch,
                        (long) epoch * batchesPerEpoch() + batch,
                        Double.isNaN(rate) ? "" : ", learning rate " + rate));
    }

    private static double secondsSince(long nanos) {
        return (System.nanoTime() - nanos) / 1e9;
    }
}
