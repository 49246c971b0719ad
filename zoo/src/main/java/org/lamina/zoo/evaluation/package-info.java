/**
 * Performance of classifiers: {@link org.lamina.zoo.evaluation.Metrics} states it for a set of
 * examples. In cross-validation, {@link org.lamina.zoo.evaluation.Folds} divides the data, {@link
 * org.lamina.zoo.evaluation.CrossValidation} keeps what was predicted for each fold and what comes
 * out of it, {@link org.lamina.zoo.evaluation.ChanceLevel} says what a classifier reaches that
 * knows nothing. Nothing here trains a network: whatever is fitted (network, normalizer, class
 * weights, alignment) is fitted by the caller, who is handed the training epochs of one fold.
 */
package org.lamina.zoo.evaluation;
