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
    /** Checks that the onset is a number and the label is there. */
    public Event {
        Objects.requireNonNull(label, "label");
        if (!Double.isFinite(onset)) {
            throw new DataException("Event '" + label + "': onset " + onset + " is not a number");
        }
    }
}
