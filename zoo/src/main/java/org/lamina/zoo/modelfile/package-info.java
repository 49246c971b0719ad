/**
 * Trained networks as files, safe to read from anywhere: {@link org.lamina.zoo.modelfile.ModelFile}
 * holds a network, its normalizer and its {@link org.lamina.zoo.modelfile.ModelCard}; a {@link
 * org.lamina.zoo.modelfile.Checkpoint} also holds where its training stands.
 */
package org.lamina.zoo.modelfile;
