package org.lamina.zoo.data;

import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.lamina.zoo.data.signal.MovingStandardization;
import org.lamina.zoo.data.signal.Resampler;
import org.lamina.zoo.data.signal.ZeroPhaseFilter;

/**
 * Picks channels of a recording, refers them to the reference, filters, resamples and standardizes
 * them, a channel at a time: a recording that stays in its file takes the memory of a few channels,
 * not of all.
 */
public final class Preprocessor {
    /** What channels that are worked on at the same time may take, roughly. */
    private static final long WORKING_BYTES = 200L << 20;

    /** Of a sample on its way: as read, in double precision to filter, and the result. */
    private static final int BYTES_A_SAMPLE = 20;

    /** What is kept in memory to cut epochs one after the other from. */
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
     * @param options of these all that is about the continuous recording
     * @throws DataException if a channel is unknown or the sampling rate does not allow the band
     */
    public Preprocessor(Recording raw, EpochingOptions options) {
        this(raw, options, KEPT_BYTES);
    }

    /** Keeps so many bytes in memory at most to cut epochs one after the other from. */
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
     * @return the result, all of it in memory
     */
    Recording result() {
        if (filter == null && resampler == null && standardization == null) {
            return recording;
        }
        float[][] rows = new float[recording.channels().size()][];
        eachChannel((c, row) -> rows[c] = row);
        return recording.withSamples(rows, samplingRate);
    }

    /** Takes a preprocessed channel. */
    private interface ChannelConsumer {
        void accept(int c, float[] row);
    }

    /** Several at the same time, in no order. */
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
     * Cuts epochs from the result, all of them in memory.
     *
     * @param starts first sample of each; all of it must be within the result
     * @param samples of an epoch
     * @return for each epoch its samples, channel after channel
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
     * Cuts epochs from the result one after the other. The result itself is kept in a temporary
     * file meanwhile where neither it nor the epochs fit into a part of the memory.
     *
     * @param starts first sample of each; all of it must be within the result
     * @param samples of an epoch
     * @param consumer gets the samples of each epoch, channel after channel, in the order of the
     *     starts
     * @throws DataException if the temporary file cannot be written
     */
    public void eachEpoch(int[] starts, int samples, Consumer<float[]> consumer) {
        int channels = recording.channels().size();
        if ((long) starts.length * channels * samples <= keptSamples) {
            for (float[] epoch : epochs(starts, samples)) {
                consumer.accept(epoch);
            }
        } else if ((long) channels * length() <= keptSamples) {
            Recording result = result();
            cut(result::copySamples, starts, samples, consumer);
        } else {
            try (TemporarySamples file =
                    new TemporarySamples(recording.name(), channels, length())) {
                eachChannel(file::put);
                cut(file::copy, starts, samples, consumer);
            }
        }
    }

    /** Copies a piece of a channel. */
    private interface Copy {
        void copy(int channel, int from, float[] target, int offset, int count);
    }

    private void cut(Copy result, int[] starts, int samples, Consumer<float[]> consumer) {
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
