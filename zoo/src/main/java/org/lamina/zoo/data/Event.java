package org.lamina.zoo.data;

import java.io.Serializable;
import java.util.Objects;

/**
 * Something that happened during a {@link Recording}.
 *
 * @param onset seconds after the recording's first sample (may be negative)
 * @param duration seconds; {@code Double.NaN} where the file gives none
 * @param label the text or marker value, as in the file
 */
public record Event(double onset, double duration, String label) implements Serializable {
    private static final String REJECTED = "rejected/";

    /** Checks that the onset is a number and the label is there. */
    public Event {
        Objects.requireNonNull(label, "label");
        if (!Double.isFinite(onset)) {
            throw new DataException("Event '%s': onset %s is not a number", label, onset);
        }
    }

    /**
     * @return this event as one that its file marks as unusable: its label has a prefix, so that no
     *     epoch is cut there unless it is asked for by that label
     */
    public Event asRejected() {
        return new Event(onset, duration, REJECTED + label);
    }

    /**
     * @param label of an event
     * @return whether the file marks the event as unusable
     */
    public static boolean isRejected(String label) {
        return label.startsWith(REJECTED);
    }
}
