package org.lamina.zoo.data.gdf;

import org.lamina.zoo.data.reader.SampleType;
import org.lamina.zoo.data.reader.StimulusChannel;

/**
 * One signal as the header of a GDF file describes it. A stored value {@code d} stands for {@code
 * physicalMin + (d - digitalMin) * (physicalMax - physicalMin) / (digitalMax - digitalMin)}.
 *
 * @param label e.g. {@code EEG-C3}
 * @param unit of the physical values: as text, {@code code N} for one that is no voltage, empty if
 *     there is none
 * @param physicalMin physical value of {@code digitalMin}
 * @param physicalMax physical value of {@code digitalMax}
 * @param digitalMin smallest stored value; this and smaller ones are overflows
 * @param digitalMax largest stored value; this and larger ones are overflows
 * @param samplesPerRecord samples in each data record; 0 if there are none but in the event table
 * @param type of a stored value
 * @param fault what is wrong with the scale in the header, for people; null if nothing is
 */
record GdfSignal(
        String label,
        String unit,
        double physicalMin,
        double physicalMax,
        double digitalMin,
        double digitalMax,
        int samplesPerRecord,
        SampleType type,
        String fault) {

    boolean isStimulus() {
        return StimulusChannel.is(label, unit);
    }

    /** Physical units per step. */
    double gain() {
        return (physicalMax - physicalMin) / (digitalMax - digitalMin);
    }

    /** Physical value of a stored 0. */
    double offset() {
        return physicalMin - digitalMin * gain();
    }

    /** Whether a stored value is one that the converter gives beyond its range. */
    boolean isOverflow(double stored) {
        return !(stored > digitalMin && stored < digitalMax);
    }
}
