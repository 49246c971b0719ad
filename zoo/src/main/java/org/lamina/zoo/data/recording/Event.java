package org.lamina.zoo.data.recording;

import java.io.Serializable;
import java.util.Objects;
import java.util.regex.Pattern;
import org.lamina.zoo.data.DataException;

/**
 * An event in a {@link Recording}.
 *
 * @param onset seconds after the recording's first sample (may be negative)
 * @param duration seconds; {@code Double.NaN} if the file gives none
 * @param label the text or marker value, as in the file
 */
public record Event(double onset, double duration, String label) implements Serializable {
    private static final String REJECTED = "rejected/";
    private static final Pattern BAD = Pattern.compile("(?i)bad(\\P{L}.*)?");

    /** Checks that the onset is finite and the label is not null. */
    public Event {
        Objects.requireNonNull(label, "label");
        if (!Double.isFinite(onset)) {
            throw new DataException("Event '%s': onset %s is not a number", label, onset);
        }
    }

    /**
     * @return this event, marked as unusable by a prefix of its label, so that it is a class only
     *     if that label is requested
     */
    public Event asRejected() {
        return new Event(onset, duration, REJECTED + label);
    }

    /**
     * @param label of an event
     * @return whether it marks the event as unusable
     */
    public static boolean isRejected(String label) {
        return label.startsWith(REJECTED);
    }

    /**
     * Whether events with a label mark bad intervals of the recording, by MNE's convention: {@code
     * Bad Interval/...} of BrainVision, {@code BAD_acq_skip}, {@code bad}, but not {@code badge}.
     *
     * @param label of an event
     * @return whether its first word is "bad"
     */
    public static boolean isBad(String label) {
        return BAD.matcher(label).matches();
    }

    /**
     * @return end of the event in seconds after the recording's first sample; its onset if it has
     *     no duration
     */
    public double end() {
        return onset + (duration > 0 ? duration : 0);
    }

    /**
     * Whether this event makes a piece of the recording unusable even if it began earlier.
     *
     * @param from start of the piece in seconds
     * @param to end of the piece in seconds
     * @return whether this is a bad interval that overlaps the piece
     */
    public boolean spoils(double from, double to) {
        return isBad(label) && onset < to && end() > from;
    }

    /**
     * @param seconds to add to the onset
     * @return this event at that time
     */
    public Event shifted(double seconds) {
        return new Event(onset + seconds, duration, label);
    }
}
