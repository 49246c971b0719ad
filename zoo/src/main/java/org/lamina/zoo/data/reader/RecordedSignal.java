package org.lamina.zoo.data.reader;

/**
 * One signal of a file of data records (EDF, BDF, GDF), as its header describes it. A stored value
 * {@code d} represents {@code physicalMin + (d - digitalMin) * (physicalMax - physicalMin) /
 * (digitalMax - digitalMin)}.
 *
 * @param label e.g. {@code EEG Fp1}
 * @param unit of the physical values, e.g. {@code uV}; empty if there is none
 * @param physicalMin physical value of {@code digitalMin}
 * @param physicalMax physical value of {@code digitalMax}; may be below {@code physicalMin}
 * @param digitalMin smallest stored value
 * @param digitalMax largest stored value
 * @param samplesPerRecord samples in each data record
 * @param type of a stored value
 * @param fault what is wrong with the scale in the header, as a message; null if it is valid
 */
public record RecordedSignal(
        String label,
        String unit,
        double physicalMin,
        double physicalMax,
        double digitalMin,
        double digitalMax,
        int samplesPerRecord,
        SampleType type,
        String fault) {
    /**
     * @param unit of the values from now on
     * @param problem what is wrong with the scale
     * @return this signal with its stored values as the physical ones
     */
    public RecordedSignal unscaled(String unit, String problem) {
        return new RecordedSignal(label, unit, 0, 1, 0, 1, samplesPerRecord, type, problem);
    }

    /**
     * @return whether the label or the unit says that the signal holds trigger codes
     */
    public boolean isStimulus() {
        return StimulusChannel.is(label, unit);
    }

    /**
     * @return physical units per digital step
     */
    public double gain() {
        return (physicalMax - physicalMin) / (digitalMax - digitalMin);
    }

    /**
     * @param stored a stored value
     * @return the physical value it represents
     */
    public double toPhysical(double stored) {
        return physicalMin + (stored - digitalMin) * gain();
    }

    /**
     * @param stored a stored value
     * @return whether it is at or beyond the limits of the converter
     */
    public boolean isOverflow(double stored) {
        return !(stored > digitalMin && stored < digitalMax);
    }
}
