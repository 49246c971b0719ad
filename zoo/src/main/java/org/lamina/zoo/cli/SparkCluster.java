package org.lamina.zoo.cli;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.hadoop.util.ShutdownHookManager;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.lamina.zoo.data.DataException;
import org.lamina.zoo.training.DivergenceException;

/**
 * The connection to Spark: the existing one of the surrounding program or else a new one, under
 * spark-submit or alone.
 *
 * @param context connected
 * @param own whether closing this closes it
 */
record SparkCluster(JavaSparkContext context, boolean own) implements AutoCloseable {
    private static final String MARK = "spark.lamina.connection";

    /** Priority of a shutdown hook that runs before Spark's, which has 40. */
    private static final int BEFORE_SPARK = 1000;

    /**
     * Connects.
     *
     * @param master given by the user; null for that of spark-submit, or else all cores of this
     *     machine
     */
    static SparkCluster connect(String master) {
        SparkConf conf = new SparkConf().setAppName("lamina");
        if (master != null) {
            conf.setMaster(master);
        }
        conf.setIfMissing("spark.master", "local[*]");
        conf.setIfMissing("spark.ui.enabled", "false");
        // A task is one worker: it must not take the cores of its neighbours.
        conf.setIfMissing("spark.executorEnv.OMP_NUM_THREADS", conf.get("spark.task.cpus", "1"));
        conf.setIfMissing("spark.executorEnv.OMP_WAIT_POLICY", "passive");
        if (!conf.get("spark.master").startsWith("local") && !conf.contains("spark.jars")) {
            conf.setJars(applicationJars().toArray(String[]::new));
        }
        try {
            String mark = UUID.randomUUID().toString();
            JavaSparkContext context =
                    JavaSparkContext.fromSparkContext(
                            SparkContext.getOrCreate(conf.set(MARK, mark)));
            boolean own = context.getConf().get(MARK, "").equals(mark);
            if (!own && master != null && !master.equals(context.master())) {
                throw new UsageException("this program is connected to " + context.master());
            }
            return new SparkCluster(context, own);
        } catch (Exception e) {
            // Scala declares no exceptions.
            throw new UsageException(
                    "--master " + conf.get("spark.master") + ": " + e.getMessage(), e);
        }
    }

    /** An {@link Interruption} whose action completes before Spark shuts down. */
    Interruption interruption(Runnable onInterrupt) {
        ShutdownHookManager hooks = ShutdownHookManager.get();
        return new Interruption(
                onInterrupt,
                hook ->
                        hooks.addShutdownHook(
                                hook,
                                BEFORE_SPARK,
                                2 * Interruption.PATIENCE_SECONDS,
                                TimeUnit.SECONDS),
                hooks::removeShutdownHook);
    }

    /** The failure of a task, as the exception that it would be in this program. */
    static RuntimeException failure(Exception e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof DataException) {
                return new DataException(cause.getMessage(), e);
            } else if (cause instanceof DivergenceException) {
                return new DivergenceException(cause.getMessage());
            }
        }
        return new IllegalStateException("Spark: " + e.getMessage(), e);
    }

    @Override
    public void close() {
        if (own) {
            context.close();
        }
    }

    /**
     * This program and the libraries beside it, for executors that have Spark only; its logging
     * backend stays here, since the executors have their own.
     */
    private static List<String> applicationJars() {
        try {
            Path own =
                    Path.of(
                            SparkCluster.class
                                    .getProtectionDomain()
                                    .getCodeSource()
                                    .getLocation()
                                    .toURI());
            List<String> jars = new ArrayList<>();
            if (Files.isDirectory(own)) {
                return jars;
            }
            jars.add(own.toString());
            try (Stream<Path> libraries = Files.list(own.resolveSibling("lib"))) {
                libraries
                        .filter(jar -> !jar.getFileName().toString().startsWith("logback-"))
                        .forEach(jar -> jars.add(jar.toString()));
            }
            return jars;
        } catch (IOException | URISyntaxException e) {
            throw new UsageException("The program's libraries are not beside it: " + e, e);
        }
    }
}
