package org.lamina.benchmark;

import java.util.Arrays;
import java.util.stream.Collectors;

/** A piece of work to time. */
interface Workload {

    /** What is computed, without its size: "WSConv2D 3x3". */
    String name();

    /** The size by name: "small", "typical", "large"; the same for every competitor. */
    String size();

    /** What a step does. */
    Mode mode();

    /** Shape of the input, minibatch first. */
    long[] shape();

    /** Whether the competitor has what is computed. */
    boolean isFor(Competitor competitor);

    /** The step of a competitor that {@link #isFor} accepts, ready to run. */
    Step prepare(Competitor competitor);

    /**
     * Whether each competitor does the work in a process of its own, so that the memory of the
     * process is that of the work.
     */
    boolean alone();

    /** Work on next to nothing, for which a process loads and compiles what this needs. */
    default Workload tiny() {
        return Networks.EEGNET.tiny();
    }

    /** Floating-point operations of a step's convolutions, or 0. */
    default double flops() {
        return 0;
    }

    /** Name, mode and shape: how the workload stands in the table. */
    default String id() {
        String shapeText =
                Arrays.stream(shape()).mapToObj(Long::toString).collect(Collectors.joining("x"));
        return name() + ", " + mode() + ", " + shapeText;
    }

    /** What a step does. */
    enum Mode {
        FORWARD("forward"),
        BACKWARD("forward + backward"),
        INFERENCE("inference"),
        TRAINING("training step");

        private final String text;

        Mode(String text) {
            this.text = text;
        }

        @Override
        public String toString() {
            return text;
        }
    }

    /** A step of work. */
    interface Step extends Runnable {

        /**
         * A number that depends on all outputs, to compare competitors by; NaN if the competitor
         * does not compute the same numbers.
         */
        double fingerprint();

        /** Frees what the garbage collector does not. */
        default void close() {}
    }
}
