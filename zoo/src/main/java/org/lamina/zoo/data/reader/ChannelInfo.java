package org.lamina.zoo.data.reader;

/**
 * Description of a channel in a file.
 *
 * @param label name, not necessarily unique
 * @param unit of its values; empty if there is none
 * @param samplingRate in Hz
 * @param stimulus whether it holds trigger codes, see {@link StimulusChannel}
 * @param fault what is wrong with its scale, as a message; null if it is valid
 */
public record ChannelInfo(
        String label, String unit, double samplingRate, boolean stimulus, String fault) {}
