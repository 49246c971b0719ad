package org.lamina.benchmark;

import java.util.Random;

/** The numbers that all competitors compute with: the same for the same name and length. */
final class Values {

    private Values() {}

    /**
     * Normally distributed numbers.
     *
     * @param name of the array; decides the numbers
     */
    static float[] of(String name, long[] shape) {
        Random random = new Random(name.hashCode());
        float[] values = new float[Math.toIntExact(length(shape))];
        float scale = name.equals("x") ? 1 : 0.1f;
        for (int i = 0; i < values.length; i++) {
            values[i] = scale * (float) random.nextGaussian();
        }
        return values;
    }

    static long length(long[] shape) {
        long length = 1;
        for (long size : shape) {
            length *= size;
        }
        return length;
    }

    /** Mean of squares with weights that differ from element to element. */
    static double fingerprint(float[] values) {
        double sum = 0;
        for (int i = 0; i < values.length; i++) {
            sum += values[i] * (double) values[i] * (1 + i % 7);
        }
        return sum / values.length;
    }
}
