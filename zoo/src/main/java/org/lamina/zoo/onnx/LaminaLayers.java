package org.lamina.zoo.onnx;

import static org.lamina.zoo.onnx.OnnxGraph.attribute;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import onnx.Onnx.AttributeProto;
import org.lamina.spec.BatchNormSpec;
import org.lamina.spec.CombinedConvSpec;
import org.lamina.spec.ConvGeometry;
import org.lamina.spec.ConvModernSpec;
import org.lamina.spec.ConvSpec;
import org.lamina.spec.ConvTransposeGeometry;
import org.lamina.spec.ConvTransposeSpec;
import org.lamina.spec.DenseSpec;
import org.lamina.spec.DepthwiseConvSpec;
import org.lamina.spec.ECASpec;
import org.lamina.spec.InstanceNormSpec;
import org.lamina.spec.LayerSpec;
import org.lamina.spec.LocalConvSpec;
import org.lamina.spec.NonlinearitySpec;
import org.lamina.spec.PReLUSpec;
import org.lamina.spec.PaddingMode;
import org.lamina.spec.SeparableConvSpec;
import org.lamina.spec.SkipInitGainSpec;
import org.lamina.spec.SqueezeExcitationSpec;
import org.lamina.spec.StochasticDepthSpec;
import org.lamina.spec.SwishSpec;
import org.lamina.spec.TemporalSpatialConvSpec;
import org.lamina.spec.UpsampleGeometry;
import org.lamina.spec.UpsampleSpec;
import org.lamina.spec.WSConvSpec;
import org.lamina.spec.WSConvTransposeSpec;
import org.lamina.zoo.network.Folding;
import org.lamina.zoo.weights.WeightsException;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Nodes for the layers of this project, from their specs, which both forms share. */
final class LaminaLayers {

    private final OnnxGraph graph;
    private final OnnxOptions options;
    private final TimeMasks masks;

    LaminaLayers(OnnxGraph graph, OnnxOptions options, TimeMasks masks) {
        this.graph = graph;
        this.options = options;
        this.masks = masks;
    }

    /**
     * A layer with its activation function, in evaluation.
     *
     * @param params the layer's parameters by name
     * @param x input, channels first
     * @return null if the layer is of a kind that cannot be written
     */
    Value layer(
            String name,
            LayerSpec spec,
            Map<String, INDArray> params,
            IActivation activation,
            Value x) {
        Value z = linear(name, spec, params, masks.zeroed(name + ".input", x));
        return z == null ? null : masks.zeroed(name, Activations.apply(graph, name, activation, z));
    }

    private Value linear(String name, LayerSpec spec, Map<String, INDArray> params, Value x) {
        INDArray weight = params.get("W");
        INDArray bias = params.get("b");
        if (spec instanceof ConvSpec conv) {
            return conv(name, x, weight, bias, conv.geometry());
        } else if (spec instanceof DepthwiseConvSpec conv) {
            return depthwise(name, x, weight, bias, conv);
        } else if (spec instanceof WSConvSpec conv) {
            INDArray standardized =
                    Folding.standardized(
                            weight,
                            params.get(WSConvSpec.GAIN),
                            conv.standardization(),
                            weight.size(0));
            return conv(name, x, standardized, bias, conv.conv().geometry());
        } else if (spec instanceof WSConvTransposeSpec conv) {
            return transposed(name, x, standardized(conv, params), bias, conv.conv().geometry());
        } else if (spec instanceof ConvTransposeSpec conv) {
            return transposed(name, x, weight, bias, conv.geometry());
        } else if (spec instanceof SeparableConvSpec separable) {
            return separable(name, x, separable, params);
        } else if (spec instanceof DenseSpec) {
            return dense(name, x, weight, bias);
        } else if (spec instanceof BatchNormSpec norm) {
            return batchNorm(name, x, params, norm.eps());
        } else if (spec instanceof InstanceNormSpec norm) {
            return instanceNorm(name, x, norm, params);
        } else if (spec instanceof SqueezeExcitationSpec squeeze) {
            return squeezeExcitation(name, x, squeeze, params);
        } else if (spec instanceof ECASpec attention) {
            return channelAttention(name, x, attention, weight);
        } else if (spec instanceof LocalConvSpec local) {
            return localConv(name, x, local, params);
        } else if (spec instanceof ConvModernSpec modern) {
            return convModern(name, x, modern, params);
        } else if (spec instanceof TemporalSpatialConvSpec front) {
            return fronts().temporalSpatialConv(name, x, front, params);
        } else if (spec instanceof CombinedConvSpec front) {
            return fronts().combinedConv(name, x, front, params);
        } else if (spec instanceof UpsampleSpec upsample) {
            return upsample(name, x, upsample.geometry());
        }
        return elementwise(name, spec, params, x);
    }

    private TemporalSpatialNodes fronts() {
        return new TemporalSpatialNodes(this, options.publishedOrder());
    }

    private Value elementwise(String name, LayerSpec spec, Map<String, INDArray> params, Value x) {
        if (spec instanceof SkipInitGainSpec) {
            return x.times(params.get(SkipInitGainSpec.GAIN).getDouble(0));
        } else if (spec instanceof PReLUSpec) {
            return prelu(name, x, params.get(PReLUSpec.SLOPE));
        } else if (spec instanceof SwishSpec swish) {
            if (!swish.learnableBeta()) {
                return Activations.swish(graph, name, graph.plain(x), swish.beta());
            }
            Value plain = graph.plain(x);
            String beta = graph.constant(name + ".beta", byChannel(params.get(SwishSpec.BETA), x));
            Value slope = x.like(graph.node("Mul", name + ".slope", List.of(plain.tensor(), beta)));
            return graph.zip("Mul", name, plain, graph.map("Sigmoid", name + ".gate", slope));
        }
        boolean identity = spec instanceof NonlinearitySpec || spec instanceof StochasticDepthSpec;
        return identity ? x : null;
    }

    /** A vector as {@code [C, 1, ...]}, which broadcasts along the spatial dimensions. */
    private static INDArray byChannel(INDArray vector, Value x) {
        long[] shape = LongStream.generate(() -> 1).limit(x.rank() - 1L).toArray();
        shape[0] = vector.length();
        return vector.reshape('c', shape);
    }

    // ---- convolutions ---------------------------------------------------------------------------

    /**
     * A convolution.
     *
     * @param weight {@code [out, in / groups, k...]}
     * @param bias null for none
     */
    Value conv(String name, Value x, INDArray weight, INDArray bias, ConvGeometry geometry) {
        int[] before = geometry.padBefore();
        int[] after = geometry.padAfter();
        Value input = x;
        if (geometry.paddingMode() != PaddingMode.ZEROS) {
            input =
                    Layout.padded(
                            graph, name + ".padded", x, before, after, geometry.paddingMode());
            before = new int[before.length];
            after = before;
        }
        long[] shape = x.shape(weight.size(0), size(x, geometry::outputSize));
        List<AttributeProto> attributes = windowed(geometry, before, after);
        String mask = masks.after(name, geometry, x);
        return graph.affine("Conv", name, input, weight, bias, geometry.groups(), shape, attributes)
                .masked(mask);
    }

    /** Sizes of the output where those of the input are known, else open ones. */
    private static long[] size(Value x, UnaryOperator<long[]> outputSize) {
        long[] size = x.spatial();
        if (x.sized()) {
            return outputSize.apply(size);
        }
        Arrays.fill(size, Value.OPEN);
        return size;
    }

    private static List<AttributeProto> windowed(ConvGeometry geometry, int[] before, int[] after) {
        int[] pads = IntStream.concat(Arrays.stream(before), Arrays.stream(after)).toArray();
        return List.of(
                attribute("kernel_shape", geometry.kernelSize()),
                attribute("strides", geometry.stride()),
                attribute("dilations", geometry.dilation()),
                attribute("pads", pads),
                attribute("group", (long) geometry.groups()));
    }

    Value depthwise(String name, Value x, INDArray weight, INDArray bias, DepthwiseConvSpec spec) {
        return conv(name, x, weight, bias, spec.geometry().withGroups((int) spec.inChannels()));
    }

    private Value separable(
            String name, Value x, SeparableConvSpec spec, Map<String, INDArray> params) {
        Value between =
                depthwise(
                        name + ".depthwise",
                        x,
                        params.get(SeparableConvSpec.DEPTHWISE_WEIGHT),
                        params.get(SeparableConvSpec.DEPTHWISE_BIAS),
                        spec.depthwise());
        return conv(
                name,
                between,
                params.get(SeparableConvSpec.POINTWISE_WEIGHT),
                params.get(SeparableConvSpec.POINTWISE_BIAS),
                spec.pointwise().geometry());
    }

    /**
     * A transposed convolution.
     *
     * @param weight {@code [in, out / groups, k...]}
     */
    Value transposed(
            String name, Value x, INDArray weight, INDArray bias, ConvTransposeGeometry geometry) {
        ConvGeometry conv = geometry.convolution();
        int[] outputPadding = geometry.givenOutputPadding();
        if (geometry.exactSize() != null) {
            if (!x.sized()) {
                throw new WeightsException(
                        "layer \"%s\": an exact output size needs the network's input type, with"
                                + " its spatial size",
                        name);
            }
            outputPadding = geometry.outputPadding(x.spatial());
        }
        long channels = weight.size(1) * geometry.groups();
        long[] shape = x.shape(channels, size(x, geometry::outputSize));
        List<AttributeProto> attributes =
                new ArrayList<>(windowed(conv, conv.padBefore(), conv.padAfter()));
        attributes.add(attribute("output_padding", outputPadding));
        String mask = masks.after(name, geometry, outputPadding[0], x);
        return graph.affine(
                        "ConvTranspose",
                        name,
                        x,
                        weight,
                        bias,
                        geometry.groups(),
                        shape,
                        attributes)
                .masked(mask);
    }

    private static INDArray standardized(WSConvTransposeSpec spec, Map<String, INDArray> params) {
        INDArray weight = params.get("W");
        INDArray gain = params.get(WSConvSpec.GAIN);
        if (spec.perInputChannel()) {
            return Folding.standardized(weight, gain, spec.standardization(), spec.inChannels());
        }
        long[] grouped = spec.conv().groupedShape();
        INDArray outputsFirst = weight.dup('c').reshape('c', grouped).permute(0, 2, 1, 3).dup('c');
        INDArray rows =
                Folding.standardized(
                        outputsFirst, gain, spec.standardization(), spec.outChannels());
        return rows.permute(0, 2, 1, 3).dup('c').reshape('c', weight.shape());
    }

    /**
     * Filters of their own for every position: the input's elements under each, gathered, times the
     * filters.
     */
    private Value localConv(
            String name, Value x, LocalConvSpec spec, Map<String, INDArray> params) {
        String weight = graph.constant(name + ".weight", params.get("W"));
        String bias = spec.bias() ? graph.constant(name + ".bias", params.get("b")) : null;
        return localConv(name, x, spec, weight, "nrp,orp->nop", bias);
    }

    Value localConv(
            String name, Value x, LocalConvSpec spec, String weight, String equation, String bias) {
        Value flat = Layout.flat(graph, name + ".flat", graph.plain(x));
        // One more element, 0, for what lies outside.
        String one =
                graph.node(
                        "Pad",
                        name + ".with-zero",
                        List.of(flat.tensor(), graph.integers(name + ".one", 0, 0, 0, 1)),
                        attribute("mode", "constant"));
        String places =
                graph.integers(name + ".places", places(spec), spec.taps(), spec.positions());
        String patches =
                graph.node(
                        "Gather", name + ".patches", List.of(one, places), attribute("axis", 1L));
        String product =
                graph.node(
                        "Einsum",
                        name + ".product",
                        List.of(patches, weight),
                        attribute("equation", equation));
        if (bias != null) {
            product = graph.node("Add", name + ".sum", List.of(product, bias));
        }
        long[] size = spec.geometry().outputSize(spec.inputSize());
        long[] shape = x.shape(spec.outChannels(), size);
        long[] target = shape.clone();
        target[0] = -1;
        return graph.reshaped(name, new Value(product, shape), target, shape)
                .masked(masks.after(name, spec.geometry(), x));
    }

    /**
     * For each element of a filter (channel, then position in the kernel) and each output position:
     * the index of the input element there, channels first, or one beyond the last for a zero.
     */
    private static long[] places(LocalConvSpec spec) {
        ConvGeometry geometry = spec.geometry();
        long[] size = spec.inputSize();
        long[] output = geometry.outputSize(size);
        int[] kernel = geometry.kernelSize();
        long volume = LongStream.of(size).reduce(1, (a, b) -> a * b);
        int taps = (int) geometry.kernelVolume();
        int positions = (int) spec.positions();
        long[] places = new long[(int) (spec.taps() * positions)];
        int next = 0;
        for (long c = 0; c < spec.inChannels(); c++) {
            for (int t = 0; t < taps; t++) {
                for (int p = 0; p < positions; p++) {
                    long index = index(geometry, size, output, kernel, t, p);
                    places[next++] = index < 0 ? spec.inChannels() * volume : c * volume + index;
                }
            }
        }
        return places;
    }

    private static long index(
            ConvGeometry geometry,
            long[] size,
            long[] output,
            int[] kernel,
            long tap,
            long position) {
        long index = 0;
        long step = 1;
        long t = tap;
        long p = position;
        for (int d = size.length - 1; d >= 0; d--) {
            long at =
                    p % output[d] * geometry.stride()[d]
                            + t % kernel[d] * geometry.dilation()[d]
                            - geometry.padBefore()[d];
            long source = geometry.paddingMode().sourceOf(at, size[d]);
            if (source < 0) {
                return -1;
            }
            index += source * step;
            step *= size[d];
            p /= output[d];
            t /= kernel[d];
        }
        return index;
    }

    // ---- dense ----------------------------------------------------------------------------------

    /**
     * A fully connected layer. Defaults are written, too: SameDiff's import takes what is missing
     * for 0.
     *
     * @param weight {@code [in, out]}
     * @param bias null for none
     */
    Value dense(String name, Value x, INDArray weight, INDArray bias) {
        return graph.affine(
                "Gemm",
                name,
                x,
                weight.transpose(),
                bias,
                1,
                new long[] {x.shape()[0], weight.size(1)},
                List.of(
                        attribute("alpha", 1.0),
                        attribute("beta", 1.0),
                        attribute("transA", 0L),
                        attribute("transB", 1L)));
    }

    // ---- normalization --------------------------------------------------------------------------

    Value batchNorm(String name, Value x, Map<String, INDArray> params, double eps) {
        return batchNorm(
                name,
                x,
                params.get(BatchNormSpec.GAMMA),
                params.get(BatchNormSpec.BETA),
                params.get(BatchNormSpec.MEAN),
                params.get(BatchNormSpec.VARIANCE),
                eps);
    }

    /** Batch normalization with given statistics: folded into what is before it, or a node. */
    Value batchNorm(
            String name,
            Value x,
            INDArray gamma,
            INDArray beta,
            INDArray mean,
            INDArray variance,
            double eps) {
        Folding.Linear linear = Folding.batchNorm(gamma, beta, mean, variance, eps);
        Affine before = options.foldBatchNorm() ? graph.foldable(x) : null;
        if (before != null) {
            before.scaleOutput(linear.scale(), linear.shift());
            return x;
        }
        if (Nd4j.min(variance).getDouble(0) + eps == 0) {
            String factor = graph.constant(name + ".scale", byChannel(linear.scale(), x));
            String summand = graph.constant(name + ".shift", byChannel(linear.shift(), x));
            String scaled =
                    graph.node("Mul", name + ".scaled", List.of(graph.plain(x).tensor(), factor));
            return x.like(graph.node("Add", name, List.of(scaled, summand)));
        }
        List<String> inputs =
                List.of(
                        graph.plain(x).tensor(),
                        graph.constant(name + ".gamma", vector(gamma)),
                        graph.constant(name + ".beta", vector(beta)),
                        graph.constant(name + ".mean", vector(mean)),
                        graph.constant(name + ".var", vector(variance)));
        String output = graph.node("BatchNormalization", name, inputs, attribute("epsilon", eps));
        return x.like(output);
    }

    private static INDArray vector(INDArray array) {
        return array.dup('c').reshape(array.length());
    }

    private Value instanceNorm(
            String name, Value x, InstanceNormSpec spec, Map<String, INDArray> params) {
        INDArray gamma = params.get(InstanceNormSpec.GAMMA);
        INDArray beta = params.get(InstanceNormSpec.BETA);
        INDArray ones = Nd4j.ones(DataType.FLOAT, spec.inChannels());
        INDArray zeros = Nd4j.zeros(DataType.FLOAT, spec.inChannels());
        if (x.mask() != null) {
            return maskedNorm(name, x, gamma, beta, spec.eps());
        }
        List<String> inputs =
                List.of(
                        graph.plain(x).tensor(),
                        graph.constant(name + ".gamma", gamma == null ? ones : vector(gamma)),
                        graph.constant(name + ".beta", beta == null ? zeros : vector(beta)));
        String output =
                graph.node("InstanceNormalization", name, inputs, attribute("epsilon", spec.eps()));
        return x.like(output);
    }

    /** Instance normalization of what counts. */
    private Value maskedNorm(String name, Value given, INDArray gamma, INDArray beta, double eps) {
        Value x = graph.plain(masks.zeroed(name + ".counting", given));
        String axis = graph.integers(name + ".axis", 2);
        String count = graph.node("Unsqueeze", name + ".count", List.of(masks.count(x), axis));
        String mean = mean(name + ".mean", x.tensor(), axis, count);
        String distance = graph.node("Sub", name + ".distance", List.of(x.tensor(), mean));
        Value centred = masks.zeroed(name + ".centred", x.like(distance));
        Value square = graph.zip("Mul", name + ".square", centred, centred);
        Value variance =
                new Value(
                        mean(name + ".variance", square.tensor(), axis, count),
                        x.shape()[0],
                        x.channels(),
                        1);
        Value spread =
                graph.map(
                        "Sqrt", name + ".spread", graph.with("Add", name + ".sum", variance, eps));
        Value y = graph.zip("Div", name + ".normal", centred, spread);
        if (gamma != null) {
            String factor = graph.constant(name + ".gamma", byChannel(gamma, x));
            y = x.like(graph.node("Mul", name + ".scaled", List.of(y.tensor(), factor)));
        }
        if (beta != null) {
            String summand = graph.constant(name + ".beta", byChannel(beta, x));
            y = x.like(graph.node("Add", name, List.of(y.tensor(), summand)));
        }
        return y;
    }

    private String mean(String name, String tensor, String axis, String count) {
        String sum = graph.node("ReduceSum", name + ".sum", List.of(tensor, axis));
        return graph.node("Div", name, List.of(sum, count));
    }

    // ---- others ---------------------------------------------------------------------------------

    private Value squeezeExcitation(
            String name, Value x, SqueezeExcitationSpec spec, Map<String, INDArray> params) {
        Value gate = dense(name + ".hidden", mean(name, x), params.get("W1"), params.get("b1"));
        gate = Activations.apply(graph, name + ".hidden", spec.innerActivation(), gate);
        gate = dense(name + ".gate", gate, params.get("W2"), params.get("b2"));
        gate = Activations.apply(graph, name + ".gate", spec.gate(), gate);
        return gated(name, x, gate.times(spec.scale()));
    }

    private Value channelAttention(String name, Value x, ECASpec spec, INDArray weight) {
        Value means = mean(name, x);
        long[] row = {-1, 1, spec.inChannels()};
        Value series = graph.reshaped(name + ".row", means, row, row);
        Value gate = conv(name + ".gate", series, weight, null, spec.convolution().geometry());
        long[] column = {-1, spec.inChannels()};
        gate = graph.reshaped(name + ".column", gate, column, column);
        gate = Activations.apply(graph, name + ".gate", spec.gate(), gate);
        return gated(name, x, gate.times(spec.scale()));
    }

    /** The mean of each channel, {@code [N, C]}. */
    private Value mean(String name, Value x) {
        if (x.rank() == 2) {
            return x;
        }
        if (x.mask() != null) {
            String axis = graph.integers(name + ".time", 2);
            String sum =
                    graph.node(
                            "ReduceSum",
                            name + ".sum",
                            List.of(x.tensor(), axis),
                            attribute("keepdims", 0L));
            String mean = graph.node("Div", name + ".mean", List.of(sum, masks.count(x)));
            return new Value(mean, Arrays.copyOf(x.shape(), 2), x.factor());
        }
        String mean =
                graph.node(
                        "ReduceMean",
                        name + ".mean",
                        List.of(x.tensor()),
                        attribute("axes", IntStream.range(2, x.rank()).toArray()),
                        attribute("keepdims", 0L));
        return new Value(mean, Arrays.copyOf(x.shape(), 2), x.factor());
    }

    /** A value times a factor for each channel, {@code [N, C]}. */
    private Value gated(String name, Value x, Value gate) {
        String factors = gate.tensor();
        if (x.rank() > 2) {
            // SameDiff's import fails at Unsqueeze.
            long[] shape = new long[x.rank()];
            Arrays.fill(shape, 1);
            shape[0] = Value.OPEN;
            shape[1] = x.channels();
            factors = graph.reshaped(name + ".factors", gate, shape, shape).tensor();
        }
        String product = graph.node("Mul", name, List.of(x.tensor(), factors));
        return x.like(product).times(x.factor() * gate.factor());
    }

    private Value prelu(String name, Value x, INDArray slope) {
        String slopes = graph.constant(name + ".slope", byChannel(slope, x));
        String output = graph.node("PRelu", name, List.of(graph.plain(x).tensor(), slopes));
        return x.like(output);
    }

    /** Interpolation with aligned corners. ONNX Runtime has it for images and volumes only. */
    private Value upsample(String name, Value x, UpsampleGeometry geometry) {
        if (x.mask() != null) {
            throw TimeMasks.refused(name, "upsampling");
        }
        if (x.rank() == 3) {
            long[] wide = {x.shape()[0], x.channels(), 1, x.shape()[2]};
            String axis = graph.integers(name + ".axis", 2);
            Value image =
                    new Value(
                            graph.node("Unsqueeze", name + ".image", List.of(x.tensor(), axis)),
                            wide,
                            x.factor());
            Value large = resized(name + ".large", image, geometry, 1);
            String row = graph.node("Squeeze", name, List.of(large.tensor(), axis));
            long[] shape = {x.shape()[0], x.channels(), large.shape()[3]};
            return new Value(row, shape, x.factor());
        }
        return resized(name, x, geometry, 0);
    }

    /**
     * A resizing.
     *
     * @param extra number of spatial dimensions before those of the geometry, which stay
     */
    private Value resized(String name, Value x, UpsampleGeometry geometry, int extra) {
        String shape = graph.node("Shape", name + ".from", List.of(x.tensor()));
        int kept = 2 + extra;
        String outer =
                Layout.sliced(graph, name + ".outer", new Value(shape, x.rank()), 0, 0, kept);
        String sizes;
        if (geometry.size() != null) {
            sizes = graph.integers(name + ".size", geometry.size());
        } else {
            String inner =
                    Layout.sliced(
                            graph, name + ".inner", new Value(shape, x.rank()), 0, kept, x.rank());
            String real = graph.node("Cast", name + ".real", List.of(inner), attribute("to", 1L));
            INDArray scale = Nd4j.createFromArray(geometry.scale());
            String product =
                    graph.node(
                            "Mul",
                            name + ".product",
                            List.of(real, graph.constant(name + ".scale", scale)));
            String floor = graph.node("Floor", name + ".floor", List.of(product));
            sizes = graph.node("Cast", name + ".size", List.of(floor), attribute("to", 7L));
        }
        String target =
                graph.node("Concat", name + ".to", List.of(outer, sizes), attribute("axis", 0L));
        String output =
                graph.node(
                        "Resize",
                        name,
                        List.of(x.tensor(), "", "", target),
                        attribute("mode", "linear"),
                        attribute("coordinate_transformation_mode", "align_corners"));
        long[] result = x.shape().clone();
        for (int d = 0; d < geometry.rank(); d++) {
            long size = x.shape()[kept + d];
            boolean known = geometry.size() != null || size > 0;
            result[kept + d] = known ? geometry.outputLength(d, size) : Value.OPEN;
        }
        return new Value(output, result, x.factor());
    }

    private Value convModern(
            String name, Value x, ConvModernSpec spec, Map<String, INDArray> params) {
        Value value = x;
        if (spec.activatesInput()) {
            value = normalizedAndActivated(name + ".input", value, spec, params);
        }
        if (spec.upsampling() != null) {
            value = upsample(name + ".up", value, spec.upsampling());
        }
        boolean last = spec.activatesInput();
        value =
                conv(
                        last ? name : name + ".conv",
                        value,
                        params.get("W"),
                        params.get("b"),
                        spec.convolution().geometry());
        return last ? value : normalizedAndActivated(name, value, spec, params);
    }

    private Value normalizedAndActivated(
            String name, Value x, ConvModernSpec spec, Map<String, INDArray> params) {
        Value value = x;
        LayerSpec norm = spec.normalization();
        if (norm != null) {
            value = linear(name + ".norm", norm, params, value);
        }
        Value activated =
                switch (spec.activator()) {
                    case RELU -> Activations.apply(graph, name, new ActivationReLU(), value);
                    case PRELU -> prelu(name, value, params.get(PReLUSpec.SLOPE));
                    case NULL -> value;
                };
        return masks.zeroed(name, activated);
    }
}
