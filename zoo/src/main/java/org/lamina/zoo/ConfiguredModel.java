package org.lamina.zoo;

import java.io.Serializable;

/** A network of the zoo that tells its configuration without making its arrays. */
public interface ConfiguredModel {

    /** A {@code MultiLayerConfiguration} or a {@code ComputationGraphConfiguration}. */
    Serializable conf();
}
