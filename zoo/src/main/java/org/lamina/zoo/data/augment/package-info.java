/**
 * Random changes of training batches that keep the class, after <a
 * href="https://braindecode.org/stable/api.html#augmentation">braindecode</a>: {@link
 * org.lamina.zoo.data.augment.Augmenter} is a preprocessor of DL4J that applies {@link
 * org.lamina.zoo.data.augment.Augmentation}s.
 */
package org.lamina.zoo.data.augment;
