package org.lamina.harness;

import java.util.ArrayList;
import java.util.List;

/** Collects failed checks, so that one run reports all of them. */
public final class Problems {

    private final List<String> messages = new ArrayList<>();

    /** Runs a check and keeps its message if it fails. */
    public void collect(Runnable check) {
        try {
            check.run();
        } catch (AssertionError e) {
            messages.add(e.getMessage());
        }
    }

    /**
     * Reports what was collected.
     *
     * @throws AssertionError if a check failed
     */
    public void report() {
        if (!messages.isEmpty()) {
            throw new AssertionError(String.join("\n    ", messages));
        }
    }
}
