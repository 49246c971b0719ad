package org.lamina.zoo.data.recording;

/** Parts of other samples, computed when they are read. */
final class SampleViews {
    private SampleViews() {}

    /** A selection of channels, in any order. */
    record Rows(SampleSource all, int[] rows) implements SampleSource {
        @Override
        public int length() {
            return all.length();
        }

        @Override
        public void copy(int channel, int from, float[] target, int offset, int count) {
            all.copy(rows[channel], from, target, offset, count);
        }
    }

    /** A range of samples. */
    record Slice(SampleSource all, int first, int length) implements SampleSource {
        @Override
        public void copy(int channel, int from, float[] target, int offset, int count) {
            all.copy(channel, first + from, target, offset, count);
        }
    }

    /** Selected channels minus the mean of the reference channels, computed once. */
    static final class Rereferenced implements SampleSource {
        private final SampleSource all;
        private final int[] rows;
        private final int[] reference;
        private double[] mean;

        Rereferenced(SampleSource all, int[] rows, int[] reference) {
            this.all = all;
            this.rows = rows;
            this.reference = reference;
        }

        @Override
        public int length() {
            return all.length();
        }

        @Override
        public void copy(int channel, int from, float[] target, int offset, int count) {
            all.copy(rows[channel], from, target, offset, count);
            double[] subtracted = mean();
            for (int t = 0; t < count; t++) {
                target[offset + t] = (float) (target[offset + t] - subtracted[from + t]);
            }
        }

        private synchronized double[] mean() {
            if (mean == null) {
                double[] sum = new double[length()];
                float[] row = new float[sum.length];
                for (int channel : reference) {
                    all.copy(channel, 0, row, 0, row.length);
                    for (int t = 0; t < row.length; t++) {
                        sum[t] += (double) row[t] / reference.length;
                    }
                }
                mean = sum;
            }
            return mean;
        }
    }
}
