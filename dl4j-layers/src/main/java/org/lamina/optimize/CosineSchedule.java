package org.lamina.optimize;

import org.nd4j.linalg.schedule.ISchedule;

/**
 * A value that rises linearly for some iterations, then falls to 0 along half a cosine.
 *
 * <pre>
 * value(i) = peak * (i + 1) / warmUp                                        for i below warmUp
 *            peak / 2 * (1 + cos(pi * (i - warmUp) / (iterations - warmUp)))    then, and 0 at the end
 * </pre>
 *
 * <p>Source: Loshchilov and Hutter, https://arxiv.org/abs/1608.03983, without restarts.
 *
 * @param peak the largest value, greater than 0
 * @param warmUp number of iterations in which the value rises, 0 or more
 * @param iterations number of all iterations, more than warmUp
 */
public record CosineSchedule(double peak, int warmUp, int iterations) implements ISchedule {

    /**
     * @throws IllegalArgumentException naming the field, its value and what is allowed
     */
    public CosineSchedule {
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
    public String toString() {
        return "CosineSchedule(" + peak + ", " + warmUp + " of " + iterations + " rising)";
    }
}
