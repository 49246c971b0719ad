package org.lamina.layers.conf;

import org.lamina.spec.LayerSpec;
import org.nd4j.linalg.activations.impl.ActivationIdentity;

/**
 * Base of the builders of layers that have as many outputs as inputs and, unless one is given, no
 * activation function: a global one of the network is not applied, as with DL4J's own
 * normalization.
 *
 * @param <T> the builder's own type
 * @param <S> the layer family's spec
 */
abstract class SameChannelsBuilder<T extends SameChannelsBuilder<T, S>, S extends LayerSpec>
        extends SpecLayer.Builder<T, S> {

    SameChannelsBuilder() {
        activation(new ActivationIdentity());
    }

    /**
     * Number of channels.
     *
     * @throws IllegalArgumentException if another number of outputs is given
     */
    long channels() {
        if (getNOut() != 0 && getNOut() != getNIn()) {
            throw new IllegalArgumentException(
                    "nOut = "
                            + getNOut()
                            + "; the layer has as many outputs as inputs, nIn = "
                            + getNIn());
        }
        return getNIn();
    }
}
