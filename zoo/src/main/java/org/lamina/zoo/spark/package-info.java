/**
 * Training, evaluation and prediction on a Spark cluster. Spark has scope {@code provided}: the
 * cluster has it.
 *
 * <p>The input ({@link org.lamina.zoo.spark.SparkRecordings}, {@link
 * org.lamina.zoo.spark.ExampleRows} or your own RDD) is written once as {@link
 * org.lamina.zoo.spark.PreparedBatches}; {@link org.lamina.zoo.spark.SparkTraining} reads them in
 * every epoch, round by round, and {@link org.lamina.zoo.spark.SparkInference} measures the result.
 *
 * <p>Executors keep configuration, access to files and networks during a training; a round sends
 * them parameters, updater's state and counts.
 *
 * <p>Estimated scaling: a round costs about 0.1 s and 0.14 s for each million parameters (measured:
 * with networks made anew in each round, two executors on one machine: 0.10 s for 1,000 parameters,
 * 0.11 s for 100,000, 1.5 s for ten million); network transfer is added. With Adam, a network of P
 * float parameters has 12 P bytes, including its updater's state. Each of W workers receives and
 * sends that much in a round; executors pass the network on to each other and sum in a tree, so
 * that the driver receives about sqrt(W) sums. For W = 100:
 *
 * <ul>
 *   <li>EEGNet, P = 2,000: 24 kB per worker, 240 kB at the driver: negligible. An update of 64
 *       epochs of 22 x 256 takes a core 0.05 s (measured), so twenty updates take 1 s, against 0.1
 *       s for the round: an efficiency of 0.9. The remaining overhead is the start of 100 tasks.
 *   <li>P = 1 million: 12 MB per worker, 120 MB at the driver, one second at 1 Gb/s. Rounds must
 *       compute for about five seconds for an efficiency of 0.8: raise the averaging frequency.
 *   <li>P = 10 million: 1.2 GB at the driver (above Spark's own limit, spark.driver.maxResultSize),
 *       ten seconds at 1 Gb/s. The driver is the bottleneck at any averaging frequency that still
 *       trains well. Sharing sparse gradients would pay from there on; DL4J's implementation breaks
 *       constraints, which is why it is refused here.
 * </ul>
 */
package org.lamina.zoo.spark;
