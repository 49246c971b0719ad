package org.lamina.zoo.spark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.commons.io.FileUtils;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Spark in this virtual machine, with two workers: started once for all tests. Its Hadoop knows a
 * file system that is not the local one, {@link #SHARED}.
 */
public final class LocalSpark {
    /** A folder that no local path leads to. */
    public static final String SHARED = "viewfs://cluster/shared";

    private static final Path FOLDER = makeFolder();
    private static final JavaSparkContext CONTEXT = start();

    private LocalSpark() {}

    /** Starts it, the first time. */
    public static JavaSparkContext context() {
        return CONTEXT;
    }

    /** Where files of {@link #SHARED} really are. */
    public static Path folder() {
        return FOLDER;
    }

    private static Path makeFolder() {
        try {
            return Files.createTempDirectory("lamina-shared-");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static JavaSparkContext start() {
        JavaSparkContext context =
                new JavaSparkContext(
                        new SparkConf()
                                .setAppName("tests")
                                .setMaster("local[2]")
                                .set("spark.ui.enabled", "false")
                                .set(
                                        "spark.hadoop.fs.viewfs.mounttable.cluster.link./shared",
                                        FOLDER.toUri().toString())
                                .set("spark.driver.host", "127.0.0.1")
                                .set("spark.driver.bindAddress", "127.0.0.1"));
        Runtime.getRuntime().addShutdownHook(new Thread(LocalSpark::end));
        return context;
    }

    private static void end() {
        CONTEXT.stop();
        FileUtils.deleteQuietly(FOLDER.toFile());
    }
}
