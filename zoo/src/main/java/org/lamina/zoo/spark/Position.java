package org.lamina.zoo.spark;

import java.io.Serializable;

/**
 * The progress of a training between two rounds.
 *
 * @param epochs done
 * @param batches done of the epoch after those, by all workers together
 */
public record Position(int epochs, int batches) implements Serializable {
    /** Checks the values. */
    public Position {
        if (epochs < 0 || batches < 0) {
            throw new IllegalArgumentException(
                    "Position: " + epochs + " epochs and " + batches + " batches; 0 or more each");
        }
    }

    /** Before the first round. */
    public static Position start() {
        return new Position(0, 0);
    }
}
