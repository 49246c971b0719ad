/**
 * Training of a network on epochs of EEG or on images: {@link org.lamina.zoo.training.Trainer} runs
 * a {@link org.lamina.zoo.training.TrainingPlan} and fills a {@link
 * org.lamina.zoo.training.TrainingHistory}, {@link org.lamina.zoo.training.Metrics} says how good
 * the network is, {@link org.lamina.zoo.training.ModelFile} and {@link
 * org.lamina.zoo.training.Checkpoint} keep it. Nothing here knows of a command line.
 */
package org.lamina.zoo.training;
