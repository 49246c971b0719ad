package org.lamina.zoo.data;

import java.util.List;

/** Simulated motor imagery EEG. */
public final class EegSimulator {
    /**
     * @return a builder with the defaults: 22 channels, 128 Hz, 4 classes
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * @return one recording per subject and run, e.g. {@code simulated-S001R01}
     */
    public List<Recording> recordings() {
        throw new UnsupportedOperationException("under construction");
    }

    /** Builder. */
    public static final class Builder {
        /**
         * @param seed of everything random
         * @return this
         */
        public Builder seed(long seed) {
            return this;
        }

        /**
         * @param classes 2 or 4
         * @return this
         */
        public Builder classes(int classes) {
            return this;
        }

        /**
         * @param count epochs of each class in each run
         * @return this
         */
        public Builder epochsPerClass(int count) {
            return this;
        }

        /**
         * @param count runs of each subject
         * @return this
         */
        public Builder runs(int count) {
            return this;
        }

        /**
         * @return the simulator
         */
        public EegSimulator build() {
            return new EegSimulator();
        }
    }
}
