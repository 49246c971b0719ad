package org.lamina.zoo.data.epochs;

import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.lamina.zoo.data.DataException;
import org.lamina.zoo.data.recording.Recording;
import org.lamina.zoo.data.recording.SampleSource;
import org.lamina.zoo.data.signal.MovingStandardization;
import org.lamina.zoo.data.signal.Resampler;
import org.lamina.zoo.data.signal.ZeroPhaseFilter;

/**
 * Selects channels of a recording, re-references, filters, resamples and standardizes them, a few
 * channels at a time: a recording whose samples stay in the file needs little memory.
 */
public final class Preprocessor {
    /** Approximate memory for the channels processed in parallel. */
    private static final long WORKING_BYTES = 200L << 20;

    /** Per sample: the input, double precision for the filter, and the result. */
    private static final int BYTES_A_SAMPLE = 20;

    /** Memory for the result from which epochs are cut one by one. */
    private static final long KEPT_BYTES =
            Math.min(384L << 20, Runtime.getRuntime().maxMemory() / 4);

    private final Recording recording;
    private final long keptSamples;
    private final ZeroPhaseFilter filter;
    private final Resampler resampler;
    private final MovingStandardization standardization;
    private final double samplingRate;

    /**
     * @param raw as read
     * @param options of which those for the continuous recording apply
     * @throws DataException if a channel is unknown or the band exceeds half the sampling rate
     */
    public Preprocessor(Recording raw, EpochingOptions options) {
        this(raw, options, KEPT_BYTES);
    }

    /** With a limit on the memory for the result. */
    Preprocessor(Recording raw, EpochingOptions options, long keptBytes) {
        this.recording = options.referenced(raw);
        this.standardization = options.standardization();
        this.keptSamples = keptBytes / Float.BYTES;
        double rate = recording.samplingRate();
        boolean filters = options.low() > 0 || options.high() > 0;
        boolean resamples =
                options.resampleHz() > 0 && !Recording.sameRate(options.resampleHz(), rate);
        try {
            this.filter = filters ? ZeroPhaseFilter.of(rate, options.low(), options.high()) : null;
            this.resampler = resamples ? Resampler.of(rate, options.resampleHz()) : null;
        } catch (DataException e) {
            throw named(e);
        }
        this.samplingRate = resamples ? options.resampleHz() : rate;
    }

    private DataException named(DataException e) {
        return new DataException("%s: %s", recording.name(), e.getMessage(), e);
    }

    /**
     * @return sampling rate of the result in Hz
     */
    public double samplingRate() {
        return samplingRate;
    }

    /**
     * @return samples of each channel of the result
     */
    public int length() {
        return resampler == null ? recording.length() : resampler.length(recording.length());
    }

    /**
     * @return the result without samples
     */
    Recording summary() {
        return recording.withSamples(new float[recording.channels().size()][0], samplingRate);
    }

    /**
     * @return the result, in memory
     */
    Recording result() {
        if (filter == null && resampler == null && standardization == null) {
            return recording;
        }
        float[][] rows = new float[recording.channels().size()][];
        eachChannel((c, row) -> rows[c] = row);
        return recording.withSamples(rows, samplingRate);
    }

    /** Receives preprocessed channels. */
    private interface ChannelConsumer {
        void accept(int c, float[] row);
    }

    /** Processes channels in parallel, in any order. */
    private void eachChannel(ChannelConsumer consumer) {
        int channels = recording.channels().size();
        long most = WORKING_BYTES / ((long) BYTES_A_SAMPLE * Math.max(1, recording.length()));
        int processors = Runtime.getRuntime().availableProcessors();
        int lanes = (int) Math.max(1, Math.min(Math.min(most, processors), channels));
        IntStream.range(0, lanes)
                .parallel()
                .forEach(
                        lane -> {
                            for (int c = lane; c < channels; c += lanes) {
                                consumer.accept(c, channel(c));
                            }
                        });
    }

    private float[] channel(int c) {
        float[] samples = recording.samples(c);
        try {
            if (filter != null) {
                samples = filter.apply(samples);
            }
            samples = resampler == null ? samples : resampler.apply(samples);
            return standardization == null ? samples : standardization.apply(samples);
        } catch (DataException e) {
            throw named(e);
        }
    }

    /**
     * Cuts all epochs from the result, in memory.
     *
     * @param starts first sample of each epoch, which must lie within the result
     * @param samples of an epoch
     * @return the samples of each epoch, one channel after the other
     */
    public float[][] epochs(int[] starts, int samples) {
        float[][] epochs = new float[starts.length][recording.channels().size() * samples];
        if (starts.length > 0) {
            eachChannel(
                    (c, row) -> {
                        for (int i = 0; i < starts.length; i++) {
                            System.arraycopy(row, starts[i], epochs[i], c * samples, samples);
                        }
                    });
        }
        return epochs;
    }

    /**
     * Cuts epochs from the result one by one. The result is kept in a temporary file if neither it
     * nor the epochs fit into the memory reserved for them.
     *
     * @param starts first sample of each epoch, which must lie within the result
     * @param samples of an epoch
     * @param consumer receives the samples of each epoch, one channel after the other, in the order
     *     of the starts
     * @throws DataException if the temporary file cannot be written
     */
    public void eachEpoch(int[] starts, int samples, Consumer<float[]> consumer) {
        int channels = recording.channels().size();
        if ((long) starts.length * channels * samples <= keptSamples) {
            for (float[] epoch : epochs(starts, samples)) {
                consumer.accept(epoch);
            }
        } else if ((long) channels * length() <= keptSamples) {
            cut(result().source(), starts, samples, consumer);
        } else {
            try (TemporarySamples file =
                    new TemporarySamples(recording.name(), channels, length())) {
                eachChannel(file::put);
                cut(file, starts, samples, consumer);
            }
        }
    }

    private void cut(SampleSource result, int[] starts, int samples, Consumer<float[]> consumer) {
        int channels = recording.channels().size();
        for (int start : starts) {
            float[] epoch = new float[channels * samples];
            for (int c = 0; c < channels; c++) {
                result.copy(c, start, epoch, c * samples, samples);
            }
            consumer.accept(epoch);
        }
    }
}
