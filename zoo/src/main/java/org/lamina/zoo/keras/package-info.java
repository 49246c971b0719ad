/** Whole models of Keras: read into networks of DL4J's and this project's layers, and written. */
package org.lamina.zoo.keras;
