package org.lamina.zoo.onnx;

import static org.lamina.zoo.onnx.OnnxGraph.attribute;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import onnx.Onnx.AttributeProto;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.Cnn3DLossLayer;
import org.deeplearning4j.nn.conf.layers.CnnLossLayer;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.nn.conf.layers.Deconvolution3D;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingSequenceLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LocalResponseNormalization;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PReLULayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.RnnLossLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.deeplearning4j.nn.conf.layers.Subsampling1DLayer;
import org.deeplearning4j.nn.conf.layers.Subsampling3DLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.Upsampling1D;
import org.deeplearning4j.nn.conf.layers.Upsampling2D;
import org.deeplearning4j.nn.conf.layers.Upsampling3D;
import org.deeplearning4j.nn.conf.layers.ZeroPadding1DLayer;
import org.deeplearning4j.nn.conf.layers.ZeroPadding3DLayer;
import org.deeplearning4j.nn.conf.layers.ZeroPaddingLayer;
import org.deeplearning4j.nn.conf.layers.convolutional.Cropping1D;
import org.deeplearning4j.nn.conf.layers.convolutional.Cropping2D;
import org.deeplearning4j.nn.conf.layers.convolutional.Cropping3D;
import org.lamina.spec.PaddingMode;
import org.lamina.zoo.network.Networks;
import org.lamina.zoo.weights.WeightsException;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/** Nodes for DL4J's own layers that stand beside those of this project. */
final class Dl4jLayers {

    private final OnnxGraph graph;
    private final LaminaLayers parts;
    private final Recurrent recurrent;
    private final TimeMasks masks;

    Dl4jLayers(OnnxGraph graph, LaminaLayers parts, TimeMasks masks) {
        this.graph = graph;
        this.parts = parts;
        this.masks = masks;
        this.recurrent = new Recurrent(graph);
    }

    /**
     * A layer with its activation function, in evaluation.
     *
     * @param x input, channels first
     * @return null if the layer is of a kind that cannot be written
     */
    Value layer(String name, Layer layer, Map<String, INDArray> params, Value x) {
        return x.mask() == null ? unmasked(name, layer, params, x) : masked(name, layer, params, x);
    }

    /** Masked positions of the input are not zeroed by DL4J, those of the output by some layers. */
    private Value masked(String name, Layer layer, Map<String, INDArray> params, Value x) {
        if (layer instanceof GlobalPoolingLayer pool) {
            return maskedPooling(name, pool, x);
        } else if (layer instanceof ActivationLayer
                || layer instanceof BatchNormalization
                || layer instanceof RnnOutputLayer) {
            Value y = unmasked(name, layer, params, x.masked(null));
            return y.masked(x.mask());
        }
        Sliding window = null;
        if (layer instanceof Convolution1DLayer conv) {
            window = sliding(conv, x);
        } else if (layer instanceof Subsampling1DLayer pool) {
            window = sliding(pool, 1);
        }
        if (window == null) {
            return null;
        }
        // A position of the output counts where one that it sees does.
        String mask = x.mask();
        boolean padded =
                window.mode() == ConvolutionMode.Same || window.mode() == ConvolutionMode.Causal;
        if (!padded || window.stride()[0] != 1) {
            mask = graph.node("MaxPool", name + ".mask", List.of(mask), window.attributes());
        }
        return masks.zeroed(name, unmasked(name, layer, params, x.masked(null)).masked(mask));
    }

    private Value unmasked(String name, Layer layer, Map<String, INDArray> params, Value x) {
        if (layer instanceof RnnOutputLayer output) {
            return everyStep(name, output.getActivationFn(), params, x);
        } else if (layer instanceof DenseLayer || layer instanceof OutputLayer) {
            return dense(name, layer, params, x);
        } else if (layer instanceof RnnLossLayer loss) {
            return channelActivation(name, loss.getActivationFn(), x);
        } else if (layer instanceof CnnLossLayer loss) {
            return channelActivation(name, loss.getActivationFn(), x);
        } else if (layer instanceof Cnn3DLossLayer loss) {
            return channelActivation(name, loss.getActivationFn(), x);
        } else if (layer instanceof LossLayer loss) {
            return Activations.apply(graph, name, loss.getActivationFn(), x);
        } else if (layer instanceof ActivationLayer activation) {
            return Activations.apply(graph, name, activation.getActivationFn(), x);
        } else if (layer instanceof DropoutLayer) {
            return x;
        } else if (layer instanceof ConvolutionLayer conv) {
            return convolution(name, conv, params, x);
        }
        Value pooled = pooling(name, layer, x);
        pooled = pooled == null ? moved(name, layer, x) : pooled;
        pooled = pooled == null ? others(name, layer, params, x) : pooled;
        return pooled == null ? recurrent.layer(name, layer, params, x) : pooled;
    }

    // ---- dense ----------------------------------------------------------------------------------

    private Value dense(String name, Layer layer, Map<String, INDArray> params, Value x) {
        if (!Networks.isAffine(params)) {
            throw new WeightsException(
                    "layer \"%s\": a dense layer with layer normalization cannot be written", name);
        }
        IActivation f = ((org.deeplearning4j.nn.conf.layers.BaseLayer) layer).getActivationFn();
        Value flat = Layout.flat(graph, name + ".flat", x);
        Value z = parts.dense(name, flat, params.get("W"), params.get("b"));
        return Activations.apply(graph, name, f, z);
    }

    /** The same dense layer at every time step: a convolution of length 1. */
    private Value everyStep(String name, IActivation f, Map<String, INDArray> params, Value x) {
        INDArray weight = params.get("W").transpose().dup('c');
        Value z =
                graph.affine(
                        "Conv",
                        name,
                        x,
                        weight.reshape('c', weight.size(0), weight.size(1), 1),
                        params.get("b"),
                        1,
                        new long[] {x.shape()[0], weight.size(0), x.shape()[2]},
                        List.of(attribute("kernel_shape", new int[] {1})));
        return channelActivation(name, f, z);
    }

    /** An activation function whose axis, if it has one, is that of the channels. */
    private Value channelActivation(String name, IActivation f, Value x) {
        if (!(f instanceof org.nd4j.linalg.activations.impl.ActivationSoftmax)) {
            return Activations.apply(graph, name, f, x);
        }
        return graph.map("Softmax", name, x, attribute("axis", 1L));
    }

    // ---- convolutions ---------------------------------------------------------------------------

    private Value convolution(
            String name, ConvolutionLayer layer, Map<String, INDArray> params, Value x) {
        INDArray weight = params.get("W");
        INDArray bias = params.get("b");
        Sliding sliding = sliding(layer, x);
        Value z;
        if (layer instanceof Deconvolution2D) {
            z = deconvolution(name, sliding, weight, bias, x);
        } else if (layer instanceof Deconvolution3D) {
            z = deconvolution(name, sliding, weight.permute(4, 3, 0, 1, 2), bias, x);
        } else if (layer instanceof DepthwiseConvolution2D) {
            z = conv(name, sliding, depthwiseFilters(weight), bias, (int) weight.size(2), x);
        } else if (layer instanceof SeparableConvolution2D) {
            long in = weight.size(1);
            INDArray filters =
                    weight.permute(1, 0, 2, 3)
                            .dup('c')
                            .reshape('c', in * weight.size(0), 1, weight.size(2), weight.size(3));
            Value between = conv(name + ".depthwise", sliding, filters, null, (int) in, x);
            Sliding point = Sliding.of(2, new int[] {1, 1}, null, null, null, null);
            z = conv(name, point, params.get("pW"), bias, 1, between);
        } else if (layer instanceof Convolution1DLayer) {
            // DL4J takes the weight's elements as [k, in, out], whatever shape it shows.
            INDArray filters =
                    weight.dup('c')
                            .reshape('c', weight.size(2), weight.size(1), weight.size(0))
                            .permute(2, 1, 0)
                            .dup('c');
            z = conv(name, sliding, filters, bias, 1, x);
        } else if (layer.getClass() == ConvolutionLayer.class || layer instanceof Convolution3D) {
            z = conv(name, sliding, weight, bias, 1, x);
        } else {
            return null;
        }
        return Activations.apply(graph, name, layer.getActivationFn(), z);
    }

    private static Sliding sliding(ConvolutionLayer layer, Value x) {
        return Sliding.of(
                x.rank() - 2,
                layer.getKernelSize(),
                layer.getStride(),
                layer.getDilation(),
                layer.getPadding(),
                layer.getConvolutionMode());
    }

    private Value conv(
            String name, Sliding sliding, INDArray weight, INDArray bias, int groups, Value x) {
        long[] shape = x.shape(weight.size(0), sliding.outputSize(x));
        List<AttributeProto> attributes = new ArrayList<>(sliding.attributes());
        attributes.add(attribute("group", (long) groups));
        return graph.affine("Conv", name, x, weight, bias, groups, shape, attributes);
    }

    private Value deconvolution(
            String name, Sliding sliding, INDArray weight, INDArray bias, Value x) {
        long[] size = x.spatial();
        boolean same = sliding.mode() == org.deeplearning4j.nn.conf.ConvolutionMode.Same;
        int rank = size.length;
        int[] pads = new int[2 * rank];
        int[] outputPadding = new int[rank];
        for (int d = 0; d < rank; d++) {
            int effective = sliding.dilation()[d] * (sliding.kernel()[d] - 1) + 1;
            int stride = sliding.stride()[d];
            int total = same ? effective - stride : 2 * sliding.padding()[d];
            // A kernel shorter than the stride leaves positions that no input reaches.
            outputPadding[d] = Math.max(0, -total);
            total = Math.max(0, total);
            pads[d] = total / 2;
            pads[rank + d] = total - total / 2;
            if (size[d] > 0) {
                size[d] = stride * (size[d] - 1) + effective - total + outputPadding[d];
            }
        }
        List<AttributeProto> attributes =
                List.of(
                        attribute("kernel_shape", sliding.kernel()),
                        attribute("strides", sliding.stride()),
                        attribute("dilations", sliding.dilation()),
                        attribute("pads", pads),
                        attribute("output_padding", outputPadding));
        long[] shape = x.shape(weight.size(1), size);
        return graph.affine("ConvTranspose", name, x, weight.dup('c'), bias, 1, shape, attributes);
    }

    // ---- pooling --------------------------------------------------------------------------------

    private Value pooling(String name, Layer layer, Value x) {
        if (layer instanceof GlobalPoolingLayer pool) {
            return globalPooling(name, pool, x);
        } else if (layer instanceof Subsampling3DLayer pool) {
            Sliding sliding =
                    Sliding.of(
                            3,
                            pool.getKernelSize(),
                            pool.getStride(),
                            pool.getDilation(),
                            pool.getPadding(),
                            pool.getConvolutionMode());
            return pooled(name, pool.getPoolingType(), sliding, false, 2, x);
        } else if (layer instanceof SubsamplingLayer pool) {
            Sliding sliding = sliding(pool, layer instanceof Subsampling1DLayer ? 1 : 2);
            return pooled(
                    name,
                    pool.getPoolingType(),
                    sliding,
                    pool.isAvgPoolIncludePadInDivisor(),
                    pool.getPnorm(),
                    x);
        }
        return null;
    }

    private static Sliding sliding(SubsamplingLayer pool, int rank) {
        return Sliding.of(
                rank,
                pool.getKernelSize(),
                pool.getStride(),
                pool.getDilation(),
                pool.getPadding(),
                pool.getConvolutionMode());
    }

    private Value pooled(
            String name, PoolingType type, Sliding sliding, boolean includePad, int p, Value x) {
        long[] shape = x.shape(x.channels(), sliding.outputSize(x));
        boolean dilated = Arrays.stream(sliding.dilation()).anyMatch(d -> d != 1);
        if (type == PoolingType.SUM || dilated && type != PoolingType.MAX) {
            throw new WeightsException(
                    "layer \"%s\": pooling %s%s cannot be written",
                    name, type, dilated ? " with dilation" : "");
        }
        List<AttributeProto> attributes = new ArrayList<>(sliding.attributes());
        String operator;
        switch (type) {
            case MAX -> operator = "MaxPool";
            case AVG -> {
                attributes.add(attribute("count_include_pad", includePad ? 1L : 0L));
                operator = "AveragePool";
            }
            default -> {
                attributes.add(attribute("p", (long) p));
                operator = "LpPool";
            }
        }
        Value input = type == PoolingType.AVG ? x : graph.plain(x);
        String output = graph.node(operator, name, List.of(input.tensor()), attributes);
        return new Value(output, shape, input.factor());
    }

    private Value globalPooling(String name, GlobalPoolingLayer pool, Value x) {
        int[] spatial = IntStream.range(2, x.rank()).toArray();
        int[] given = pool.getPoolingDimensions();
        if (given != null && !Arrays.equals(given, spatial)) {
            throw new WeightsException(
                    "layer \"%s\": pooling dimensions %s cannot be written; all spatial ones can",
                    name, Arrays.toString(given));
        }
        String operator =
                switch (pool.getPoolingType()) {
                    case MAX -> "ReduceMax";
                    case AVG -> "ReduceMean";
                    case SUM -> "ReduceSum";
                    case PNORM -> null;
                };
        boolean kept = !pool.isCollapseDimensions();
        long[] shape =
                kept ? x.shape(x.channels(), ones(spatial.length)) : Arrays.copyOf(x.shape(), 2);
        Value input = graph.plain(x);
        if (operator == null) {
            return norm(name, pool.getPnorm(), spatial, kept, input, shape);
        }
        String output = reduced(operator, name, input.tensor(), spatial, kept);
        return new Value(output, shape);
    }

    /** Over the positions that count. */
    private Value maskedPooling(String name, GlobalPoolingLayer pool, Value x) {
        if (pool.getPoolingType() == PoolingType.MAX) {
            String counts = masks.counts(x);
            String least = graph.scalar(name + ".least", Double.NEGATIVE_INFINITY);
            List<String> inputs = List.of(counts, graph.plain(x).tensor(), least);
            String known = graph.node("Where", name + ".counting", inputs);
            return globalPooling(name, pool, new Value(known, x.shape()));
        }
        Value zeroed = masks.zeroed(name + ".counting", x).masked(null);
        if (pool.getPoolingType() != PoolingType.AVG) {
            return globalPooling(name, pool, zeroed);
        }
        GlobalPoolingLayer sum = (GlobalPoolingLayer) pool.clone();
        sum.setPoolingType(PoolingType.SUM);
        Value total = globalPooling(name + ".total", sum, zeroed);
        String count = masks.count(x);
        if (total.rank() == 3) {
            String axis = graph.integers(name + ".axis", 2);
            count = graph.node("Unsqueeze", name + ".count", List.of(count, axis));
        }
        return total.like(graph.node("Div", name, List.of(total.tensor(), count)));
    }

    private static long[] ones(int count) {
        return LongStream.generate(() -> 1).limit(count).toArray();
    }

    private String reduced(String operator, String name, String tensor, int[] axes, boolean kept) {
        AttributeProto keep = attribute("keepdims", kept ? 1L : 0L);
        if (!operator.equals("ReduceSum")) {
            return graph.node(operator, name, List.of(tensor), attribute("axes", axes), keep);
        }
        long[] along = IntStream.of(axes).asLongStream().toArray();
        String axis = graph.integers(name + ".axes", along);
        return graph.node(operator, name, List.of(tensor, axis), keep);
    }

    /** {@code (sum |x|^p)^(1/p)}. */
    private Value norm(String name, int p, int[] axes, boolean kept, Value x, long[] shape) {
        Value power = graph.with("Pow", name + ".power", graph.map("Abs", name + ".abs", x), p);
        String sum = reduced("ReduceSum", name + ".sum", power.tensor(), axes, kept);
        return graph.with("Pow", name, new Value(sum, shape), 1.0 / p);
    }

    // ---- padding, cropping, upsampling ----------------------------------------------------------

    private Value moved(String name, Layer layer, Value x) {
        if (layer instanceof ZeroPadding1DLayer pad) {
            return padded(name, pad.getPadding(), x);
        } else if (layer instanceof ZeroPaddingLayer pad) {
            return padded(name, pad.getPadding(), x);
        } else if (layer instanceof ZeroPadding3DLayer pad) {
            return padded(name, pad.getPadding(), x);
        } else if (layer instanceof Cropping1D crop) {
            return cropped(name, crop.getCropping(), x);
        } else if (layer instanceof Cropping2D crop) {
            return cropped(name, crop.getCropping(), x);
        } else if (layer instanceof Cropping3D crop) {
            return cropped(name, crop.getCropping(), x);
        } else if (layer instanceof Upsampling1D up) {
            return repeated(name, up.getSize(), x);
        } else if (layer instanceof Upsampling2D up) {
            return repeated(name, up.getSize(), x);
        } else if (layer instanceof Upsampling3D up) {
            return repeated(name, up.getSize(), x);
        }
        return null;
    }

    /** Every second number, from the first or second on: those of one side. */
    private static int[] side(int[] numbers, int first) {
        return IntStream.range(0, numbers.length / 2).map(d -> numbers[2 * d + first]).toArray();
    }

    private Value padded(String name, int[] numbers, Value x) {
        return Layout.padded(graph, name, x, side(numbers, 0), side(numbers, 1), PaddingMode.ZEROS);
    }

    private Value cropped(String name, int[] numbers, Value x) {
        return Layout.cropped(graph, name, x, side(numbers, 0), side(numbers, 1));
    }

    /** Every position as often as the numbers say. */
    private Value repeated(String name, int[] numbers, Value x) {
        float[] scales = new float[x.rank()];
        Arrays.fill(scales, 1);
        long[] shape = x.shape().clone();
        for (int d = 0; d < x.rank() - 2; d++) {
            int times = numbers[Math.min(d, numbers.length - 1)];
            scales[2 + d] = times;
            shape[2 + d] = shape[2 + d] < 0 ? Value.OPEN : shape[2 + d] * times;
        }
        String factors = graph.constant(name + ".scales", Nd4j.createFromArray(scales));
        String output =
                graph.node(
                        "Resize",
                        name,
                        List.of(x.tensor(), "", factors),
                        attribute("mode", "nearest"),
                        attribute("coordinate_transformation_mode", "asymmetric"),
                        attribute("nearest_mode", "floor"));
        return new Value(output, shape, x.factor());
    }

    // ---- others ---------------------------------------------------------------------------------

    private Value others(String name, Layer layer, Map<String, INDArray> params, Value x) {
        if (layer instanceof BatchNormalization norm) {
            return batchNorm(name, norm, params, x);
        } else if (layer instanceof LocalResponseNormalization norm) {
            int half = (int) (norm.getN() / 2);
            long size = 2L * half + 1;
            return graph.map(
                    "LRN",
                    name,
                    x,
                    attribute("size", size),
                    attribute("alpha", norm.getAlpha() * size),
                    attribute("beta", norm.getBeta()),
                    attribute("bias", norm.getK()));
        } else if (layer instanceof PReLULayer) {
            INDArray slope = params.get("W");
            String slopes = graph.constant(name + ".slope", slope.dup('c'));
            String output = graph.node("PRelu", name, List.of(graph.plain(x).tensor(), slopes));
            return x.like(output);
        } else if (layer instanceof EmbeddingSequenceLayer embedding) {
            return embedding(name, embedding.getActivationFn(), params, x, true);
        } else if (layer instanceof EmbeddingLayer embedding) {
            return embedding(name, embedding.getActivationFn(), params, x, false);
        }
        return null;
    }

    private Value batchNorm(
            String name, BatchNormalization norm, Map<String, INDArray> params, Value x) {
        INDArray mean = params.get("mean");
        INDArray variance = variance(params);
        INDArray gamma = params.get("gamma");
        INDArray beta = params.get("beta");
        long channels = mean.length();
        return parts.batchNorm(
                name,
                x,
                gamma == null
                        ? Nd4j.valueArrayOf(new long[] {channels}, norm.getGamma(), DataType.DOUBLE)
                        : gamma,
                beta == null
                        ? Nd4j.valueArrayOf(new long[] {channels}, norm.getBeta(), DataType.DOUBLE)
                        : beta,
                mean,
                variance,
                norm.getEps());
    }

    /** Rows of the weight, by the indices that the input holds as real numbers. */
    private Value embedding(
            String name, IActivation f, Map<String, INDArray> params, Value x, boolean sequence) {
        String indices =
                graph.node(
                        "Cast",
                        name + ".index",
                        List.of(graph.plain(x).tensor()),
                        attribute("to", 7L));
        String axes = graph.integers(name + ".axis", 1);
        boolean single = !sequence || x.rank() == 3;
        String squeezed =
                single ? graph.node("Squeeze", name + ".indices", List.of(indices, axes)) : indices;
        INDArray weight = params.get("W");
        String table = graph.constant(name + ".weight", weight);
        String rows = graph.node("Gather", name + ".rows", List.of(table, squeezed));
        if (params.get("b") != null) {
            INDArray bias = params.get("b");
            String summand = graph.constant(name + ".bias", bias.dup().reshape(bias.length()));
            rows = graph.node("Add", name + ".sum", List.of(rows, summand));
        }
        if (!sequence) {
            return Activations.apply(graph, name, f, new Value(rows, x.shape()[0], weight.size(1)));
        }
        long steps = x.shape()[x.rank() - 1];
        Value series = new Value(rows, x.shape()[0], steps, weight.size(1));
        return Activations.apply(
                graph, name, f, graph.permuted(name + ".channels-first", series, 0, 2, 1));
    }

    /**
     * A depthwise convolution's filters, {@code [kh, kw, in, multiplier]} with DL4J, as a conv's.
     */
    static INDArray depthwiseFilters(INDArray weight) {
        return weight.permute(2, 3, 0, 1)
                .dup('c')
                .reshape('c', weight.size(2) * weight.size(3), 1, weight.size(0), weight.size(1));
    }

    /** The running variance of a batch normalization, of which DL4J may keep the logarithm. */
    static INDArray variance(Map<String, INDArray> params) {
        INDArray variance = params.get("var");
        if (variance != null) {
            return variance;
        }
        INDArray logarithm = params.get("log10stdev").castTo(DataType.DOUBLE);
        return Transforms.pow(
                Nd4j.valueArrayOf(logarithm.shape(), 10.0, DataType.DOUBLE), logarithm.mul(2));
    }
}
