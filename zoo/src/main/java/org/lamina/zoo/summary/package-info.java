/**
 * Layers, cost and receptive field of a network, from its configuration: {@link
 * org.lamina.zoo.summary.NetworkSummary}.
 */
package org.lamina.zoo.summary;
