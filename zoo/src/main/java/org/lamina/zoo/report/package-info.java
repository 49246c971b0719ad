/**
 * Reports as self-contained HTML files: {@link org.lamina.zoo.report.TrainingReport} with learning
 * curves and the filters of the network, {@link org.lamina.zoo.report.CrossValidationReport} with
 * scores by fold.
 */
package org.lamina.zoo.report;
