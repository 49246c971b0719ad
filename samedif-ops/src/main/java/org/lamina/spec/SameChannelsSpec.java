package org.lamina.spec;

import java.util.List;

/**
 * A layer that has as many outputs as inputs. By default it accepts any number of spatial
 * dimensions, preserves their sizes and has no parameters.
 */
interface SameChannelsSpec extends LayerSpec {

    /** Number of channels, 0 while unknown. */
    long channels();

    @Override
    default int spatialRank() {
        return ANY_RANK;
    }

    @Override
    default long inChannels() {
        return channels();
    }

    @Override
    default long outChannels() {
        return channels();
    }

    @Override
    default LayerSpec withOutChannels(long value) {
        return withInChannels(value);
    }

    @Override
    default List<ParamSpec> params() {
        return List.of();
    }
}
