package org.lamina.optimize;

import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * A value that rises linearly for some iterations, then falls to 0 along half a cosine.
 *
 * <pre>
 * value(i) = peak * (i + 1) / warmUp                                        for i below warmUp
 *            peak / 2 * (1 + cos(pi * (i - warmUp) / (iterations - warmUp)))    then, and 0 at the end
 * </pre>
 *
 * <p>Source: Loshchilov and Hutter, https://arxiv.org/abs/1608.03983, without restarts.
 */
public final class CosineSchedule implements ISchedule {

    private final double peak;
    private final int warmUp;
    private final int iterations;

    /**
     * A schedule.
     *
     * @param peak the largest value, greater than 0
     * @param warmUp number of iterations in which the value rises, 0 or more
     * @param iterations number of all iterations, more than warmUp
     * @throws IllegalArgumentException naming the field, its value and what is allowed
     */
    @JsonCreator
    public CosineSchedule(
            @JsonProperty("peak") double peak,
            @JsonProperty("warmUp") int warmUp,
            @JsonProperty("iterations") int iterations) {
        if (!(peak > 0 && peak < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    "CosineSchedule: peak = " + peak + "; must be greater than 0");
        }
        if (warmUp < 0) {
            throw new IllegalArgumentException(
                    "CosineSchedule: warmUp = " + warmUp + "; must be 0 or greater");
        }
        if (iterations <= warmUp) {
            throw new IllegalArgumentException(
                    String.format(
                            "CosineSchedule: iterations = %s; must be more than warmUp = %s",
                            iterations, warmUp));
        }
        this.peak = peak;
        this.warmUp = warmUp;
        this.iterations = iterations;
    }

    /** The largest value. */
    @JsonProperty("peak")
    public double peak() {
        return peak;
    }

    /** Number of iterations in which the value rises. */
    @JsonProperty("warmUp")
    public int warmUp() {
        return warmUp;
    }

    /** Number of all iterations. */
    @JsonProperty("iterations")
    public int iterations() {
        return iterations;
    }

    @Override
    public double valueAt(int iteration, int epoch) {
        if (iteration < warmUp) {
            return peak * (iteration + 1) / warmUp;
        }
        double done = Math.min(1, (double) (iteration - warmUp) / (iterations - warmUp));
        return peak / 2 * (1 + Math.cos(Math.PI * done));
    }

    @Override
    public ISchedule clone() {
        return new CosineSchedule(peak, warmUp, iterations);
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof CosineSchedule other
                && peak == other.peak
                && warmUp == other.warmUp
                && iterations == other.iterations;
    }

    @Override
    public int hashCode() {
        return Double.hashCode(peak) + 31 * warmUp + 961 * iterations;
    }

    @Override
    public String toString() {
        return "CosineSchedule(" + peak + ", " + warmUp + " of " + iterations + " rising)";
    }
}
