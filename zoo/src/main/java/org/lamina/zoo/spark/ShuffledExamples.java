package org.lamina.zoo.spark;

import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import org.apache.spark.Partitioner;
import org.apache.spark.api.java.JavaRDD;
import org.lamina.zoo.data.iterator.InMemoryIterator;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import scala.Tuple2;

/**
 * Examples in a random order that depends on the seed but not on the number of executors.
 *
 * @param single one example per element, in their original order
 * @param firsts number of the first example of each partition, and of all at the end
 * @param seed of the order
 */
record ShuffledExamples(JavaRDD<DataSet> single, int[] firsts, long seed) {

    /** Processes a batch on an executor. */
    @FunctionalInterface
    interface BatchTask extends Serializable {
        /**
         * @param number of the batch, from 0
         * @param content its examples
         */
        void run(int number, DataSet content) throws IOException;
    }

    /**
     * @param examples one or more in each element; evaluated now and again for the batches
     */
    static ShuffledExamples of(JavaRDD<DataSet> examples, long seed) {
        JavaRDD<DataSet> single = examples.flatMap(ShuffledExamples::single);
        return new ShuffledExamples(single, firstNumbers(single), seed);
    }

    /** Number of examples. */
    int count() {
        return firsts[firsts.length - 1];
    }

    /** Processes all batches, which have the same size except for the last one. */
    void forEachBatch(int batch, BatchTask task) {
        int count = count();
        int batches = (count + batch - 1) / batch;
        int parts = Math.min(batches, single.context().defaultParallelism());
        int[] order = InMemoryIterator.permutation(count, new Random(seed));
        int[] begin = firsts;
        single.mapPartitionsWithIndex((part, sets) -> numbered(sets, begin[part], order), false)
                .mapToPair(pair -> pair)
                .repartitionAndSortWithinPartitions(
                        new ByBatch(parts, batches, batch), Comparator.naturalOrder())
                .foreachPartition(sorted -> gather(sorted, batch, count, task));
    }

    private static void gather(
            Iterator<Tuple2<Integer, DataSet>> sorted, int batch, int count, BatchTask task)
            throws IOException {
        List<DataSet> gathered = new ArrayList<>();
        while (sorted.hasNext()) {
            Tuple2<Integer, DataSet> next = sorted.next();
            gathered.add(next._2());
            int position = next._1();
            if ((position + 1) % batch == 0 || position + 1 == count) {
                DataSet merged = merged(gathered);
                task.run(position / batch, merged);
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

    /** Puts consecutive batches into a partition, evenly. */
    private static final class ByBatch extends Partitioner {
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
}
