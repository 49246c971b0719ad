package org.lamina.zoo.spark;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.spark.Partitioner;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.lamina.zoo.data.DataException;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import scala.Tuple2;

/**
 * Minibatches in files of a folder that driver and executors share, one file a batch: made once and
 * read in every epoch, so that what made them (cutting recordings, a shuffle) is not repeated.
 *
 * @param folder with its file system
 * @param batch examples of a minibatch; the last one may have fewer
 * @param examples in all
 */
public record PreparedBatches(String folder, int batch, long examples) implements Serializable {
    private static final String INDEX = "batches.json";
    private static final ObjectMapper JSON = new ObjectMapper();

    /** What the index file says. */
    private record Index(int batch, long examples) {}

    /**
     * Writes examples in a random order, in batches of equal size.
     *
     * @param examples one or more in each element (volumes: one); computed twice, so it must give
     *     the same twice
     * @param folder to make; what was prepared there before is replaced
     * @param batch examples of a minibatch, 1 or more
     * @param seed of the order
     * @return what was written
     * @throws DataException if there is no example
     */
    public static PreparedBatches write(
            JavaRDD<DataSet> examples, String folder, int batch, long seed) throws IOException {
        if (batch < 1) {
            throw new DataException("Batch size " + batch + " must be 1 or more");
        }
        JavaSparkContext context = JavaSparkContext.fromSparkContext(examples.context());
        HadoopFiles files = HadoopFiles.of(context);
        String target = files.qualified(folder);
        JavaRDD<DataSet> single = examples.flatMap(PreparedBatches::single);
        int[] firsts = firstNumbers(single);
        int count = firsts[firsts.length - 1];
        if (count == 0) {
            throw new DataException(target + ": no example to prepare");
        }
        PreparedBatches result = new PreparedBatches(target, batch, count);
        files.delete(target);
        int[] order = shuffled(count, new Random(seed));
        int parts = Math.min(result.count(), context.defaultParallelism());
        single.mapPartitionsWithIndex((part, sets) -> numbered(sets, firsts[part], order), false)
                .mapToPair(pair -> pair)
                .repartitionAndSortWithinPartitions(
                        new ByBatch(parts, result.count(), batch), new Ascending())
                .foreachPartition(sorted -> result.writeBatches(files, sorted));
        files.write(target + "/" + INDEX, out -> out.write(JSON.writeValueAsBytes(result.index())));
        return result;
    }

    /**
     * Opens a folder that {@link #write} made.
     *
     * @throws DataException if it is not there or was not completed
     */
    public static PreparedBatches open(JavaSparkContext context, String folder) throws IOException {
        HadoopFiles files = HadoopFiles.of(context);
        String target = files.qualified(folder);
        if (!files.exists(target + "/" + INDEX)) {
            throw new DataException(target + ": no prepared batches there, or not all of them");
        }
        try (InputStream in = files.open(target + "/" + INDEX)) {
            Index index = JSON.readValue(in.readAllBytes(), Index.class);
            return new PreparedBatches(target, index.batch(), index.examples());
        }
    }

    private Index index() {
        return new Index(batch, examples);
    }

    /**
     * @return number of batches
     */
    public int count() {
        return Math.toIntExact((examples + batch - 1) / batch);
    }

    /**
     * @param number of a batch, from 0
     * @return its file
     */
    public String file(int number) {
        return String.format("%s/batch-%08d.bin", folder, number);
    }

    /**
     * The files in the order of one epoch, a smaller batch at the end: there a worker does not mix
     * it with the next one.
     *
     * @param seed of the order
     * @param epoch from 0
     */
    List<String> shuffledFiles(long seed, int epoch) {
        List<String> shuffled = new ArrayList<>();
        for (int number : shuffled(count(), new Random(Seeds.mix(seed, epoch, 0)))) {
            shuffled.add(file(number));
        }
        if (examples % batch != 0) {
            String small = file(count() - 1);
            shuffled.remove(small);
            shuffled.add(small);
        }
        return shuffled;
    }

    /**
     * The batches, read where they are used.
     *
     * @param context to read with
     * @return one element a batch, evenly over the partitions
     */
    public JavaRDD<DataSet> read(JavaSparkContext context) {
        HadoopFiles files = HadoopFiles.of(context);
        List<String> names = IntStream.range(0, count()).mapToObj(this::file).toList();
        return context.parallelize(
                        new ArrayList<>(names), Math.min(count(), context.defaultParallelism()))
                .map(name -> load(files, name));
    }

    static DataSet load(HadoopFiles files, String name) throws IOException {
        DataSet batch = new DataSet();
        try (InputStream in = files.open(name)) {
            batch.load(in);
        }
        return batch;
    }

    private void writeBatches(HadoopFiles files, Iterator<Tuple2<Integer, DataSet>> sorted)
            throws IOException {
        List<DataSet> gathered = new ArrayList<>();
        while (sorted.hasNext()) {
            Tuple2<Integer, DataSet> next = sorted.next();
            gathered.add(next._2());
            int position = next._1();
            if ((position + 1) % batch == 0 || position + 1 == examples) {
                DataSet merged = merged(gathered);
                files.write(file(position / batch), merged::save);
                gathered.clear();
            }
        }
    }

    /** DL4J merges up to images, not volumes. */
    private static DataSet merged(List<DataSet> sets) {
        if (sets.get(0).getFeatures().rank() <= 4) {
            return DataSet.merge(sets);
        }
        return new DataSet(
                Nd4j.concat(0, sets.stream().map(DataSet::getFeatures).toArray(INDArray[]::new)),
                Nd4j.concat(0, sets.stream().map(DataSet::getLabels).toArray(INDArray[]::new)));
    }

    private static Iterator<DataSet> single(DataSet set) {
        return set.numExamples() == 1
                ? Collections.singletonList(set).iterator()
                : set.asList().iterator();
    }

    /** Number of the first example of each partition, and of all examples at the end. */
    private static int[] firstNumbers(JavaRDD<DataSet> single) {
        List<Long> counts =
                single.mapPartitions(
                                sets -> {
                                    long count = 0;
                                    for (; sets.hasNext(); sets.next()) {
                                        count++;
                                    }
                                    return Collections.singletonList(count).iterator();
                                })
                        .collect();
        int[] firsts = new int[counts.size() + 1];
        for (int i = 0; i < counts.size(); i++) {
            firsts[i + 1] = Math.toIntExact(firsts[i] + counts.get(i));
        }
        return firsts;
    }

    private static Iterator<Tuple2<Integer, DataSet>> numbered(
            Iterator<DataSet> sets, int first, int[] order) {
        return new Iterator<>() {
            private int number = first;

            @Override
            public boolean hasNext() {
                return sets.hasNext();
            }

            @Override
            public Tuple2<Integer, DataSet> next() {
                return new Tuple2<>(order[number++], sets.next());
            }
        };
    }

    private static int[] shuffled(int count, Random random) {
        int[] order = IntStream.range(0, count).toArray();
        for (int i = count - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            int swap = order[i];
            order[i] = order[j];
            order[j] = swap;
        }
        return order;
    }

    /** Consecutive batches to a partition, as many to each. */
    private static final class ByBatch extends Partitioner {
        private static final long serialVersionUID = 1L;
        private final int parts;
        private final int batches;
        private final int batch;

        ByBatch(int parts, int batches, int batch) {
            this.parts = parts;
            this.batches = batches;
            this.batch = batch;
        }

        @Override
        public int numPartitions() {
            return parts;
        }

        @Override
        public int getPartition(Object key) {
            return (int) ((long) ((Integer) key / batch) * parts / batches);
        }
    }

    /** Natural order, which Spark sends to executors. */
    private static final class Ascending implements java.util.Comparator<Integer>, Serializable {
        private static final long serialVersionUID = 1L;

        @Override
        public int compare(Integer a, Integer b) {
            return a.compareTo(b);
        }
    }
}
