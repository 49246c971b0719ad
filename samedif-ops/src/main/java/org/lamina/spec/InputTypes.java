package org.lamina.spec;

import java.util.Optional;
import org.deeplearning4j.exception.DL4JInvalidConfigException;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.deeplearning4j.nn.conf.layers.InputTypeUtil;
import org.deeplearning4j.nn.conf.preprocessor.Cnn3DToFeedForwardPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.CnnToFeedForwardPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.RnnToFeedForwardPreProcessor;

/**
 * Maps DL4J's {@link InputType}s to the terms of a {@link LayerSpec}: 0 spatial dimensions are
 * feed-forward, 1 recurrent {@code [N, C, T]}, 2 convolutional {@code [N, C, H, W]}, 3
 * convolutional 3-D {@code [N, C, D, H, W]}.
 */
public final class InputTypes {

    private InputTypes() {}

    /** Whether the type has this number of spatial dimensions. */
    private static boolean matches(InputType type, int spatialRank) {
        switch (spatialRank) {
            case LayerSpec.ANY_RANK:
                return true;
            case 0:
                return type instanceof InputType.InputTypeFeedForward
                        || type instanceof InputType.InputTypeConvolutionalFlat;
            case 1:
                return type instanceof InputType.InputTypeRecurrent;
            case 2:
                return type instanceof InputType.InputTypeConvolutional
                        || type instanceof InputType.InputTypeConvolutionalFlat;
            default:
                return type instanceof InputType.InputTypeConvolutional3D;
        }
    }

    private static void check(InputType type, int spatialRank, String layer) {
        if (type == null || !matches(type, spatialRank)) {
            String[] expected = {
                "InputType.feedForward(...)",
                "InputType.recurrent(...)",
                "InputType.convolutional(...)",
                "InputType.convolutional3D(...)"
            };
            boolean any = spatialRank == LayerSpec.ANY_RANK;
            throw new DL4JInvalidConfigException(
                    layer
                            + ": input type is "
                            + type
                            + ", expected "
                            + (any ? "any input type" : expected[spatialRank]));
        }
    }

    /**
     * Number of channels or features.
     *
     * @param layer name of the layer for error messages
     * @throws DL4JInvalidConfigException if the type does not have that number of spatial
     *     dimensions
     */
    public static long channels(InputType type, int spatialRank, String layer) {
        check(type, spatialRank, layer);
        if (type instanceof InputType.InputTypeRecurrent) {
            return ((InputType.InputTypeRecurrent) type).getSize();
        }
        if (type instanceof InputType.InputTypeConvolutional) {
            return ((InputType.InputTypeConvolutional) type).getChannels();
        }
        if (type instanceof InputType.InputTypeConvolutional3D) {
            return ((InputType.InputTypeConvolutional3D) type).getChannels();
        }
        if (type instanceof InputType.InputTypeConvolutionalFlat) {
            InputType.InputTypeConvolutionalFlat flat = (InputType.InputTypeConvolutionalFlat) type;
            return spatialRank == 2 ? flat.getDepth() : flat.getFlattenedSize();
        }
        return ((InputType.InputTypeFeedForward) type).getSize();
    }

    /** Spatial size, one number for each dimension; null if the type does not specify it. */
    public static long[] size(InputType type, int spatialRank) {
        if (type instanceof InputType.InputTypeRecurrent) {
            long length = ((InputType.InputTypeRecurrent) type).getTimeSeriesLength();
            return length > 0 ? new long[] {length} : null;
        }
        if (type instanceof InputType.InputTypeConvolutional) {
            InputType.InputTypeConvolutional c = (InputType.InputTypeConvolutional) type;
            return new long[] {c.getHeight(), c.getWidth()};
        }
        if (type instanceof InputType.InputTypeConvolutional3D) {
            InputType.InputTypeConvolutional3D v = (InputType.InputTypeConvolutional3D) type;
            return new long[] {v.getDepth(), v.getHeight(), v.getWidth()};
        }
        if (type instanceof InputType.InputTypeConvolutionalFlat && spatialRank == 2) {
            InputType.InputTypeConvolutionalFlat flat = (InputType.InputTypeConvolutionalFlat) type;
            return new long[] {flat.getHeight(), flat.getWidth()};
        }
        return new long[0];
    }

    /** Whether activations of this type have their channels last (NWC, NHWC, NDHWC). */
    public static boolean channelsLast(InputType type) {
        if (type instanceof InputType.InputTypeRecurrent) {
            return ((InputType.InputTypeRecurrent) type).getFormat() == RNNFormat.NWC;
        }
        if (type instanceof InputType.InputTypeConvolutional) {
            return ((InputType.InputTypeConvolutional) type).getFormat() == CNN2DFormat.NHWC;
        }
        return type instanceof InputType.InputTypeConvolutional3D
                && ((InputType.InputTypeConvolutional3D) type).getDataFormat()
                        == Convolution3D.DataFormat.NDHWC;
    }

    /**
     * The layer's output type for this input type, in the same data format.
     *
     * @throws DL4JInvalidConfigException if the input type does not fit the layer
     */
    public static InputType output(InputType type, LayerSpec spec, String layer) {
        check(type, spec.spatialRank(), layer);
        long channels = spec.outChannels();
        try {
            switch (spec.spatialRank()) {
                case LayerSpec.ANY_RANK:
                    spatialSize(type).ifPresent(spec::outputSize);
                    return type;
                case 0:
                    return InputType.feedForward(channels);
                case 1:
                    InputType.InputTypeRecurrent r = (InputType.InputTypeRecurrent) type;
                    long length = r.getTimeSeriesLength();
                    return InputType.recurrent(
                            channels,
                            length > 0 ? spec.outputSize(length)[0] : length,
                            r.getFormat());
                case 2:
                    boolean flat = type instanceof InputType.InputTypeConvolutionalFlat;
                    InputType.InputTypeConvolutional c =
                            flat
                                    ? (InputType.InputTypeConvolutional)
                                            ((InputType.InputTypeConvolutionalFlat) type)
                                                    .getUnflattenedType()
                                    : (InputType.InputTypeConvolutional) type;
                    long[] hw = spec.outputSize(c.getHeight(), c.getWidth());
                    return InputType.convolutional(hw[0], hw[1], channels, c.getFormat());
                default:
                    InputType.InputTypeConvolutional3D v =
                            (InputType.InputTypeConvolutional3D) type;
                    long[] dhw = spec.outputSize(v.getDepth(), v.getHeight(), v.getWidth());
                    return InputType.convolutional3D(
                            v.getDataFormat(), dhw[0], dhw[1], dhw[2], channels);
            }
        } catch (IllegalArgumentException e) {
            throw new DL4JInvalidConfigException(layer + ": " + e.getMessage());
        }
    }

    /** Spatial size of activations of this type; empty for a time series of unknown length. */
    private static Optional<long[]> spatialSize(InputType type) {
        if (type instanceof InputType.InputTypeRecurrent) {
            long length = ((InputType.InputTypeRecurrent) type).getTimeSeriesLength();
            return length > 0 ? Optional.of(new long[] {length}) : Optional.empty();
        }
        if (type instanceof InputType.InputTypeConvolutional) {
            InputType.InputTypeConvolutional c = (InputType.InputTypeConvolutional) type;
            return Optional.of(new long[] {c.getHeight(), c.getWidth()});
        }
        if (type instanceof InputType.InputTypeConvolutional3D) {
            InputType.InputTypeConvolutional3D v = (InputType.InputTypeConvolutional3D) type;
            return Optional.of(new long[] {v.getDepth(), v.getHeight(), v.getWidth()});
        }
        return Optional.of(new long[0]);
    }

    /**
     * The preprocessor that DL4J needs between this type and a layer with that many spatial
     * dimensions, or null.
     *
     * @throws DL4JInvalidConfigException if DL4J has none for this pair
     */
    public static InputPreProcessor preProcessor(InputType type, int spatialRank, String layer) {
        try {
            return dl4jPreProcessor(type, spatialRank, layer);
        } catch (RuntimeException e) { // "Unknown input type", without the layer's name
            throw new DL4JInvalidConfigException(
                    layer + ": input type is " + type + "; " + e.getMessage(), e);
        }
    }

    private static InputPreProcessor dl4jPreProcessor(
            InputType type, int spatialRank, String layer) {
        switch (spatialRank) {
            case LayerSpec.ANY_RANK:
                return null;
            case 0:
                if (type instanceof InputType.InputTypeConvolutional) {
                    InputType.InputTypeConvolutional c = (InputType.InputTypeConvolutional) type;
                    return new CnnToFeedForwardPreProcessor(
                            c.getHeight(), c.getWidth(), c.getChannels(), c.getFormat());
                }
                if (type instanceof InputType.InputTypeConvolutional3D) {
                    InputType.InputTypeConvolutional3D v =
                            (InputType.InputTypeConvolutional3D) type;
                    return new Cnn3DToFeedForwardPreProcessor(
                            v.getDepth(),
                            v.getHeight(),
                            v.getWidth(),
                            v.getChannels(),
                            v.getDataFormat() == Convolution3D.DataFormat.NCDHW);
                }
                if (type instanceof InputType.InputTypeRecurrent) {
                    return new RnnToFeedForwardPreProcessor(
                            ((InputType.InputTypeRecurrent) type).getFormat());
                }
                return null;
            case 1:
                return InputTypeUtil.getPreprocessorForInputTypeRnnLayers(
                        type,
                        type instanceof InputType.InputTypeRecurrent
                                ? ((InputType.InputTypeRecurrent) type).getFormat()
                                : RNNFormat.NCW,
                        layer);
            case 2:
                return InputTypeUtil.getPreProcessorForInputTypeCnnLayers(type, layer);
            default:
                return InputTypeUtil.getPreProcessorForInputTypeCnn3DLayers(type, layer);
        }
    }
}
