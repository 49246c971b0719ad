package org.lamina.spec;

import org.deeplearning4j.exception.DL4JInvalidConfigException;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.inputs.InputType.InputTypeConvolutional;
import org.deeplearning4j.nn.conf.inputs.InputType.InputTypeConvolutional3D;
import org.deeplearning4j.nn.conf.inputs.InputType.InputTypeConvolutionalFlat;
import org.deeplearning4j.nn.conf.inputs.InputType.InputTypeFeedForward;
import org.deeplearning4j.nn.conf.inputs.InputType.InputTypeRecurrent;
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
        boolean flat = type instanceof InputTypeConvolutionalFlat;
        return switch (spatialRank) {
            case LayerSpec.ANY_RANK -> true;
            case 0 -> flat || type instanceof InputTypeFeedForward;
            case 1 -> type instanceof InputTypeRecurrent;
            case 2 -> flat || type instanceof InputTypeConvolutional;
            default -> type instanceof InputTypeConvolutional3D;
        };
    }

    private static void check(InputType type, int spatialRank, String layer) {
        if (type == null || !matches(type, spatialRank)) {
            String expected =
                    switch (spatialRank) {
                        case LayerSpec.ANY_RANK -> "any input type";
                        case 0 -> "InputType.feedForward(...)";
                        case 1 -> "InputType.recurrent(...)";
                        case 2 -> "InputType.convolutional(...)";
                        default -> "InputType.convolutional3D(...)";
                    };
            throw new DL4JInvalidConfigException(
                    layer + ": input type is " + type + ", expected " + expected);
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
        if (type instanceof InputTypeRecurrent t) {
            return t.getSize();
        }
        if (type instanceof InputTypeConvolutional t) {
            return t.getChannels();
        }
        if (type instanceof InputTypeConvolutional3D t) {
            return t.getChannels();
        }
        if (type instanceof InputTypeConvolutionalFlat t) {
            return spatialRank == 2 ? t.getDepth() : t.getFlattenedSize();
        }
        return ((InputTypeFeedForward) type).getSize();
    }

    /** Spatial size, one number for each dimension; null if the type does not specify it. */
    public static long[] size(InputType type, int spatialRank) {
        if (type instanceof InputTypeRecurrent t) {
            long length = t.getTimeSeriesLength();
            return length > 0 ? new long[] {length} : null;
        }
        if (type instanceof InputTypeConvolutional t) {
            return new long[] {t.getHeight(), t.getWidth()};
        }
        if (type instanceof InputTypeConvolutional3D t) {
            return new long[] {t.getDepth(), t.getHeight(), t.getWidth()};
        }
        if (type instanceof InputTypeConvolutionalFlat t && spatialRank == 2) {
            return new long[] {t.getHeight(), t.getWidth()};
        }
        return new long[0];
    }

    /** Whether activations of this type have their channels last (NWC, NHWC, NDHWC). */
    public static boolean channelsLast(InputType type) {
        return type instanceof InputTypeRecurrent r && r.getFormat() == RNNFormat.NWC
                || type instanceof InputTypeConvolutional c && c.getFormat() == CNN2DFormat.NHWC
                || type instanceof InputTypeConvolutional3D v
                        && v.getDataFormat() == Convolution3D.DataFormat.NDHWC;
    }

    /**
     * The layer's output type for this input type, in the same data format.
     *
     * @throws DL4JInvalidConfigException if the input type does not fit the layer
     */
    public static InputType output(InputType type, LayerSpec spec, String layer) {
        check(type, spec.spatialRank(), layer);
        long[] input = size(type, spec.spatialRank());
        long channels = spec.outChannels();
        try {
            long[] size = input == null ? null : spec.outputSize(input);
            return switch (spec.spatialRank()) {
                case LayerSpec.ANY_RANK -> type;
                case 0 -> InputType.feedForward(channels);
                case 1 -> {
                    InputTypeRecurrent r = (InputTypeRecurrent) type;
                    long length = size == null ? r.getTimeSeriesLength() : size[0];
                    yield InputType.recurrent(channels, length, r.getFormat());
                }
                case 2 -> {
                    CNN2DFormat format =
                            type instanceof InputTypeConvolutional c
                                    ? c.getFormat()
                                    : CNN2DFormat.NCHW;
                    yield InputType.convolutional(size[0], size[1], channels, format);
                }
                default -> {
                    Convolution3D.DataFormat format =
                            ((InputTypeConvolutional3D) type).getDataFormat();
                    yield InputType.convolutional3D(format, size[0], size[1], size[2], channels);
                }
            };
        } catch (IllegalArgumentException e) {
            throw new DL4JInvalidConfigException(layer + ": " + e.getMessage());
        }
    }

    /**
     * The preprocessor that DL4J needs between this type and a layer with that many spatial
     * dimensions, or null.
     *
     * @throws DL4JInvalidConfigException if DL4J has none for this pair
     */
    public static InputPreProcessor preProcessor(InputType type, int spatialRank, String layer) {
        try {
            return switch (spatialRank) {
                case LayerSpec.ANY_RANK -> null;
                case 0 -> flattening(type);
                case 1 ->
                        InputTypeUtil.getPreprocessorForInputTypeRnnLayers(
                                type,
                                type instanceof InputTypeRecurrent r
                                        ? r.getFormat()
                                        : RNNFormat.NCW,
                                layer);
                case 2 -> InputTypeUtil.getPreProcessorForInputTypeCnnLayers(type, layer);
                default -> InputTypeUtil.getPreProcessorForInputTypeCnn3DLayers(type, layer);
            };
        } catch (RuntimeException e) { // "Unknown input type", without the layer's name
            throw new DL4JInvalidConfigException(
                    layer + ": input type is " + type + "; " + e.getMessage(), e);
        }
    }

    private static InputPreProcessor flattening(InputType type) {
        if (type instanceof InputTypeConvolutional c) {
            return new CnnToFeedForwardPreProcessor(
                    c.getHeight(), c.getWidth(), c.getChannels(), c.getFormat());
        }
        if (type instanceof InputTypeConvolutional3D v) {
            return new Cnn3DToFeedForwardPreProcessor(
                    v.getDepth(),
                    v.getHeight(),
                    v.getWidth(),
                    v.getChannels(),
                    v.getDataFormat() == Convolution3D.DataFormat.NCDHW);
        }
        return type instanceof InputTypeRecurrent r
                ? new RnnToFeedForwardPreProcessor(r.getFormat())
                : null;
    }
}
