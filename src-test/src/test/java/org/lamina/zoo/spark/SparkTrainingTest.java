package org.lamina.zoo.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.spark.api.java.JavaSparkContext;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.spark.api.TrainingMaster;
import org.deeplearning4j.spark.impl.paramavg.ParameterAveragingTrainingMaster;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lamina.activations.Swish;
import org.lamina.constraints.Constraints;
import org.lamina.constraints.UnitNorm;
import org.lamina.layers.BatchNorm;
import org.lamina.layers.ConstrainedConv2D;
import org.lamina.layers.Conv3D;
import org.lamina.layers.DepthwiseConv2D;
import org.lamina.optimize.AdaptiveGradientClipping;
import org.lamina.spec.NormAxes;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.schedule.ScheduleType;
import org.nd4j.linalg.schedule.StepSchedule;

/** Training on Spark against the same steps made here, one after the other. */
class SparkTrainingTest {
    private static final JavaSparkContext SPARK = LocalSpark.context();
    private static final int BATCH = 4;

    @TempDir Path folder;

    /** Minimum, maximum and unit norms, running statistics, a momentum of its own. */
    private static NeuralNetConfiguration.ListBuilder layers(IUpdater updater) {
        return new NeuralNetConfiguration.Builder()
                .seed(7)
                .updater(updater)
                .activation(Activation.IDENTITY)
                .list()
                .layer(
                        new ConstrainedConv2D.Builder(1, 3)
                                .nOut(3)
                                .hasBias(false)
                                .maxNorm(0.9)
                                .minNorm(0.8)
                                .minMaxRate(1.0)
                                .build())
                .layer(new BatchNorm.Builder().activation(new Swish()).build())
                .layer(
                        new DepthwiseConv2D.Builder(4, 1)
                                .depthMultiplier(2)
                                .padding("valid")
                                .maxNorm(null)
                                .constrainWeights(new UnitNorm(NormAxes.of(1, 2, 3)))
                                .build())
                .layer(new GlobalPoolingLayer())
                .layer(new OutputLayer.Builder().nOut(2).activation(Activation.SOFTMAX).build())
                .setInputType(InputType.convolutional(4, 8, 1));
    }

    private static MultiLayerNetwork network(IUpdater updater) {
        MultiLayerNetwork network = new MultiLayerNetwork(layers(updater).build());
        network.init();
        return network;
    }

    private static List<DataSet> examples(int count) {
        List<DataSet> examples = new ArrayList<>();
        Random random = new Random(3);
        for (int i = 0; i < count; i++) {
            float[] x = new float[32];
            for (int k = 0; k < x.length; k++) {
                x[k] = (float) random.nextGaussian() + (i % 2 == 0 ? 0.5f : -0.5f);
            }
            INDArray label = Nd4j.zeros(1, 2);
            label.putScalar(0, i % 2, 1);
            examples.add(new DataSet(Nd4j.create(x, new long[] {1, 1, 4, 8}, 'c'), label));
        }
        return examples;
    }

    private PreparedBatches prepared(int count) throws IOException {
        return PreparedBatches.write(
                SPARK.parallelize(examples(count), 3), folder.resolve("b").toString(), BATCH, 5);
    }

    private static SparkTraining training(int workers, int frequency) {
        return SparkTraining.builder(SPARK)
                .workers(workers)
                .averagingFrequency(frequency)
                .seed(11)
                .build();
    }

    private static List<DataSet> inOrder(PreparedBatches data, int epoch) throws IOException {
        List<DataSet> sets = new ArrayList<>();
        for (String file : data.shuffledFiles(11, epoch)) {
            sets.add(PreparedBatches.load(HadoopFiles.of(SPARK), file));
        }
        return sets;
    }

    private static void assertClose(INDArray expected, INDArray actual, double tolerance) {
        double difference = expected.sub(actual).amaxNumber().doubleValue();
        assertTrue(difference <= tolerance, "differ by " + difference);
    }

    @Test
    void oneWorkerAveragedEveryStepTrainsAsOneMachine() throws IOException {
        PreparedBatches data = prepared(22); // the last batch has two examples
        MultiLayerNetwork spark = network(new Adam(0.01));
        MultiLayerNetwork here = spark.clone();
        training(1, 1).fit(spark, data, 2);
        for (int epoch = 0; epoch < 2; epoch++) {
            for (DataSet batch : inOrder(data, epoch)) {
                here.fit(batch);
            }
            here.incrementEpochCount();
        }
        assertClose(here.params(), spark.params(), 1e-6);
        assertClose(
                here.getUpdater().getStateViewArray(),
                spark.getUpdater().getStateViewArray(),
                1e-6);
        assertEquals(here.getIterationCount(), spark.getIterationCount());
        assertEquals(here.getEpochCount(), spark.getEpochCount());
    }

    @Test
    void roundIsTheProjectedMeanOfTheWorkers() throws IOException {
        PreparedBatches data = prepared(16); // two workers with two batches each
        MultiLayerNetwork spark = network(new Nesterovs(0.1, 0.9));
        MultiLayerNetwork[] workers = {spark.clone(), spark.clone()};
        List<DataSet> batches = inOrder(data, 0);
        training(2, 2).fit(spark, data, 1);
        for (int w = 0; w < 2; w++) {
            workers[w].fit(batches.get(2 * w));
            workers[w].fit(batches.get(2 * w + 1));
        }
        MultiLayerNetwork mean = workers[0].clone();
        mean.setParams(workers[0].params().add(workers[1].params()).muli(0.5));
        // Running mean and variance: the mean of the workers'.
        for (String statistic : List.of("1_mean", "1_var")) {
            assertClose(mean.getParam(statistic), spark.getParam(statistic), 1e-6);
        }
        // The plain mean breaks both norms, what training left does not.
        double off = distanceFromNorms(mean);
        assertTrue(off > 1e-4, "the mean satisfies the constraints by chance: " + off);
        assertTrue(distanceFromNorms(spark) < 1e-5, "off by " + distanceFromNorms(spark));
        Constraints.project(mean);
        assertClose(mean.params(), spark.params(), 1e-6);
        assertClose(
                workers[0]
                        .getUpdater()
                        .getStateViewArray()
                        .add(workers[1].getUpdater().getStateViewArray())
                        .muli(0.5),
                spark.getUpdater().getStateViewArray(),
                1e-6);
    }

    /** Largest distance of a filter's norm from what its layer allows. */
    private static double distanceFromNorms(MultiLayerNetwork network) {
        double worst = 0;
        INDArray first = network.getParam("0_W").norm2(1, 2, 3);
        for (int i = 0; i < first.length(); i++) {
            double norm = first.getDouble(i);
            worst = Math.max(worst, Math.max(norm - 0.9, 0.8 - norm));
        }
        INDArray unit = network.getParam("2_W").norm2(1, 2, 3);
        for (int i = 0; i < unit.length(); i++) {
            worst = Math.max(worst, Math.abs(unit.getDouble(i) - 1));
        }
        return worst;
    }

    /** Adam corrects its bias by the iteration; rates change with iterations and epochs. */
    private static List<IUpdater> updatersThatCount() {
        return List.of(
                new Sgd(0.1),
                new Adam(0.01),
                new Sgd(new StepSchedule(ScheduleType.ITERATION, 0.1, 0.5, 2)),
                new Sgd(new StepSchedule(ScheduleType.EPOCH, 0.1, 0.5, 1)));
    }

    @ParameterizedTest
    @MethodSource("updatersThatCount")
    void graphTrainsAsTheNetwork(IUpdater updater) throws IOException {
        PreparedBatches data = prepared(24);
        MultiLayerNetwork network = network(updater);
        ComputationGraph graph = network.toComputationGraph();
        training(2, 2).fit(network, data, 2);
        training(2, 2).fit(graph, data, 2);
        assertClose(network.params(), graph.params(), 1e-6);
        assertEquals(network.getIterationCount(), graph.getConfiguration().getIterationCount());
        assertEquals(network.getEpochCount(), graph.getConfiguration().getEpochCount());
    }

    @Test
    void clippedGraphLearns() throws IOException {
        MultiLayerConfiguration clipped =
                new AdaptiveGradientClipping(0.1, 1e-3).applyTo(layers(new Adam(0.01)).build());
        MultiLayerNetwork plain = new MultiLayerNetwork(clipped);
        plain.init();
        ComputationGraph graph = plain.toComputationGraph();
        ComputationGraphConfiguration before = graph.getConfiguration().clone();
        PreparedBatches data = prepared(32);
        List<Double> losses = new ArrayList<>();
        training(2, 2)
                .fit(
                        graph,
                        data,
                        8,
                        Position.start(),
                        new RoundListener() {
                            @Override
                            public void onEpoch(
                                    int epoch, double loss, double seconds, Position position) {
                                losses.add(loss);
                            }
                        });
        assertEquals(8, losses.size());
        assertTrue(losses.get(7) < 0.8 * losses.get(0), losses.toString());
        assertEquals(before.getVertices(), graph.getConfiguration().getVertices());
    }

    @Test
    void roundsAreReported() throws IOException {
        PreparedBatches data = prepared(4 * 7);
        List<Round> rounds = new ArrayList<>();
        List<Position> positions = new ArrayList<>();
        Position end =
                training(2, 2)
                        .fit(
                                network(new Sgd(0.1)),
                                data,
                                2,
                                Position.start(),
                                new RoundListener() {
                                    @Override
                                    public void onRound(Round round, Position position) {
                                        rounds.add(round);
                                        positions.add(position);
                                    }
                                });
        assertEquals(new Position(2, 0), end);
        assertEquals(
                List.of(new Position(0, 4), new Position(1, 0), new Position(1, 4), end),
                positions);
        assertEquals(List.of(16L, 12L, 16L, 12L), rounds.stream().map(Round::examples).toList());
        for (Round round : rounds) {
            assertEquals(2, round.rounds());
            assertTrue(round.loss() > 0 && round.seconds() > 0 && round.examplesPerSecond() > 0);
        }
        assertTrue(rounds.get(0).secondsLeft() > 0);
        assertEquals(0, rounds.get(3).secondsLeft());
    }

    /** A network that stays on an executor is left with nothing of what it trained before. */
    @Test
    void repeatedPartOfARoundIsTheSame() throws IOException {
        PreparedBatches data = prepared(24);
        List<String> files = data.shuffledFiles(11, 0);
        MultiLayerNetwork network = withDropout();
        Worker worker = new Worker(HadoopFiles.of(SPARK), 11, network);
        NetworkState start = NetworkState.of(network);
        WorkerSum first = worker.train(start, files.subList(0, 3).iterator());
        List<String> broken = new ArrayList<>(files.subList(3, 5));
        broken.add(folder.resolve("missing.bin").toString());
        assertThrows(IOException.class, () -> worker.train(start, broken.iterator()));
        worker.train(start, files.subList(3, 6).iterator());
        WorkerSum repeated = worker.train(start, files.subList(0, 3).iterator());
        assertEquals(first.parameters().array(), repeated.parameters().array());
        assertEquals(first.updaterState().array(), repeated.updaterState().array());
        assertEquals(first.loss(), repeated.loss());
        assertEquals(first.examples(), repeated.examples());
    }

    private static MultiLayerNetwork withDropout() {
        MultiLayerNetwork network =
                new MultiLayerNetwork(
                        new NeuralNetConfiguration.Builder()
                                .seed(7)
                                .updater(new Adam(0.01))
                                .list()
                                .layer(new BatchNorm.Builder().build())
                                .layer(new DenseLayer.Builder().nOut(8).dropOut(0.5).build())
                                .layer(
                                        new OutputLayer.Builder()
                                                .nOut(2)
                                                .activation(Activation.SOFTMAX)
                                                .build())
                                .setInputType(InputType.convolutional(4, 8, 1))
                                .build());
        network.init();
        return network;
    }

    /** Its state is above what travels in the tasks' code. */
    @Test
    void largeNetworkTrainsAsOnOneMachine() throws IOException {
        PreparedBatches data = prepared(8);
        MultiLayerNetwork spark =
                new MultiLayerNetwork(
                        new NeuralNetConfiguration.Builder()
                                .updater(new Adam(0.01))
                                .list()
                                .layer(new DenseLayer.Builder().nOut(3000).build())
                                .layer(
                                        new OutputLayer.Builder()
                                                .nOut(2)
                                                .activation(Activation.SOFTMAX)
                                                .build())
                                .setInputType(InputType.convolutional(4, 8, 1))
                                .build());
        spark.init();
        MultiLayerNetwork here = spark.clone();
        training(1, 1).fit(spark, data, 2);
        for (int epoch = 0; epoch < 2; epoch++) {
            for (DataSet batch : inOrder(data, epoch)) {
                here.fit(batch);
            }
        }
        assertClose(here.params(), spark.params(), 1e-6);
    }

    /** Sums of more than five workers go through a shuffle. */
    @Test
    void everyWorkerOfAShuffledRoundCounts() throws IOException {
        List<Round> rounds = new ArrayList<>();
        MultiLayerNetwork network = network(new Sgd(0.1));
        training(7, 1)
                .fit(
                        network,
                        prepared(4 * 7),
                        1,
                        Position.start(),
                        new RoundListener() {
                            @Override
                            public void onRound(Round round, Position position) {
                                rounds.add(round);
                            }
                        });
        assertEquals(List.of(28L), rounds.stream().map(Round::examples).toList());
        assertEquals(1, network.getLayerWiseConfigurations().getIterationCount());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void resumedTrainingGoesOnWhereItStopped(int roundsBefore) throws IOException {
        PreparedBatches data = prepared(4 * 7);
        MultiLayerNetwork whole = network(new Adam(0.01));
        MultiLayerNetwork stopped = whole.clone();
        training(2, 2).fit(whole, data, 2);

        String file = folder.resolve("checkpoint.zip").toString();
        SparkTraining first = training(2, 2);
        HadoopFiles files = HadoopFiles.of(SPARK);
        first.fit(
                stopped,
                data,
                2,
                Position.start(),
                new RoundListener() {
                    private int rounds;

                    @Override
                    public void onRound(Round round, Position position) {
                        if (++rounds == roundsBefore) {
                            first.requestStop();
                            SparkCheckpoint.save(files, file, stopped, position);
                        }
                    }
                });
        SparkCheckpoint checkpoint = SparkCheckpoint.load(files, file);
        Model resumed = checkpoint.network();
        assertEquals(stopped.params(), resumed.params());
        training(2, 2).fit(resumed, data, 2, checkpoint.position(), new RoundListener() {});
        assertClose(whole.params(), resumed.params(), 1e-6);
        assertEquals(whole.getIterationCount(), ((MultiLayerNetwork) resumed).getIterationCount());
    }

    @Test
    void volumesAreTrainedOnToo() throws IOException {
        MultiLayerNetwork network =
                new MultiLayerNetwork(
                        new NeuralNetConfiguration.Builder()
                                .updater(new Sgd(0.1))
                                .activation(Activation.IDENTITY)
                                .list()
                                .layer(new Conv3D.Builder(2, 2, 2).nOut(2).build())
                                .layer(new GlobalPoolingLayer())
                                .layer(
                                        new OutputLayer.Builder()
                                                .nOut(2)
                                                .activation(Activation.SOFTMAX)
                                                .build())
                                .setInputType(
                                        InputType.convolutional3D(
                                                Convolution3D.DataFormat.NCDHW, 4, 4, 4, 1))
                                .build());
        network.init();
        List<DataSet> volumes = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            INDArray label = Nd4j.zeros(1, 2);
            label.putScalar(0, i % 2, 1);
            volumes.add(new DataSet(Nd4j.randn(1, 1, 4, 4, 4), label));
        }
        PreparedBatches data =
                PreparedBatches.write(
                        SPARK.parallelize(volumes, 2), folder.resolve("v").toString(), BATCH, 5);
        MultiLayerNetwork here = network.clone();
        training(1, 2).fit(network, data, 1);
        for (DataSet batch : inOrder(data, 0)) {
            here.fit(batch);
        }
        assertClose(here.params(), network.params(), 1e-6);
    }

    @Test
    void divergenceIsAnError() throws IOException {
        PreparedBatches data = prepared(8);
        IllegalStateException error =
                assertThrows(
                        IllegalStateException.class,
                        () -> training(2, 1).fit(network(new Sgd(1e30)), data, 3));
        assertTrue(error.getMessage().contains("diverged"), error.getMessage());
    }

    @Test
    void wrongNumbersAreRefused() {
        for (SparkTraining.Builder builder :
                List.of(
                        SparkTraining.builder(SPARK).workers(0),
                        SparkTraining.builder(SPARK).averagingFrequency(-1),
                        SparkTraining.builder(SPARK).aggregationDepth(0))) {
            assertTrue(
                    assertThrows(IllegalArgumentException.class, builder::build)
                            .getMessage()
                            .contains("must be 1 or more"));
        }
    }

    @Test
    void onlyParameterAveragingIsAccepted() {
        // As SharedTrainingMaster, which is in an artifact that nothing here needs.
        TrainingMaster<?, ?> other =
                (TrainingMaster<?, ?>)
                        Proxy.newProxyInstance(
                                getClass().getClassLoader(),
                                new Class<?>[] {TrainingMaster.class},
                                (proxy, method, args) -> null);
        for (TrainingMaster<?, ?> master : Arrays.asList(other, null)) {
            String message =
                    assertThrows(
                                    IllegalArgumentException.class,
                                    () -> SparkTraining.builder(SPARK).trainingMaster(master))
                            .getMessage();
            assertTrue(message.contains("SharedTrainingMaster adds other workers'"), message);
        }
    }

    @Test
    void settingsOfATrainingMasterAreTaken() {
        SparkTraining training =
                SparkTraining.builder(SPARK)
                        .trainingMaster(
                                new ParameterAveragingTrainingMaster.Builder(3, 1)
                                        .averagingFrequency(4)
                                        .build())
                        .build();
        assertEquals(12, training.batchesPerRound());
    }
}
