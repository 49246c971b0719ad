/**
 * Recordings as training sets: files or a simulator give {@link org.lamina.zoo.data.Recording}s,
 * {@link org.lamina.zoo.data.EpochExtractor} filters and cuts them by {@link
 * org.lamina.zoo.data.EpochingOptions} into an {@link org.lamina.zoo.data.EpochSet}, {@link
 * org.lamina.zoo.data.EpochIterator} feeds it to a network, and {@link
 * org.lamina.zoo.data.ChannelStandardizer} is saved with the model.
 */
package org.lamina.zoo.data;
