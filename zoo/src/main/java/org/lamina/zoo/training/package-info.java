/**
 * Training of a network on epochs of EEG or on images: {@link org.lamina.zoo.training.Trainer} runs
 * a {@link org.lamina.zoo.training.TrainingPlan} and fills a {@link
 * org.lamina.zoo.training.TrainingHistory}. Nothing here depends on files or the command line.
 */
package org.lamina.zoo.training;
