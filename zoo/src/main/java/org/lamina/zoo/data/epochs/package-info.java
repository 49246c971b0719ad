/**
 * Epochs for training: {@link EpochExtractor} filters recordings and cuts them by {@link
 * EpochingOptions} into an {@link EpochSet}, {@link EpochIterator} feeds it to a network, and
 * {@link ChannelStandardizer} is saved with the model.
 */
package org.lamina.zoo.data.epochs;
