package org.lamina.zoo.data.epochs;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.lamina.zoo.data.DataException;
import org.lamina.zoo.data.recording.Event;
import org.lamina.zoo.data.recording.Recording;
import org.lamina.zoo.data.signal.MovingStandardization;

/**
 * How epochs are cut from recordings. Create with {@link #builder()}.
 *
 * @param channels channels to keep, in this order; empty means all
 * @param low lower edge of the band-pass in Hz; 0 means no high-pass
 * @param high upper edge of the band-pass in Hz; 0 means no low-pass
 * @param tmin start of the epoch in seconds after the event (included)
 * @param tmax end of the epoch in seconds after the event (excluded)
 * @param resampleHz new sampling rate; 0 keeps that of the recording
 * @param rejectMicrovolt drop epochs with a larger peak-to-peak amplitude in any channel (in the
 *     unit of the recording, usually microvolt, after filtering); 0 keeps all
 * @param reference channels whose mean is subtracted from all others and which are then omitted;
 *     {@code average}: the mean of all selected channels; empty keeps the recorded reference
 * @param standardization of the continuous recording, after filter and resampling; null for none
 * @param alignment of the epochs of different people and sessions
 * @param badIntervals whether epochs that overlap a bad interval (see {@link Event#isBad}) are kept
 * @param labels event label to class name, in class order (several labels may share a class); empty
 *     means every label found except rest ({@code T0}, {@code rest}), rejected events (see {@link
 *     Event#isRejected}) and bad intervals, named as in the file
 */
public record EpochingOptions(
        List<String> channels,
        double low,
        double high,
        double tmin,
        double tmax,
        double resampleHz,
        double rejectMicrovolt,
        List<String> reference,
        MovingStandardization standardization,
        Alignment alignment,
        Boolean badIntervals,
        Map<String, String> labels)
        implements Serializable {

    /** Value of {@link #reference}: the mean of all channels. */
    public static final String AVERAGE = "average";

    /** Copies and checks. */
    public EpochingOptions {
        channels = List.copyOf(channels);
        // Missing in files of earlier versions
        reference = reference == null ? List.of() : List.copyOf(reference);
        alignment = alignment == null ? Alignment.NONE : alignment;
        badIntervals = badIntervals != null && badIntervals;
        labels = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(labels));
        notNegative("low", low, "Hz");
        notNegative("high", high, "Hz");
        notNegative("resampleHz", resampleHz, "Hz");
        notNegative("rejectMicrovolt", rejectMicrovolt, "uV");
        if (low > 0 && high > 0 && low >= high) {
            throw new DataException("Band-pass: low %s Hz must be below high %s Hz", low, high);
        }
        if (!Double.isFinite(tmin) || !Double.isFinite(tmax) || tmin >= tmax) {
            throw new DataException("Epoch: tmin %s s must be below tmax %s s", tmin, tmax);
        }
        if (rejectMicrovolt > 0 && standardization != null) {
            throw new DataException(
                    "Epochs of a standardized recording cannot be rejected by their amplitude in"
                            + " microvolt");
        }
    }

    /**
     * @return channels to read: the selected ones and those of the reference; empty means all
     */
    public List<String> channelsToRead() {
        if (channels.isEmpty() || isAverage()) {
            return channels;
        }
        List<String> all = new ArrayList<>(channels);
        List<String> names = channels.stream().map(Recording::canonical).toList();
        for (String channel : reference) {
            if (!names.contains(Recording.canonical(channel))) {
                all.add(channel);
            }
        }
        return all;
    }

    /**
     * @param raw as read
     * @return the selected channels relative to the reference
     * @throws DataException if a channel is unknown or none is left
     */
    Recording referenced(Recording raw) {
        Recording picked = raw.pick(channelsToRead());
        return reference.isEmpty()
                ? picked
                : picked.rereference(isAverage() ? picked.channels() : reference, !isAverage());
    }

    private boolean isAverage() {
        return reference.size() == 1 && reference.get(0).equalsIgnoreCase(AVERAGE);
    }

    /**
     * @return a builder with these values
     */
    public Builder toBuilder() {
        return builder()
                .channels(channels)
                .band(low, high)
                .window(tmin, tmax)
                .resampleHz(resampleHz)
                .rejectMicrovolt(rejectMicrovolt)
                .reference(reference)
                .standardization(standardization)
                .alignment(alignment)
                .badIntervals(badIntervals)
                .labels(labels);
    }

    private static void notNegative(String field, double value, String unit) {
        if (!(value >= 0) || Double.isInfinite(value)) {
            throw new DataException(
                    "%s %s %s must be 0 (off) or a positive number", field, value, unit);
        }
    }

    /**
     * @return a builder: all channels as recorded, no filter, 0 to 1 s, no resampling, no rejection
     *     by amplitude, no alignment, no bad intervals, all labels
     */
    public static Builder builder() {
        return new Builder();
    }

    /** Builder of {@link EpochingOptions}, which describes the arguments. */
    public static final class Builder {
        private List<String> channels = List.of();
        private double low;
        private double high;
        private double tmin;
        private double tmax = 1;
        private double resampleHz;
        private double rejectMicrovolt;
        private List<String> reference = List.of();
        private MovingStandardization standardization;
        private Alignment alignment = Alignment.NONE;
        private boolean badIntervals;
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
         * @param hz new sampling rate, 0 to keep that of the recording
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
         * @param names channels whose mean is subtracted, or {@link #AVERAGE}; empty means none
         * @return this
         */
        public Builder reference(List<String> names) {
            reference = names;
            return this;
        }

        /**
         * @param moving standardization of the continuous recording; null for none
         * @return this
         */
        public Builder standardization(MovingStandardization moving) {
            standardization = moving;
            return this;
        }

        /**
         * @param kind alignment of people and sessions
         * @return this
         */
        public Builder alignment(Alignment kind) {
            alignment = kind;
            return this;
        }

        /**
         * @param keep whether epochs that overlap a bad interval are kept
         * @return this
         */
        public Builder badIntervals(boolean keep) {
            badIntervals = keep;
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
                    channels,
                    low,
                    high,
                    tmin,
                    tmax,
                    resampleHz,
                    rejectMicrovolt,
                    reference,
                    standardization,
                    alignment,
                    badIntervals,
                    labels);
        }
    }
}
