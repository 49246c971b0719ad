package org.lamina.layers.builders;

import org.lamina.layers.base.AbstractSpecLayer;
import org.lamina.spec.LayerSpec;
import org.nd4j.linalg.activations.impl.ActivationIdentity;

/**
 * Base of the builders of layers that have as many outputs as inputs. There is no activation
 * function unless one is given; the network's global one is not applied.
 *
 * @param <T> the builder's own type
 * @param <S> the layer family's spec
 */
abstract class SameChannelsBuilder<T extends SameChannelsBuilder<T, S>, S extends LayerSpec>
        extends AbstractSpecLayer.Builder<T, S> {

    SameChannelsBuilder() {
        activation(new ActivationIdentity());
    }

    /**
     * Number of channels.
     *
     * @throws IllegalArgumentException if another number of outputs is given
     */
    final long channels() {
        if (getNOut() != 0 && getNOut() != getNIn()) {
            throw new IllegalArgumentException(
                    String.format(
                            "nOut = %s; the layer has as many outputs as inputs, nIn = %s",
                            getNOut(), getNIn()));
        }
        return getNIn();
    }
}
