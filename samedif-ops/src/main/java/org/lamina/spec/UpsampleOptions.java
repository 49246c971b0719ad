package org.lamina.spec;

/**
 * Builder methods for an upsampling, shared by the builders of both forms of a layer. Exactly one
 * of them must be called; values are checked when the layer is built, where its name is known.
 *
 * @param <T> the builder's own type
 */
public interface UpsampleOptions<T> {

    /** The size collected so far. */
    Size size();

    /** This builder. */
    T self();

    /**
     * Factors, one number per spatial dimension or one for all, greater than 0: the output has
     * {@code floor(input * scale)} positions.
     */
    default T scale(double... scale) {
        size().scale = scale == null ? null : scale.clone();
        return self();
    }

    /** Size of the output, one number per spatial dimension or one for all, 1 or greater. */
    default T outputSize(long... outputSize) {
        size().outputSize = outputSize == null ? null : outputSize.clone();
        return self();
    }

    /** Collects the size of an upsampling. */
    final class Size {
        private final int rank;
        private double[] scale;
        private long[] outputSize;

        /**
         * Neither a factor nor a size yet.
         *
         * @param rank number of spatial dimensions
         */
        public Size(int rank) {
            this.rank = rank;
        }

        /**
         * The geometry.
         *
         * @throws IllegalArgumentException naming the field, its value and what is allowed
         */
        public UpsampleGeometry build() {
            return new UpsampleGeometry(rank, scale, outputSize);
        }
    }
}
