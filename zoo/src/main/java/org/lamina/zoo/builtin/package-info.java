/**
 * Export to networks of DL4J's built-in layers, for inference where Lamina is not installed: {@link
 * org.lamina.zoo.builtin.BuiltInNetwork}.
 */
package org.lamina.zoo.builtin;
