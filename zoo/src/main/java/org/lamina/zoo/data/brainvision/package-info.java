/** Recordings of Brain Products: {@code .vhdr}, {@code .vmrk} and {@code .eeg}. */
package org.lamina.zoo.data.brainvision;
