/**
 * Training of a network on epochs of EEG or on images: {@link org.lamina.zoo.training.Trainer} runs
 * a {@link org.lamina.zoo.training.TrainingPlan} and fills a {@link
 * org.lamina.zoo.training.TrainingHistory}, {@link org.lamina.zoo.training.Metrics} states the
 * network's performance, {@link org.lamina.zoo.training.ModelFile} and {@link
 * org.lamina.zoo.training.Checkpoint} save it. Nothing here depends on the command line.
 */
package org.lamina.zoo.training;
