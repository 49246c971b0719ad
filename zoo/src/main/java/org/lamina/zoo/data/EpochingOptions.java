package org.lamina.zoo.data;

import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How recordings become epochs. Build with {@link #builder()}.
 *
 * @param channels channels to keep, in this order; empty means all
 * @param low lower edge of the band-pass in Hz; 0 means no high-pass
 * @param high upper edge of the band-pass in Hz; 0 means no low-pass
 * @param tmin start of the epoch in seconds after the event (included)
 * @param tmax end of the epoch in seconds after the event (excluded)
 * @param resampleHz sampling rate to convert to; 0 means keep
 * @param rejectMicrovolt drop epochs in which a channel's peak-to-peak amplitude exceeds this (in
 *     the unit of the recording, usually microvolt, after filtering); 0 means keep all
 * @param labels event label to class name, in class order (several labels may share a class); empty
 *     means every label found except rest ({@code T0}, {@code rest}) and rejected events (see
 *     {@link Event#isRejected}), named as in the file
 */
public record EpochingOptions(
        List<String> channels,
        double low,
        double high,
        double tmin,
        double tmax,
        double resampleHz,
        double rejectMicrovolt,
        Map<String, String> labels)
        implements Serializable {

    /** Copies and checks. */
    public EpochingOptions {
        channels = List.copyOf(channels);
        labels = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(labels));
        notNegative("low", low, "Hz");
        notNegative("high", high, "Hz");
        notNegative("resampleHz", resampleHz, "Hz");
        notNegative("rejectMicrovolt", rejectMicrovolt, "uV");
        if (low > 0 && high > 0 && low >= high) {
            throw new DataException(
                    "Band-pass: low " + low + " Hz must be below high " + high + " Hz");
        }
        if (!Double.isFinite(tmin) || !Double.isFinite(tmax) || tmin >= tmax) {
            throw new DataException("Epoch: tmin " + tmin + " s must be below tmax " + tmax + " s");
        }
    }

    private static void notNegative(String field, double value, String unit) {
        if (!(value >= 0) || Double.isInfinite(value)) {
            throw new DataException(
                    field + " " + value + " " + unit + " must be 0 (off) or a number above");
        }
    }

    /**
     * @return a builder: all channels, no filter, 0 to 1 s, no resampling, no rejection, all labels
     */
    public static Builder builder() {
        return new Builder();
    }

    /** Builder of {@link EpochingOptions}; every setter's argument is described there. */
    public static final class Builder {
        private List<String> channels = List.of();
        private double low;
        private double high;
        private double tmin;
        private double tmax = 1;
        private double resampleHz;
        private double rejectMicrovolt;
        private Map<String, String> labels = Map.of();

        private Builder() {}

        /**
         * @param names channels to keep; empty means all
         * @return this
         */
        public Builder channels(List<String> names) {
            channels = names;
            return this;
        }

        /**
         * @param lowHz lower edge in Hz, 0 for none
         * @param highHz upper edge in Hz, 0 for none
         * @return this
         */
        public Builder band(double lowHz, double highHz) {
            low = lowHz;
            high = highHz;
            return this;
        }

        /**
         * @param from seconds after the event, included
         * @param to seconds after the event, excluded
         * @return this
         */
        public Builder window(double from, double to) {
            tmin = from;
            tmax = to;
            return this;
        }

        /**
         * @param hz new sampling rate, 0 to keep the file's
         * @return this
         */
        public Builder resampleHz(double hz) {
            resampleHz = hz;
            return this;
        }

        /**
         * @param microvolt largest peak-to-peak amplitude allowed, 0 for any
         * @return this
         */
        public Builder rejectMicrovolt(double microvolt) {
            rejectMicrovolt = microvolt;
            return this;
        }

        /**
         * @param map event label to class name, in class order
         * @return this
         */
        public Builder labels(Map<String, String> map) {
            labels = map;
            return this;
        }

        /**
         * @return the options
         * @throws DataException if a value is not allowed
         */
        public EpochingOptions build() {
            return new EpochingOptions(
                    channels, low, high, tmin, tmax, resampleHz, rejectMicrovolt, labels);
        }
    }
}
