/**
 * Networks as ONNX files: {@link org.lamina.zoo.onnx.Onnx} writes them, and reads the parameters
 * back out of its own. A network's vertices become nodes one after the other, as values with a
 * factor that whatever is linear takes into its weights.
 */
package org.lamina.zoo.onnx;
