package org.lamina.layers.builders;

import org.lamina.spec.LayerSpec;

/**
 * Base of the builders of layers that have as many outputs as inputs and take any number of spatial
 * dimensions.
 *
 * @param <T> the builder's own type
 * @param <S> the layer family's spec
 */
abstract class ChannelwiseBuilder<T extends ChannelwiseBuilder<T, S>, S extends LayerSpec>
        extends SameChannelsBuilder<T, S>
        implements DataFormat1D<T>, DataFormat2D<T>, DataFormat3D<T> {}
