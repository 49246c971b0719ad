/**
 * Training, evaluation and prediction on a Spark cluster. Spark itself is not a dependency of this
 * module: the cluster has it.
 *
 * <p>What comes in ({@link org.lamina.zoo.spark.SparkRecordings}, {@link
 * org.lamina.zoo.spark.ExampleRows} or an RDD of one's own) is written once as {@link
 * org.lamina.zoo.spark.PreparedBatches}; {@link org.lamina.zoo.spark.SparkTraining} reads them in
 * every epoch, round by round, and {@link org.lamina.zoo.spark.SparkInference} measures.
 *
 * <p>How it grows, on paper. A round costs about 0.1 s and 0.14 s for each million parameters
 * (measured: two executors on one machine: 0.10 s for 1,000 parameters, 0.11 s for 100,000, 1.5 s
 * for ten million); the wire comes on top. With Adam a network of P float parameters is 12 P bytes
 * with its updater's state. Each of W workers gets and sends that much in a round; executors pass
 * the network on to each other and sum in a tree, so that the driver receives some sqrt(W) sums of
 * it. For W = 100:
 *
 * <ul>
 *   <li>EEGNet, P = 2,000: 24 kB a worker, 240 kB at the driver: nothing. An update of 64 epochs of
 *       22 x 256 takes a core 0.05 s (measured), so the twenty of a round 1 s against the round's
 *       0.1 s: an efficiency of 0.9. What is left to lose is the start of 100 tasks.
 *   <li>P = 1 million: 12 MB a worker, 120 MB at the driver, a second on 1 Gb/s. Rounds must
 *       compute for some five seconds to stay at 0.8: raise the averaging frequency.
 *   <li>P = 10 million: 1.2 GB at the driver (above Spark's own limit, spark.driver.maxResultSize),
 *       ten seconds on 1 Gb/s. The driver is the limit, with any averaging frequency that still
 *       trains well. Sharing sparse gradients pays from there on; DL4J's way of it breaks
 *       constraints, which is why it is refused here.
 * </ul>
 */
package org.lamina.zoo.spark;
