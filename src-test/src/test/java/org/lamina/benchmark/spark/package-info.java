/**
 * How fast training on a Spark cluster is: a master and workers of one core each, in processes of
 * their own on this machine, against processes that train alone.
 *
 * <p>{@link org.lamina.benchmark.spark.SparkBenchmark} starts everything, is the driver and writes
 * the tables; {@link org.lamina.benchmark.spark.TrainingAlone} is what the others run.
 */
package org.lamina.benchmark.spark;
