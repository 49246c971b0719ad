/** Iteration over training sets in passes that depend only on their number. */
package org.lamina.zoo.data.iterator;
