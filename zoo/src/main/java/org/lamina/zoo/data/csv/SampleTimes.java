package org.lamina.zoo.data.csv;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Derives from the times of samples where samples are missing, where time goes backwards, and the
 * sampling rate.
 *
 * <p>If nearly all steps are whole multiples of the usual one, each longer step is a gap. If times
 * jitter (because samples get the arrival time of their packet), a late sample is followed by
 * shorter steps, whereas after a gap all samples stay late: there is a gap where the mean lateness
 * increases by ten times the usual amount from the samples before to those after.
 */
final class SampleTimes {
    private static final double ON_GRID = 0.05;
    private static final double LONGEST_ON_GRID = 10;
    private static final double MOST_OFF_GRID = 0.01;
    private static final int LAG = 512;
    private static final int WINDOW = 128;
    private static final double CLEAR = 10;
    private static final int MOST_PASSES = 20;

    private final double[] times;
    private final int rows;
    private final double usual;
    private final boolean regular;
    private final double period;

    /**
     * @param times of the samples, at least two
     * @param rows number of samples
     */
    SampleTimes(double[] times, int rows) {
        this.times = times;
        this.rows = rows;
        double[] sorted = steps();
        Arrays.sort(sorted);
        this.usual = sorted[sorted.length / 2];
        int off = 0;
        int on = 0;
        double sum = 0;
        for (double step : sorted) {
            double multiple = Math.rint(step / usual);
            if (Math.abs(step - usual) <= ON_GRID * usual) {
                on++;
                sum += step;
            } else if (step < LONGEST_ON_GRID * usual
                    && (multiple < 1 || Math.abs(step - multiple * usual) > ON_GRID * usual)) {
                off++;
            }
        }
        this.regular = usual > 0 && off <= MOST_OFF_GRID * sorted.length;
        this.period = regular ? sum / on : slope(0, rows, Math.min(rows / 2, LAG));
    }

    private double[] steps() {
        double[] steps = new double[rows - 1];
        for (int i = 0; i < steps.length; i++) {
            steps[i] = times[i + 1] - times[i];
        }
        return steps;
    }

    /** Median duration of a sample over pairs of samples with a distance of {@code lag}. */
    private double slope(int from, int to, int lag) {
        double[] slopes = new double[to - from - lag];
        for (int i = 0; i < slopes.length; i++) {
            slopes[i] = (times[from + i + lag] - times[from + i]) / lag;
        }
        Arrays.sort(slopes);
        return slopes[slopes.length / 2];
    }

    /**
     * @return the first row whose time is before that of the previous row by more than the jitter;
     *     -1 if there is none
     */
    int backwards() {
        double[] off = steps();
        for (int i = 0; i < off.length; i++) {
            off[i] = Math.abs(off[i] - usual);
        }
        Arrays.sort(off);
        int most = Math.max(off.length / 2, Math.min((int) (0.99 * (off.length - 1)), rows - 6));
        double jitter = 2 * off[most];
        for (int i = 0; i + 1 < rows; i++) {
            if (times[i + 1] - times[i] < -jitter) {
                return i + 1;
            }
        }
        return -1;
    }

    /**
     * @return first (inclusive) and last (exclusive) row of each piece without a gap
     */
    List<int[]> pieces() {
        boolean[] gaps = new boolean[rows];
        if (regular) {
            for (int i = 1; i < rows; i++) {
                gaps[i] = times[i] - times[i - 1] > 1.5 * period;
            }
        } else if (period > 0) {
            findShifts(gaps);
        }
        List<int[]> pieces = new ArrayList<>();
        int start = 0;
        for (int i = 1; i < rows; i++) {
            if (gaps[i]) {
                pieces.add(new int[] {start, i});
                start = i;
            }
        }
        pieces.add(new int[] {start, rows});
        return pieces;
    }

    /**
     * @param row after a gap
     * @return number of missing samples before it
     */
    long missing(int row) {
        return Math.max(1, Math.round((times[row] - times[row - 1]) / period) - 1);
    }

    /**
     * @param from first row of a piece
     * @param to row after the last
     * @return samples per second; not positive or not finite if times do not increase
     */
    double rate(int from, int to) {
        double rate = 1 / slope(from, to, (to - from) / 2);
        double whole = Math.rint(rate);
        return whole > 0 && Math.abs(whole / rate - 1) < 0.002 ? whole : rate;
    }

    /**
     * Marks rows where the lateness increases permanently. Repeated, since known gaps reveal
     * others.
     */
    private void findShifts(boolean[] gaps) {
        boolean found = true;
        for (int pass = 0; found && pass < MOST_PASSES; pass++) {
            found = false;
            double[] shift = new double[rows];
            double[] least = new double[rows];
            int start = 0;
            for (int i = 1; i <= rows; i++) {
                if (i == rows || gaps[i]) {
                    shifts(start, i, shift, least);
                    start = i;
                }
            }
            double[] sorted = shift.clone();
            Arrays.sort(sorted);
            double center = sorted[rows / 2];
            for (int i = 0; i < rows; i++) {
                sorted[i] = Math.abs(shift[i] - center);
            }
            Arrays.sort(sorted);
            double noise = CLEAR * sorted[rows / 2];
            for (int i = 1; i < rows; i++) {
                int from = i;
                while (i < rows && shift[i] - center > Math.max(0.5 * period, noise * least[i])) {
                    i++;
                }
                if (i > from) {
                    gaps[steepest(from, i, shift)] = true;
                    found = true;
                }
            }
        }
    }

    /**
     * Difference of the mean lateness of up to {@link #WINDOW} rows from each row on and of those
     * before it; and the factor by which it varies more where there are fewer rows.
     */
    private void shifts(int from, int to, double[] shift, double[] least) {
        double[] sums = new double[to - from + 1];
        for (int i = from; i < to; i++) {
            double late = times[i] - times[from] - (i - from) * period;
            sums[i - from + 1] = sums[i - from] + late;
        }
        for (int i = from + 1; i < to; i++) {
            int before = Math.min(WINDOW, i - from);
            int after = Math.min(WINDOW, to - i);
            int at = i - from;
            shift[i] =
                    (sums[at + after] - sums[at]) / after - (sums[at] - sums[at - before]) / before;
            least[i] = Math.sqrt((double) WINDOW / Math.min(before, after));
        }
        shift[from] = 0;
        least[from] = 1;
    }

    /** The row with the longest step among those where the shift is nearly the largest. */
    private int steepest(int from, int to, double[] shift) {
        double largest = 0;
        for (int i = from; i < to; i++) {
            largest = Math.max(largest, shift[i]);
        }
        int best = -1;
        for (int i = from; i < to; i++) {
            if (shift[i] >= 0.9 * largest
                    && (best < 0 || times[i] - times[i - 1] > times[best] - times[best - 1])) {
                best = i;
            }
        }
        return best;
    }
}
