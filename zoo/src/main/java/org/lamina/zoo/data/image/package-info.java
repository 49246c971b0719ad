/**
 * Images as training sets: {@link org.lamina.zoo.data.image.IdxFile}s or a generator give an {@link
 * org.lamina.zoo.data.image.ImageSet}, {@link org.lamina.zoo.data.image.ImageIterator} feeds it to
 * a network.
 */
package org.lamina.zoo.data.image;
