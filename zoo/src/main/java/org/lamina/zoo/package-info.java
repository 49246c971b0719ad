/** Networks as DL4J {@link org.deeplearning4j.zoo.ZooModel}s. */
package org.lamina.zoo;
