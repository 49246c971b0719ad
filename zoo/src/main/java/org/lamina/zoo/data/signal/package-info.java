/** Filters and resampling of one channel. */
package org.lamina.zoo.data.signal;
