/**
 * Builders of the layers: each option, its default and its documentation once for both forms and
 * all ranks of a layer. A form's builder adds its constructor and {@code build()}.
 */
package org.lamina.layers.builders;
