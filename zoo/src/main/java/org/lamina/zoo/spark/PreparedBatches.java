package org.lamina.zoo.spark;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.lamina.zoo.data.DataException;
import org.lamina.zoo.data.iterator.InMemoryIterator;
import org.lamina.zoo.data.iterator.Seeds;
import org.nd4j.linalg.dataset.DataSet;

/**
 * Minibatches in a folder shared by driver and executors, one file per batch, written once and read
 * in every epoch, so that their preparation (cutting recordings, a shuffle) is not repeated.
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
     * Writes examples in random order, in batches of equal size.
     *
     * @param examples one or more in each element (volumes: one); evaluated twice, so it must be
     *     deterministic
     * @param folder to create; earlier batches there are replaced
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
        ShuffledExamples shuffled = ShuffledExamples.of(examples, seed);
        if (shuffled.count() == 0) {
            throw new DataException(target + ": no example to prepare");
        }
        PreparedBatches result = new PreparedBatches(target, batch, shuffled.count());
        files.delete(target);
        shuffled.forEachBatch(
                batch,
                (number, content) ->
                        files.write(result.file(number), out -> BatchFormat.write(content, out)));
        files.write(target + "/" + INDEX, out -> out.write(JSON.writeValueAsBytes(result.index())));
        return result;
    }

    /**
     * Opens a folder that {@link #write} made.
     *
     * @throws DataException if it does not exist or is incomplete
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

    /** Number of batches. */
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
     * The files in the order of one epoch, with the smaller batch last, so that no worker merges it
     * with the next one.
     *
     * @param seed of the order
     * @param epoch from 0
     */
    List<String> shuffledFiles(long seed, int epoch) {
        List<String> shuffled = new ArrayList<>();
        Random random = new Random(Seeds.mix(seed, epoch, 0));
        for (int number : InMemoryIterator.permutation(count(), random)) {
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
     * The batches, which executors read.
     *
     * @param context to read with
     * @return one element per batch, evenly distributed over partitions
     */
    public JavaRDD<DataSet> read(JavaSparkContext context) {
        HadoopFiles files = HadoopFiles.of(context);
        List<String> names = IntStream.range(0, count()).mapToObj(this::file).toList();
        return context.parallelize(
                        new ArrayList<>(names), Math.min(count(), context.defaultParallelism()))
                .map(name -> load(files, name));
    }

    static DataSet load(HadoopFiles files, String name) throws IOException {
        try (InputStream in = files.open(name)) {
            return BatchFormat.read(in);
        } catch (IOException | RuntimeException e) {
            throw new IOException(name + " cannot be read: " + e.getMessage(), e);
        }
    }
}
