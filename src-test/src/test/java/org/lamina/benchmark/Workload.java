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

    /**
     * The competitor's step, ready to run.
     *
     * @return null if the competitor does not have what is computed
     */
    Step prepare(Competitor competitor);

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
         * A number that depends on all outputs of the last run, to compare competitors by; NaN if
         * the competitor does not compute the same numbers.
         */
        default double fingerprint() {
            return Double.NaN;
        }
    }
}
