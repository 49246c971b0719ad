/** Inference of a whole network at once. */
package org.lamina.inference;
