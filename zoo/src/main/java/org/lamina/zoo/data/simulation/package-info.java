/** Generated data to try networks on without a download: EEG, noisy signals and images. */
package org.lamina.zoo.data.simulation;
