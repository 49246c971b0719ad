package org.lamina.zoo.spark;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.storage.StorageLevel;
import org.lamina.arrays.Views;
import org.lamina.zoo.data.DataException;
import org.lamina.zoo.data.epochs.ChannelStandardizer;
import org.lamina.zoo.data.epochs.EpochSet;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import scala.Tuple2;

/**
 * The epochs of recordings, split into training, validation and test set, standardized by the
 * training set and written as batches. The sets are the same for the same recordings and seed,
 * whatever the number of executors.
 *
 * @param train to learn from
 * @param validation to choose the best epoch with; null if none
 * @param test to measure with
 * @param normalizer fitted to the training set; the batches are standardized by it
 * @param classNames in the order of the labels
 * @param counts epochs of each set (training, validation, test) and class
 */
public record PreparedEpochs(
        PreparedBatches train,
        PreparedBatches validation,
        PreparedBatches test,
        ChannelStandardizer normalizer,
        List<String> classNames,
        int[][] counts) {
    private static final int EVALUATION_BATCH = 64;
    private static final String INDEX = "epochs.json";
    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * How to split.
     *
     * @param testRuns runs to test with, while all others are trained on; empty for a share of the
     *     epochs
     * @param testShare that share, the same of every class
     * @param validationShare of the training epochs; 0 for none
     * @param seed of the choice and of the order of the training set
     */
    public record Split(
            Collection<String> testRuns, double testShare, double validationShare, long seed) {}

    /** What the index file says. */
    private record Index(double[] mean, double[] std, List<String> classNames, int[][] counts) {}

    /**
     * Splits, standardizes and writes.
     *
     * @param epochs of {@link SparkRecordings#epochs}
     * @param split how
     * @param batch examples of a training minibatch
     * @param oneOutput whether labels are one column, 1 for the second of two classes
     * @param folder to write to; earlier epochs there are replaced
     * @return what was written
     * @throws DataException if a set or a class in training has no epoch
     */
    public static PreparedEpochs write(
            JavaRDD<EpochSet> epochs, Split split, int batch, boolean oneOutput, String folder)
            throws IOException {
        // Cut only once, although the steps below pass over them five times.
        JavaRDD<EpochSet> kept = epochs.persist(StorageLevel.MEMORY_AND_DISK_SER());
        try {
            return of(kept, split, batch, oneOutput, folder);
        } finally {
            kept.unpersist();
        }
    }

    private static PreparedEpochs of(
            JavaRDD<EpochSet> epochs, Split split, int batch, boolean oneOutput, String folder)
            throws IOException {
        HadoopFiles.of(JavaSparkContext.fromSparkContext(epochs.context()))
                .delete(folder + "/" + INDEX);
        List<EpochSet> any = epochs.take(1);
        if (any.isEmpty()) {
            throw new DataException("No epoch left in any recording");
        }
        List<String> classNames = any.get(0).classNames();
        // Numbered by partition and position: the same in every pass.
        JavaRDD<Tuple2<EpochSet, Long>> numbered =
                epochs.zipWithIndex().map(pair -> new Tuple2<>(pair._1(), pair._2()));
        EpochChoice choice =
                EpochChoice.of(
                        numbered.map(p -> EpochChoice.Keys.of((int) (long) p._2(), p._1()))
                                .collect(),
                        classNames,
                        split);
        byte[][] sets = choice.sets();
        ChannelStandardizer normalizer =
                numbered.map(p -> sums(p._1(), sets[(int) (long) p._2()]))
                        .reduce(ChannelStandardizer.Sums::merge)
                        .standardizer();
        double[] mean = normalizer.mean();
        double[] std = normalizer.std();
        PreparedBatches[] written = new PreparedBatches[EpochChoice.NAMES.size()];
        for (int set = 0; set < written.length; set++) {
            if (set == EpochChoice.VALIDATION && split.validationShare() == 0) {
                continue;
            }
            int wanted = set;
            written[set] =
                    PreparedBatches.write(
                            numbered.flatMap(
                                    p ->
                                            examples(
                                                    p._1(),
                                                    sets[(int) (long) p._2()],
                                                    wanted,
                                                    new ChannelStandardizer(mean, std),
                                                    oneOutput)),
                            folder + "/" + EpochChoice.NAMES.get(set),
                            set == EpochChoice.TRAIN ? batch : EVALUATION_BATCH,
                            split.seed());
        }
        HadoopFiles files = HadoopFiles.of(JavaSparkContext.fromSparkContext(epochs.context()));
        files.write(
                folder + "/" + INDEX,
                out ->
                        out.write(
                                JSON.writeValueAsBytes(
                                        new Index(mean, std, classNames, choice.counts()))));
        return new PreparedEpochs(
                written[EpochChoice.TRAIN],
                written[EpochChoice.VALIDATION],
                written[EpochChoice.TEST],
                normalizer,
                classNames,
                choice.counts());
    }

    /**
     * Opens a folder that {@link #write} made.
     *
     * @param context of the cluster
     * @param folder written to
     * @return what is in it
     * @throws DataException if it does not exist or is incomplete
     */
    public static PreparedEpochs open(JavaSparkContext context, String folder) throws IOException {
        HadoopFiles files = HadoopFiles.of(context);
        if (!files.exists(folder + "/" + INDEX)) {
            throw new DataException(folder + ": no prepared epochs there, or not all of them");
        }
        Index index;
        try (InputStream in = files.open(folder + "/" + INDEX)) {
            index = JSON.readValue(in.readAllBytes(), Index.class);
        }
        boolean validated = Arrays.stream(index.counts()[EpochChoice.VALIDATION]).sum() > 0;
        return new PreparedEpochs(
                PreparedBatches.open(context, folder + "/train"),
                validated ? PreparedBatches.open(context, folder + "/validation") : null,
                PreparedBatches.open(context, folder + "/test"),
                new ChannelStandardizer(index.mean(), index.std()),
                index.classNames(),
                index.counts());
    }

    private static ChannelStandardizer.Sums sums(EpochSet epochs, byte[] sets) {
        ChannelStandardizer.Sums sums = new ChannelStandardizer.Sums();
        for (int i = 0; i < epochs.size(); i++) {
            if (sets[i] == EpochChoice.TRAIN) {
                sums.add(feature(epochs, i));
            }
        }
        return sums;
    }

    private static INDArray feature(EpochSet epochs, int i) {
        long[] shape = epochs.features().shape().clone();
        shape[0] = 1;
        return Views.at(epochs.features(), i).dup('c').reshape(shape);
    }

    private static Iterator<DataSet> examples(
            EpochSet epochs,
            byte[] sets,
            int wanted,
            ChannelStandardizer normalizer,
            boolean oneOutput) {
        INDArray labels = epochs.labels();
        List<DataSet> examples = new ArrayList<>();
        for (int i = 0; i < epochs.size(); i++) {
            if (sets[i] == wanted) {
                INDArray oneHot = Views.slice(labels, 0, i, i + 1);
                DataSet example =
                        new DataSet(
                                feature(epochs, i),
                                oneOutput ? Views.slice(oneHot, 1, 1, 2).dup() : oneHot.dup());
                normalizer.transform(example);
                examples.add(example);
            }
        }
        return examples.iterator();
    }
}
