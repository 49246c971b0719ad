package org.lamina.samediff.layers;

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
abstract class SameDiffSameChannelsBuilder<
                T extends SameDiffSameChannelsBuilder<T, S>, S extends LayerSpec>
        extends SpecSameDiffLayer.Builder<T, S> {

    SameDiffSameChannelsBuilder() {
        activation(new ActivationIdentity());
    }

    /**
     * Number of channels.
     *
     * @throws IllegalArgumentException if another number of outputs is given
     */
    long channels() {
        if (nOut() != 0 && nOut() != nIn()) {
            throw new IllegalArgumentException(
                    "nOut = "
                            + nOut()
                            + "; the layer has as many outputs as inputs, nIn = "
                            + nIn());
        }
        return nIn();
    }
}
