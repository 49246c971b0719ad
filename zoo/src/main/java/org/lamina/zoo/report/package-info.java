/**
 * A training run as one HTML file that needs nothing else: {@link
 * org.lamina.zoo.report.TrainingReport} fills a template with results, {@link
 * org.lamina.zoo.report.Charts}, and what {@link org.lamina.zoo.report.EegFilters} finds in the
 * network, drawn on a {@link org.lamina.zoo.report.ScalpMap}.
 */
package org.lamina.zoo.report;
