/**
 * Training of a network on {@link org.lamina.zoo.data.EpochSet}s: {@link
 * org.lamina.zoo.training.Trainer} runs a {@link org.lamina.zoo.training.TrainingPlan} and fills a
 * {@link org.lamina.zoo.training.TrainingHistory}, {@link org.lamina.zoo.training.Metrics} says how
 * good the network is, {@link org.lamina.zoo.training.ModelFile} and {@link
 * org.lamina.zoo.training.Checkpoint} keep it; {@link org.lamina.zoo.training.ImageTrainer} trains
 * on images. Nothing here knows of a command line.
 */
package org.lamina.zoo.training;
