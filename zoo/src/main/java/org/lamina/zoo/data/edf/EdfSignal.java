package org.lamina.zoo.data.edf;

import org.lamina.zoo.data.reader.StimulusChannel;

/**
 * One signal as the header of an EDF or BDF file describes it. A stored value {@code d} stands for
 * {@code physicalMin + (d - digitalMin) * (physicalMax - physicalMin) / (digitalMax - digitalMin)}.
 *
 * @param label e.g. {@code EEG Fp1}
 * @param transducer e.g. {@code AgAgCl electrode}
 * @param unit of the physical values, e.g. {@code uV}
 * @param physicalMin physical value of {@code digitalMin}
 * @param physicalMax physical value of {@code digitalMax}; may be below {@code physicalMin}
 * @param digitalMin smallest stored value
 * @param digitalMax largest stored value
 * @param prefilter e.g. {@code HP:0.1Hz LP:75Hz}
 * @param samplesPerRecord samples in each data record
 * @param fault what is wrong with the scale in the header, for people; null if nothing is. The
 *     physical values are then the digital ones and the unit is {@link #UNSCALED}.
 */
public record EdfSignal(
        String label,
        String transducer,
        String unit,
        double physicalMin,
        double physicalMax,
        int digitalMin,
        int digitalMax,
        String prefilter,
        int samplesPerRecord,
        String fault) {
    /** Stands in place of a unit where values have none, since the header gives no usable scale. */
    public static final String UNSCALED = "unscaled";

    /**
     * @return whether the bytes of this signal are annotations, not samples
     */
    public boolean isAnnotations() {
        return isAnnotations(label);
    }

    /**
     * @return whether this signal holds trigger codes, by its label or unit
     */
    public boolean isStimulus() {
        return !isAnnotations() && StimulusChannel.is(label, unit);
    }

    static boolean isAnnotations(String label) {
        return label.equals("EDF Annotations") || label.equals("BDF Annotations");
    }

    /**
     * @return physical units per digital step
     */
    public double gain() {
        return (physicalMax - physicalMin) / ((double) digitalMax - digitalMin);
    }

    /**
     * @param digital a stored value
     * @return the physical value it stands for
     */
    public double toPhysical(int digital) {
        return physicalMin + ((double) digital - digitalMin) * gain();
    }
}
