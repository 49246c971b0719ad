package org.lamina.zoo.modelfile;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.lamina.zoo.data.DataException;
import org.lamina.zoo.data.epochs.ChannelStandardizer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.preprocessor.DataNormalization;
import org.nd4j.linalg.dataset.api.preprocessor.ImagePreProcessingScaler;
import org.nd4j.linalg.dataset.api.preprocessor.NormalizerMinMaxScaler;
import org.nd4j.linalg.dataset.api.preprocessor.NormalizerStandardize;

/**
 * Reads what ND4J's {@code NormalizerSerializer} wrote, of the following kinds: {@code
 * STANDARDIZE}, {@code MIN_MAX}, {@code IMAGE_MIN_MAX}, and {@link ChannelStandardizer}. ND4J's own
 * reader instantiates any class that the file names.
 */
final class StoredNormalizer {
    private static final String CHANNELS = ChannelStandardizer.Strategy.class.getName();

    private StoredNormalizer() {}

    static DataNormalization read(byte[] entry, LoadOptions options) throws IOException {
        ByteBuffer in = ByteBuffer.wrap(entry);
        try {
            DataNormalization normalizer = read(in, options);
            if (in.hasRemaining()) {
                throw new IOException(in.remaining() + " bytes follow the normalizer");
            }
            return normalizer;
        } catch (BufferUnderflowException e) {
            throw new IOException("the normalizer is cut short", e);
        } catch (DataException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private static DataNormalization read(ByteBuffer in, LoadOptions options) throws IOException {
        if (!StoredArray.text(in).equals("NORMALIZER") || in.getInt() != 1) {
            throw new IOException("no normalizer of ND4J");
        }
        String kind = StoredArray.text(in);
        switch (kind) {
            case "STANDARDIZE" -> {
                boolean labels = flag(in);
                INDArray[] features = pair(in, options);
                NormalizerStandardize made = new NormalizerStandardize(features[0], features[1]);
                made.fitLabel(labels);
                if (labels) {
                    INDArray[] stats = pair(in, options);
                    made.setLabelStats(stats[0], stats[1]);
                }
                return made;
            }
            case "MIN_MAX" -> {
                boolean labels = flag(in);
                NormalizerMinMaxScaler made = new NormalizerMinMaxScaler(number(in), number(in));
                made.fitLabel(labels);
                INDArray[] features = pair(in, options);
                made.setFeatureStats(features[0], features[1]);
                if (labels) {
                    INDArray[] stats = pair(in, options);
                    made.setLabelStats(stats[0], stats[1]);
                }
                return made;
            }
            case "IMAGE_MIN_MAX" -> {
                ImagePreProcessingScaler made =
                        new ImagePreProcessingScaler(number(in), number(in));
                made.setMaxPixelVal(number(in));
                return made;
            }
            case "CUSTOM" -> {
                String strategy = StoredArray.text(in);
                if (!EarlierNames.current(strategy).equals(CHANNELS)) {
                    throw new IOException("a normalizer of the class " + strategy);
                }
                byte[] rest = new byte[in.remaining()];
                in.get(rest);
                return channels(rest);
            }
            default -> throw new IOException("a normalizer of the kind " + kind);
        }
    }

    private static ChannelStandardizer channels(byte[] rest) throws IOException {
        long channels = Integer.toUnsignedLong(ByteBuffer.wrap(rest).getInt());
        if (rest.length != Integer.BYTES + 2 * Double.BYTES * channels) {
            throw new IOException("a normalizer of " + channels + " channels");
        }
        return new ChannelStandardizer.Strategy().restore(new ByteArrayInputStream(rest));
    }

    private static boolean flag(ByteBuffer in) throws IOException {
        byte flag = in.get();
        if (flag != 0 && flag != 1) {
            throw new IOException("a normalizer's flag is " + flag);
        }
        return flag == 1;
    }

    private static double number(ByteBuffer in) throws IOException {
        double number = in.getDouble();
        if (!Double.isFinite(number)) {
            throw new IOException("a normalizer's bound is " + number);
        }
        return number;
    }

    /** Mean and standard deviation, or minimum and maximum. */
    private static INDArray[] pair(ByteBuffer in, LoadOptions options) throws IOException {
        INDArray[] pair = {StoredArray.read(in, options), StoredArray.read(in, options)};
        if (!Arrays.equals(pair[0].shape(), pair[1].shape())) {
            throw new IOException("a normalizer's statistics differ in shape");
        }
        return pair;
    }
}
