/**
 * Networks as DL4J {@link org.deeplearning4j.zoo.ZooModel}s; {@link org.lamina.zoo.Zoo} lists them.
 */
package org.lamina.zoo;
