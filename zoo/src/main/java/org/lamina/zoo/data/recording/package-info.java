/** Recordings: samples, channels and events, and what identifies a recording. */
package org.lamina.zoo.data.recording;
