package org.lamina.zoo.data;

/**
 * What a file says about a channel.
 *
 * @param label its name, which others may have, too
 * @param unit of its values; empty if there is none
 * @param samplingRate in Hz
 * @param stimulus whether it holds trigger codes, see {@link StimulusChannel}
 * @param fault what is wrong with its scale, for people; null if nothing is
 */
public record ChannelInfo(
        String label, String unit, double samplingRate, boolean stimulus, String fault) {}
