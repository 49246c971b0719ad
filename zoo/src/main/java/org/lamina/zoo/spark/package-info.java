/**
 * Training, evaluation and prediction on a Spark cluster. Spark itself is not a dependency of this
 * module: the cluster has it.
 */
package org.lamina.zoo.spark;
