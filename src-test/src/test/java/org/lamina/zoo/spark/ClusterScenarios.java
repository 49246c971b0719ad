package org.lamina.zoo.spark;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.lamina.zoo.EEGNet;
import org.lamina.zoo.cli.Cli;
import org.lamina.zoo.data.DataException;
import org.nd4j.evaluation.classification.Evaluation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Sgd;

/**
 * The driver of {@link StandaloneClusterTest}, a program of its own: {@code MASTER SERIALIZER
 * FOLDER}. It asks the test for a worker or a dead executor by files in the folder and leaves what
 * it saw there as JSON.
 */
final class ClusterScenarios {
    private static final int CHANNELS = 3;
    private static final int SAMPLES = 64;
    private static final int BATCH = 8;

    private final JavaSparkContext spark;
    private final Path folder;
    private final Set<String> executors = ConcurrentHashMap.newKeySet();
    private final Map<String, Object> seen = new LinkedHashMap<>();

    private ClusterScenarios(JavaSparkContext spark, Path folder) {
        this.spark = spark;
        this.folder = folder;
        spark.sc()
                .addSparkListener(
                        new SparkListener() {
                            @Override
                            public void onTaskEnd(SparkListenerTaskEnd task) {
                                executors.add(task.taskInfo().executorId());
                            }
                        });
    }

    public static void main(String[] args) throws Exception {
        SparkConf conf =
                StandaloneCluster.connection(args[0])
                        .setAppName("cluster scenarios")
                        .set("spark.serializer", args[1])
                        .set("spark.kryo.registrator", NetworkKryoRegistrator.class.getName())
                        .set("spark.executor.memory", "900m");
        try (JavaSparkContext spark = new JavaSparkContext(conf)) {
            new ClusterScenarios(spark, Path.of(args[2])).run();
        }
    }

    private void run() throws Exception {
        PreparedBatches data =
                PreparedBatches.write(
                        spark.parallelize(examples(240, 1), 4),
                        folder.resolve("train").toString(),
                        BATCH,
                        1);
        INDArray late = train(data, () -> request("worker", 2));
        Set<String> before = Set.copyOf(executors);
        INDArray calm = train(data, () -> {});
        INDArray killed = train(data, () -> signal("kill"));
        seen.put("executorsBeforeKill", before.size());
        seen.put("lateWorkerDifference", difference(calm, late));
        seen.put("killedExecutorDifference", difference(calm, killed));
        seen.put("oneWorkerDifference", oneWorker(data));
        accuracy(data);
        badFile();
        // At the end: a new executor takes a while to start.
        seen.put("executorsInAll", executors.size());
        new ObjectMapper().writeValue(folder.resolve("seen.json").toFile(), seen);
    }

    private static MultiLayerNetwork network(long seed, boolean dropout) {
        return EEGNet.builder()
                .channels(CHANNELS)
                .samples(SAMPLES)
                .classes(2)
                .kernelLength(16)
                .f1(4)
                .d(2)
                .f2(8)
                .batchNormMomentum(0.1)
                .dropout(dropout ? 0.25 : 0)
                .updater(dropout ? new Adam(5e-3) : new Sgd(0.05))
                .seed(seed)
                .build()
                .init();
    }

    /** Trains with dropout, which repeated tasks must repeat; something happens after a round. */
    private INDArray train(PreparedBatches data, Runnable afterSecondRound) {
        MultiLayerNetwork network = network(1, true);
        SparkTraining.builder(spark)
                .workers(2)
                .averagingFrequency(2)
                .build()
                .fit(
                        network,
                        data,
                        2,
                        Position.start(),
                        new RoundListener() {
                            private int rounds;

                            @Override
                            public void onRound(Round round, Position position) {
                                if (++rounds == 2) {
                                    afterSecondRound.run();
                                }
                            }
                        });
        return network.params().dup();
    }

    /** Asks for something and goes on. */
    private void signal(String what) {
        try {
            Files.createFile(folder.resolve(what));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** Asks for a worker and waits until there are so many executors. */
    private void request(String what, int expected) {
        signal(what);
        for (int i = 0; i < 1200; i++) {
            // The driver is one of them.
            if (spark.sc().getExecutorMemoryStatus().size() - 1 >= expected) {
                return;
            }
            try {
                Thread.sleep(50);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        throw new IllegalStateException("no second executor");
    }

    private double oneWorker(PreparedBatches data) throws IOException {
        MultiLayerNetwork there = network(3, false);
        MultiLayerNetwork here = there.clone();
        SparkTraining.builder(spark)
                .workers(1)
                .averagingFrequency(1)
                .seed(9)
                .build()
                .fit(there, data, 1);
        for (String file : data.shuffledFiles(9, 0)) {
            here.fit(PreparedBatches.load(HadoopFiles.of(spark), file));
        }
        return difference(here.params(), there.params());
    }

    private void accuracy(PreparedBatches data) {
        List<DataSet> test = examples(300, 2);
        DataSet whole = DataSet.merge(test);
        List<DataSet> train = new ArrayList<>(data.read(spark).collect());
        List<Double> here = new ArrayList<>();
        List<Double> there = new ArrayList<>();
        for (int seed = 1; seed <= 3; seed++) {
            MultiLayerNetwork one = network(seed, true);
            for (int epoch = 0; epoch < 8; epoch++) {
                java.util.Collections.shuffle(train, new Random(seed + 100L * epoch));
                train.forEach(one::fit);
            }
            Evaluation evaluation = new Evaluation();
            evaluation.eval(whole.getLabels(), one.output(whole.getFeatures(), false));
            here.add(evaluation.accuracy());
            MultiLayerNetwork two = network(seed, true);
            SparkTraining.builder(spark).workers(2).seed(seed).build().fit(two, data, 8);
            there.add(
                    SparkInference.evaluate(
                                    two, spark.parallelize(test, 2), List.of("left", "right"))
                            .accuracy());
        }
        seen.put("accuracyHere", here);
        seen.put("accuracyThere", there);
    }

    private void badFile() throws IOException {
        Path recordings = Files.createDirectory(folder.resolve("recordings"));
        Cli.writeRecordings(recordings, 2, 4);
        Files.writeString(recordings.resolve("run9.csv"), "time,C3,marker\n0,1,0\n1,zzz,0\n");
        try {
            SparkRecordings.open(spark, recordings.toString(), List.of(), List.of(), false);
            seen.put("badFile", "not noticed");
        } catch (DataException e) {
            seen.put("badFile", e.getMessage());
        }
        seen.put(
                "skipped",
                SparkRecordings.open(spark, recordings.toString(), List.of(), List.of(), true)
                        .skipped()
                        .size());
    }

    private static double difference(INDArray a, INDArray b) {
        return a.sub(b).amaxNumber().doubleValue();
    }

    /** Noise, and a rhythm in one of two channels. */
    private static List<DataSet> examples(int count, long seed) {
        Random random = new Random(seed);
        List<DataSet> examples = new ArrayList<>();
        for (int n = 0; n < count; n++) {
            float[] values = new float[CHANNELS * SAMPLES];
            double phase = random.nextDouble() * 6;
            for (int i = 0; i < values.length; i++) {
                double wave = i / SAMPLES == n % 2 ? 0.9 * Math.sin(0.7 * i + phase) : 0;
                values[i] = (float) (wave + random.nextGaussian());
            }
            INDArray label = Nd4j.zeros(1, 2);
            label.putScalar(0, n % 2, 1);
            examples.add(
                    new DataSet(
                            Nd4j.create(values, new long[] {1, 1, CHANNELS, SAMPLES}, 'c'), label));
        }
        return examples;
    }
}
