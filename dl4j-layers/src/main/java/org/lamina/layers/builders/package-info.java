/**
 * Builders shared by both forms and all ranks of a layer: each option is declared once, and the
 * builder's Javadoc is the layer's documentation. A form's builder adds its constructor and {@code
 * build()}.
 */
package org.lamina.layers.builders;
