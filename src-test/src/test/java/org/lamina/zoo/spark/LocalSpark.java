package org.lamina.zoo.spark;

import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;

/** Spark in this virtual machine, with two workers: started once for all tests. */
public final class LocalSpark {
    private static final JavaSparkContext CONTEXT = start();

    private LocalSpark() {}

    /** Starts it, the first time. */
    public static JavaSparkContext context() {
        return CONTEXT;
    }

    private static JavaSparkContext start() {
        JavaSparkContext context =
                new JavaSparkContext(
                        new SparkConf()
                                .setAppName("tests")
                                .setMaster("local[2]")
                                .set("spark.ui.enabled", "false")
                                .set("spark.driver.host", "127.0.0.1")
                                .set("spark.driver.bindAddress", "127.0.0.1"));
        Runtime.getRuntime().addShutdownHook(new Thread(context::stop));
        return context;
    }
}
