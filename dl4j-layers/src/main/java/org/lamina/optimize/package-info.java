/** Gradient clipping, updaters and learning rate schedules. */
package org.lamina.optimize;
