/** Layout and initialization of the native layers' parameters. */
package org.lamina.layers.params;
