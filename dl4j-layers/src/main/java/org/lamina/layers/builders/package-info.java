/**
 * Builders shared by both forms and all ranks of a layer: each option is declared and documented
 * once. A form's builder adds its constructor and {@code build()}.
 */
package org.lamina.layers.builders;
