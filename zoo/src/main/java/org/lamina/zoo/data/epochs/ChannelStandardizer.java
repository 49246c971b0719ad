package org.lamina.zoo.data.epochs;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.Serializable;
import java.util.Arrays;
import org.lamina.arrays.Views;
import org.lamina.zoo.data.DataException;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.dataset.api.preprocessor.DataNormalization;
import org.nd4j.linalg.dataset.api.preprocessor.serializer.CustomSerializerStrategy;
import org.nd4j.linalg.dataset.api.preprocessor.serializer.NormalizerSerializer;
import org.nd4j.linalg.dataset.api.preprocessor.serializer.NormalizerType;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Standardizes each channel by its mean and standard deviation in the training set: {@code
 * y[n,..,c,t] = (x[n,..,c,t] - mean[c]) / std[c]}.
 *
 * <p>Features are {@code [epochs, channels, samples]} or {@code [epochs, 1, channels, samples]}:
 * the channel axis is the second to last. (ND4J's NormalizerStandardize uses axis 1, so that for
 * {@code [epochs, 1, channels, samples]} all channels share one mean.) The standard deviation is
 * that of the population (divided by the count). A channel that is constant in the training set is
 * centered but not scaled. Labels are class indices and are not changed.
 *
 * <p>{@code ModelSerializer.addNormalizerToModel} saves it with a model, and {@code
 * ModelSerializer.restoreNormalizerFromFile} restores it if this class is on the class path.
 */
public final class ChannelStandardizer implements DataNormalization {
    private static final long serialVersionUID = 1L;

    static {
        // For writing; when reading, ND4J finds the name of the strategy in the file
        NormalizerSerializer.getDefault().addStrategy(new Strategy());
    }

    private double[] mean;
    private double[] std;

    /** An unfitted standardizer; {@link #fit} it to a training set before use. */
    public ChannelStandardizer() {}

    /**
     * @param mean of each channel
     * @param std standard deviation of each channel, above 0
     */
    public ChannelStandardizer(double[] mean, double[] std) {
        if (mean.length == 0 || mean.length != std.length) {
            throw new DataException(
                    "Means of %s channels, deviations of %s", mean.length, std.length);
        }
        for (int c = 0; c < mean.length; c++) {
            if (!Double.isFinite(mean[c]) || !(std[c] > 0) || Double.isInfinite(std[c])) {
                throw new DataException(
                        "Channel %d: mean %s and standard deviation %s must be finite, the"
                                + " deviation above 0",
                        c, mean[c], std[c]);
            }
        }
        this.mean = mean.clone();
        this.std = std.clone();
    }

    /**
     * @param training epochs of the training set
     * @return a standardizer fitted to them
     */
    public static ChannelStandardizer of(EpochSet training) {
        Sums sums = new Sums();
        sums.add(training.features());
        return sums.standardizer();
    }

    /**
     * @return mean of each channel
     */
    public double[] mean() {
        return fitted(mean).clone();
    }

    /**
     * @return standard deviation of each channel
     */
    public double[] std() {
        return fitted(std).clone();
    }

    @Override
    public void fit(DataSet dataSet) {
        Sums sums = new Sums();
        sums.add(dataSet.getFeatures());
        take(sums);
    }

    @Override
    public void fit(DataSetIterator iterator) {
        Sums sums = new Sums();
        iterator.reset();
        while (iterator.hasNext()) {
            sums.add(iterator.next().getFeatures());
        }
        iterator.reset();
        take(sums);
    }

    private void take(Sums sums) {
        double[][] meanAndStd = sums.meanAndStd();
        mean = meanAndStd[0];
        std = meanAndStd[1];
    }

    @Override
    public void preProcess(DataSet toPreProcess) {
        transform(toPreProcess);
    }

    @Override
    public void transform(DataSet toPreProcess) {
        transform(toPreProcess.getFeatures());
    }

    @Override
    public void transform(INDArray features) {
        int axis = channelAxis(features, fitted(mean).length);
        features.subi(broadcast(mean, features, axis));
        features.divi(broadcast(std, features, axis));
    }

    /** {@inheritDoc} Masked samples are transformed like the others; networks ignore them. */
    @Override
    public void transform(INDArray features, INDArray featuresMask) {
        transform(features);
    }

    @Override
    public void revert(DataSet toRevert) {
        revertFeatures(toRevert.getFeatures());
    }

    @Override
    public void revertFeatures(INDArray features) {
        int axis = channelAxis(features, fitted(mean).length);
        features.muli(broadcast(std, features, axis));
        features.addi(broadcast(mean, features, axis));
    }

    @Override
    public void revertFeatures(INDArray features, INDArray featuresMask) {
        revertFeatures(features);
    }

    @Override
    public void transformLabel(INDArray labels) {}

    @Override
    public void transformLabel(INDArray labels, INDArray labelsMask) {}

    @Override
    public void revertLabels(INDArray labels) {}

    @Override
    public void revertLabels(INDArray labels, INDArray labelsMask) {}

    /** {@inheritDoc} Only {@code false} is allowed, since labels are classes. */
    @Override
    public void fitLabel(boolean fitLabels) {
        if (fitLabels) {
            throw new UnsupportedOperationException(
                    "ChannelStandardizer: labels are classes and cannot be standardized");
        }
    }

    @Override
    public boolean isFitLabel() {
        return false;
    }

    @Override
    public NormalizerType getType() {
        return NormalizerType.CUSTOM;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ChannelStandardizer that
                && Arrays.equals(mean, that.mean)
                && Arrays.equals(std, that.std);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(mean) + Arrays.hashCode(std);
    }

    private static double[] fitted(double[] values) {
        if (values == null) {
            throw new IllegalStateException(
                    "ChannelStandardizer is not fitted; call fit with the training set first");
        }
        return values;
    }

    private static INDArray broadcast(double[] values, INDArray features, int axis) {
        long[] shape = new long[features.rank()];
        Arrays.fill(shape, 1);
        shape[axis] = values.length;
        return Nd4j.createFromArray(values).castTo(features.dataType()).reshape(shape);
    }

    private static int channelAxis(INDArray features, int channels) {
        int rank = features.rank();
        if (rank < 3 || rank > 4 || (channels >= 0 && features.size(rank - 2) != channels)) {
            throw new DataException(
                    "ChannelStandardizer: features of shape %s; expected [epochs, channels,"
                            + " samples] or [epochs, 1, channels, samples]%s",
                    Arrays.toString(features.shape()),
                    channels < 0 ? "" : " with " + channels + " channels");
        }
        return rank - 2;
    }

    /**
     * Running sums of each channel relative to its first sample, so that an offset costs no
     * precision. {@link #merge} adds sums over other parts of a training set, for example from
     * other machines.
     */
    public static final class Sums implements Serializable {
        private static final long serialVersionUID = 1L;

        private double[] origin;
        private double[] sum;
        private double[] squares;
        private long count;

        /**
         * Adds epochs.
         *
         * @param features of epochs, as the standardizer takes them
         */
        public void add(INDArray features) {
            int axis = channelAxis(features, origin == null ? -1 : origin.length);
            int channels = (int) features.size(axis);
            int samples = (int) features.size(axis + 1);
            int epochs = (int) (features.length() / ((long) channels * samples));
            INDArray rows = features.reshape('c', epochs, channels, samples);
            for (int n = 0; n < epochs; n++) {
                float[] values = Views.at(rows, n).dup('c').data().asFloat();
                if (origin == null) {
                    origin = new double[channels];
                    sum = new double[channels];
                    squares = new double[channels];
                    for (int c = 0; c < channels; c++) {
                        origin[c] = values[c * samples];
                    }
                }
                for (int c = 0; c < channels; c++) {
                    for (int t = c * samples; t < (c + 1) * samples; t++) {
                        double difference = values[t] - origin[c];
                        sum[c] += difference;
                        squares[c] += difference * difference;
                    }
                }
            }
            count += (long) epochs * samples;
        }

        /**
         * Adds the sums over other epochs of the same channels.
         *
         * @param other left as it is
         * @return this
         */
        public Sums merge(Sums other) {
            if (other.origin == null) {
                return this;
            }
            if (origin == null) {
                origin = other.origin.clone();
                sum = new double[origin.length];
                squares = new double[origin.length];
            }
            for (int c = 0; c < origin.length; c++) {
                double shift = other.origin[c] - origin[c];
                squares[c] += other.squares[c] + shift * (2 * other.sum[c] + shift * other.count);
                sum[c] += other.sum[c] + shift * other.count;
            }
            count += other.count;
            return this;
        }

        /**
         * @return the standardizer fitted to all that was added
         * @throws DataException if nothing was
         */
        public ChannelStandardizer standardizer() {
            ChannelStandardizer fitted = new ChannelStandardizer();
            fitted.take(this);
            return fitted;
        }

        /** Standard deviation of each channel, 0 for a constant one. */
        double[] deviations() {
            double[] deviations = new double[sum.length];
            for (int c = 0; c < deviations.length; c++) {
                double shift = sum[c] / count;
                deviations[c] = Math.sqrt(Math.max(0, squares[c] / count - shift * shift));
            }
            return deviations;
        }

        double[][] meanAndStd() {
            if (count == 0) {
                throw new DataException("ChannelStandardizer: no epochs to fit");
            }
            double[] mean = new double[sum.length];
            double[] std = new double[sum.length];
            for (int c = 0; c < mean.length; c++) {
                double shift = sum[c] / count;
                mean[c] = origin[c] + shift;
                double variance = squares[c] / count - shift * shift;
                std[c] = variance > 0 ? Math.sqrt(variance) : 1;
                if (!Double.isFinite(mean[c]) || !Double.isFinite(std[c])) {
                    throw new DataException(
                            "ChannelStandardizer: channel %s has samples that are not finite", c);
                }
            }
            return new double[][] {mean, std};
        }
    }

    /** Writes and reads a standardizer. Public because ND4J instantiates it by name. */
    public static final class Strategy extends CustomSerializerStrategy<ChannelStandardizer> {
        @Override
        public void write(ChannelStandardizer normalizer, OutputStream stream) throws IOException {
            double[] mean = normalizer.mean();
            double[] std = normalizer.std();
            DataOutputStream out = new DataOutputStream(stream);
            out.writeInt(mean.length);
            for (int c = 0; c < mean.length; c++) {
                out.writeDouble(mean[c]);
                out.writeDouble(std[c]);
            }
            out.flush();
        }

        @Override
        public ChannelStandardizer restore(InputStream stream) throws IOException {
            DataInputStream in = new DataInputStream(stream);
            int channels = in.readInt();
            if (channels < 1 || channels > 1 << 20) {
                throw new IOException("Standardizer of " + channels + " channels: file is damaged");
            }
            double[] mean = new double[channels];
            double[] std = new double[channels];
            for (int c = 0; c < channels; c++) {
                mean[c] = in.readDouble();
                std[c] = in.readDouble();
            }
            return new ChannelStandardizer(mean, std);
        }

        @Override
        public Class<ChannelStandardizer> getSupportedClass() {
            return ChannelStandardizer.class;
        }
    }
}
