package org.lamina.zoo.onnx;

import static java.util.Map.entry;
import static org.lamina.zoo.onnx.OnnxGraph.attribute;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import onnx.Onnx.AttributeProto;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.lamina.zoo.weights.WeightsException;
import org.nd4j.autodiff.functions.DifferentialFunction;
import org.nd4j.autodiff.samediff.internal.SameDiffOp;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationGELU;
import org.nd4j.linalg.activations.impl.ActivationLReLU;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.BaseReduceOp;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.api.ops.ScalarOp;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Nodes for ops of SameDiff: those that this project's graph functions consist of, and what often
 * stands beside them.
 */
final class SameDiffOps {

    /** Ops on arrays, element by element, that ONNX has. */
    private static final Map<String, String> PLAIN =
            Map.ofEntries(
                    entry("identity", "Identity"),
                    entry("add", "Add"),
                    entry("subtract", "Sub"),
                    entry("multiply", "Mul"),
                    entry("divide", "Div"),
                    entry("minimum", "Min"),
                    entry("maximum", "Max"),
                    entry("equals", "Equal"),
                    entry("greater", "Greater"),
                    entry("greater_equal", "GreaterOrEqual"),
                    entry("less", "Less"),
                    entry("less_equal", "LessOrEqual"),
                    entry("Pow", "Pow"),
                    entry("log", "Log"),
                    entry("exp", "Exp"),
                    entry("sqrt", "Sqrt"),
                    entry("abs", "Abs"),
                    entry("neg", "Neg"),
                    entry("sign", "Sign"),
                    entry("floor", "Floor"),
                    entry("erf", "Erf"),
                    entry("tanh", "Tanh"),
                    entry("sigmoid", "Sigmoid"),
                    entry("softplus", "Softplus"),
                    entry("softsign", "Softsign"),
                    entry("shape_of", "Shape"));

    /** Ops on an array and a number; a number first where the name says "r". */
    private static final Map<String, String> SCALAR =
            Map.ofEntries(
                    entry("add_scalar", "Add"),
                    entry("sub_scalar", "Sub"),
                    entry("mul_scalar", "Mul"),
                    entry("div_scalar", "Div"),
                    entry("rsub_scalar", "Sub"),
                    entry("rdiv_scalar", "Div"),
                    entry("max_scalar", "Max"),
                    entry("min_scalar", "Min"),
                    entry("pow", "Pow"),
                    entry("greaterthan_scalar", "Greater"),
                    entry("greaterthanorequal_scalar", "GreaterOrEqual"),
                    entry("lessthan_scalar", "Less"),
                    entry("lessthanorequal_scalar", "LessOrEqual"),
                    entry("equals_scalar", "Equal"));

    /** Ops whose arguments may be inputs, too, which are then not known here. */
    private static final Set<String> ARGUMENTS =
            Set.of(
                    "reduce_sum",
                    "reduce_mean",
                    "reduce_max",
                    "permute",
                    "transpose",
                    "expand_dims",
                    "squeeze",
                    "tile",
                    "reverse",
                    "strided_slice");

    /** Ops that are activation functions of DL4J's. */
    private static final Map<String, IActivation> ACTIVATIONS =
            Map.ofEntries(
                    entry("cube", Activation.CUBE.getActivationFunction()),
                    entry("hard_sigmoid", Activation.HARDSIGMOID.getActivationFunction()),
                    entry("hardtanh", Activation.HARDTANH.getActivationFunction()),
                    entry("rational_tanh", Activation.RATIONALTANH.getActivationFunction()),
                    entry("rectified_tanh", Activation.RECTIFIEDTANH.getActivationFunction()),
                    entry("relu6", Activation.RELU6.getActivationFunction()),
                    entry("selu", Activation.SELU.getActivationFunction()),
                    entry("swish", Activation.SWISH.getActivationFunction()),
                    entry("mish", Activation.MISH.getActivationFunction()),
                    entry("gelu", new ActivationGELU(false)));

    private final SameDiffGraph variables;
    private final OnnxGraph graph;

    SameDiffOps(SameDiffGraph variables) {
        this.variables = variables;
        this.graph = variables.graph();
    }

    /**
     * Adds the nodes of an op.
     *
     * @return the tensors of its outputs
     * @throws WeightsException naming an op that cannot be written
     */
    List<String> write(SameDiffOp op) {
        String name = op.getOutputsOfOp().get(0);
        if (op.getOp().opName().equals("split")) {
            return split(op);
        }
        String tensor = elementwise(name, op);
        tensor = tensor == null ? moved(name, op) : tensor;
        tensor = tensor == null ? linear(name, op) : tensor;
        if (tensor == null) {
            throw refused(op, "");
        }
        return List.of(tensor);
    }

    private static WeightsException refused(SameDiffOp op, String why) {
        return new WeightsException(
                "op %s \"%s\" cannot be written as ONNX%s", op.getOp().opName(), op.getName(), why);
    }

    private List<String> inputs(SameDiffOp op) {
        return op.getInputsToOp().stream().map(variables::tensor).toList();
    }

    private static DynamicCustomOp custom(SameDiffOp op) {
        return (DynamicCustomOp) op.getOp();
    }

    private static int[] integers(SameDiffOp op, int from, int count) {
        long[] all = custom(op).iArgs();
        return IntStream.range(from, from + count).map(i -> (int) all[i]).toArray();
    }

    // ---- element by element ---------------------------------------------------------------------

    private String elementwise(String name, SameDiffOp op) {
        DifferentialFunction function = op.getOp();
        String kind = function.opName();
        String first = variables.tensor(op.getInputsToOp().get(0));
        Value x = new Value(first);
        if (PLAIN.containsKey(kind)) {
            return graph.node(PLAIN.get(kind), name, inputs(op));
        } else if (function instanceof ScalarOp scalar && SCALAR.containsKey(kind)) {
            return scalar(name, op, kind, scalar.scalar().getDouble(0));
        } else if (ACTIVATIONS.containsKey(kind)) {
            Value y = Activations.apply(graph, name, ACTIVATIONS.get(kind), x);
            return graph.plain(y).tensor();
        }
        return switch (kind) {
            case "square" -> graph.node("Mul", name, List.of(first, first));
            case "expm1" -> graph.with("Sub", name, graph.map("Exp", name + ".exp", x), 1).tensor();
            case "relu" -> {
                double threshold = ((ScalarOp) function).scalar().getDouble(0);
                if (threshold != 0) {
                    throw refused(op, ": its threshold is " + threshold + ", must be 0");
                }
                yield graph.node("Relu", name, List.of(first));
            }
            case "leakyrelu" -> {
                double slope = ((ScalarOp) function).scalar().getDouble(0);
                yield Activations.apply(graph, name, new ActivationLReLU(slope), x).tensor();
            }
            case "elu" -> {
                double[] alpha = custom(op).tArgs();
                double factor = alpha.length == 0 ? 1 : alpha[0];
                yield graph.node("Elu", name, List.of(first), attribute("alpha", factor));
            }
            case "ClipByValue", "clipbyvalue" -> {
                double[] bounds = custom(op).tArgs();
                String low = graph.scalar(name + ".low", bounds[0]);
                String high = graph.scalar(name + ".high", bounds[1]);
                yield graph.node("Clip", name, List.of(first, low, high));
            }
            case "cast" -> cast(name, op, first);
            case "ones_as", "zeros_as" -> {
                String shape = graph.node("Shape", name + ".shape", List.of(first));
                String number = graph.scalar(name + ".number", kind.equals("ones_as") ? 1 : 0);
                yield graph.node("Expand", name, List.of(number, shape));
            }
            case "softmax" -> graph.node("Softmax", name, List.of(first), axis(op));
            default -> null;
        };
    }

    private static AttributeProto axis(SameDiffOp op) {
        long[] axes = custom(op).iArgs();
        return attribute("axis", axes.length == 0 ? -1L : axes[0]);
    }

    private String scalar(String name, SameDiffOp op, String kind, double number) {
        String input = op.getInputsToOp().get(0);
        String constant =
                variables.isWhole(input)
                        ? graph.integers(name + ".number", new long[] {(long) number})
                        : graph.scalar(name + ".number", number);
        String x = variables.tensor(input);
        return graph.node(
                SCALAR.get(kind),
                name,
                kind.startsWith("r") ? List.of(constant, x) : List.of(x, constant));
    }

    private String cast(String name, SameDiffOp op, String x) {
        DataType to = variables.of(op.getOutputsOfOp().get(0)).dataType();
        long type = to.isFPType() ? 1 : to.isIntType() ? 7 : to == DataType.BOOL ? 9 : -1;
        if (type < 0) {
            throw refused(op, " to " + to);
        }
        return graph.node("Cast", name, List.of(x), attribute("to", type));
    }

    // ---- moved and reduced ----------------------------------------------------------------------

    private String moved(String name, SameDiffOp op) {
        DifferentialFunction function = op.getOp();
        String x = variables.tensor(op.getInputsToOp().get(0));
        boolean single = op.getInputsToOp().size() == 1;
        if (!single && ARGUMENTS.contains(function.opName())) {
            throw refused(op, " with computed arguments");
        }
        switch (function.opName()) {
            case "reduce_sum", "reduce_mean", "reduce_max" -> {
                return reduced(name, (BaseReduceOp) function, x);
            }
            case "permute", "transpose" -> {
                long[] order = custom(op).iArgs();
                return order.length == 0
                        ? graph.node("Transpose", name, List.of(x))
                        : graph.node("Transpose", name, List.of(x), attribute("perm", order));
            }
            case "reshape" -> {
                return reshaped(name, op, x);
            }
            case "expand_dims" -> {
                String axis = graph.integers(name + ".axis", custom(op).iArgs());
                return graph.node("Unsqueeze", name, List.of(x, axis));
            }
            case "squeeze" -> {
                String axes = graph.integers(name + ".axes", custom(op).iArgs());
                return graph.node("Squeeze", name, List.of(x, axes));
            }
            case "concat" -> {
                if (custom(op).bArgs().length > 0 && custom(op).bArgs()[0]) {
                    throw refused(op, " along a computed axis");
                }
                return graph.node("Concat", name, inputs(op), axis(op));
            }
            case "tile" -> {
                String times = graph.integers(name + ".times", custom(op).iArgs());
                return graph.node("Tile", name, List.of(x, times));
            }
            case "pad" -> {
                return padded(name, op, x);
            }
            case "reverse" -> {
                long[] axes = custom(op).iArgs();
                long[] back = SameDiffGraph.repeated(-1, axes.length);
                long[] end = SameDiffGraph.repeated(Long.MIN_VALUE, axes.length);
                return sliced(name, x, back, end, axes, back);
            }
            case "slice" -> {
                return slice(name, op, x);
            }
            case "strided_slice" -> {
                return stridedSlice(name, op, x);
            }
            default -> {
                return null;
            }
        }
    }

    private String reduced(String name, BaseReduceOp op, String x) {
        AttributeProto keep = attribute("keepdims", op.isKeepDims() ? 1L : 0L);
        int[] dimensions = op.getDimensions();
        boolean all = dimensions == null || dimensions.length == 0 || dimensions[0] > 1 << 20;
        String operator =
                switch (op.opName()) {
                    case "reduce_sum" -> "ReduceSum";
                    case "reduce_mean" -> "ReduceMean";
                    default -> "ReduceMax";
                };
        if (all) {
            return graph.node(operator, name, List.of(x), keep);
        } else if (operator.equals("ReduceSum")) {
            String axes = graph.integers(name + ".axes", SameDiffGraph.longs(dimensions));
            return graph.node(operator, name, List.of(x, axes), keep);
        }
        return graph.node(operator, name, List.of(x), attribute("axes", dimensions), keep);
    }

    private String reshaped(String name, SameDiffOp op, String x) {
        if (op.getInputsToOp().size() > 1) {
            return graph.node("Reshape", name, inputs(op));
        }
        // The first argument is the order, 'c' as -99.
        long[] args = custom(op).iArgs();
        if (args[0] != -'c') {
            throw refused(op, " in another order than c");
        }
        String shape = graph.integers(name + ".shape", Arrays.copyOfRange(args, 1, args.length));
        return graph.node("Reshape", name, List.of(x, shape));
    }

    private String padded(String name, SameDiffOp op, String x) {
        INDArray sizes = variables.fixed(op.getInputsToOp().get(1));
        DynamicCustomOp pad = custom(op);
        if (sizes == null || pad.iArgs().length > 0 && pad.iArgs()[0] != 0) {
            throw refused(op, " unless it pads a constant, by fixed sizes");
        }
        long[] pads = sizes.transpose().dup('c').data().asLong();
        double value = pad.tArgs().length == 0 ? 0 : pad.tArgs()[0];
        List<String> inputs =
                List.of(
                        x,
                        graph.integers(name + ".pads", pads),
                        graph.scalar(name + ".value", value));
        return graph.node("Pad", name, inputs, attribute("mode", "constant"));
    }

    /**
     * Positions from a start to before an end.
     *
     * @param along axes; null for the first ones
     */
    private String sliced(
            String name, String x, long[] from, long[] to, long[] along, long[] steps) {
        long[] axes = along == null ? LongStream.range(0, from.length).toArray() : along;
        return graph.node(
                "Slice",
                name,
                List.of(
                        x,
                        graph.integers(name + ".from", from),
                        graph.integers(name + ".to", to),
                        graph.integers(name + ".along", axes),
                        graph.integers(name + ".steps", steps)));
    }

    /** From a start on, with sizes of which -1 stands for all the rest. */
    private String slice(String name, SameDiffOp op, String x) {
        List<String> inputs = op.getInputsToOp();
        long[] args = custom(op).iArgs();
        long[] size = Arrays.copyOfRange(args, args.length / 2, args.length);
        String from;
        if (inputs.size() == 1) {
            from = graph.integers(name + ".from", Arrays.copyOf(args, args.length / 2));
        } else if (inputs.size() == 3 && variables.fixed(inputs.get(2)) != null) {
            from = variables.tensor(inputs.get(1));
            size = variables.fixed(inputs.get(2)).data().asLong();
        } else {
            throw refused(op, " with a computed size");
        }
        for (int d = 0; d < size.length; d++) {
            size[d] = size[d] < 0 ? Integer.MAX_VALUE : size[d];
        }
        String sizes = graph.integers(name + ".size", size);
        String to = graph.node("Add", name + ".to", List.of(from, sizes));
        String along = graph.integers(name + ".along", LongStream.range(0, size.length).toArray());
        return graph.node("Slice", name, List.of(x, from, to, along));
    }

    private String stridedSlice(String name, SameDiffOp op, String x) {
        long[] args = custom(op).iArgs();
        int rank = (args.length - 5) / 3;
        if (args[1] != 0 || args[3] != 0) {
            throw refused(op, " with an ellipsis or new axes");
        }
        long[] from = Arrays.copyOfRange(args, 5, 5 + rank);
        long[] to = Arrays.copyOfRange(args, 5 + rank, 5 + 2 * rank);
        long[] steps = Arrays.copyOfRange(args, 5 + 2 * rank, args.length);
        List<Long> single = new ArrayList<>();
        for (int d = 0; d < rank; d++) {
            boolean first = (args[0] >> d & 1) == 1;
            boolean last = (args[2] >> d & 1) == 1;
            from[d] = !first ? from[d] : steps[d] > 0 ? 0 : -1;
            to[d] = !last ? to[d] : steps[d] > 0 ? Long.MAX_VALUE : Long.MIN_VALUE;
            if ((args[4] >> d & 1) == 1) {
                to[d] = from[d] == -1 ? Long.MAX_VALUE : from[d] + 1;
                single.add((long) d);
            }
        }
        if (single.isEmpty()) {
            return sliced(name, x, from, to, null, steps);
        }
        String part = sliced(name + ".part", x, from, to, null, steps);
        String axes = graph.integers(name + ".axes", single.stream().mapToLong(d -> d).toArray());
        return graph.node("Squeeze", name, List.of(part, axes));
    }

    private List<String> split(SameDiffOp op) {
        long[] args = custom(op).iArgs();
        if (op.getInputsToOp().size() > 1) {
            throw refused(op, " along a computed axis");
        }
        return graph.nodes(
                "Split",
                op.getOutputsOfOp(),
                inputs(op),
                attribute("axis", args.length < 2 ? 0L : args[1]));
    }

    // ---- products and convolutions --------------------------------------------------------------

    private String linear(String name, SameDiffOp op) {
        return switch (op.getOp().opName()) {
            case "matmul", "mmul" -> product(name, op);
            case "conv2d" -> conv(name, op, 2, 3, 2, 0, 1);
            case "conv3dnew" -> conv(name, op, 3, 4, 3, 0, 1, 2);
            case "depthwise_conv2d" -> conv(name, op, 2, 2, 3, 0, 1);
            case "deconv2d" -> deconv(name, op, 2, 3, 2, 0, 1);
            case "deconv3d" -> deconv(name, op, 3, 4, 3, 0, 1, 2);
            case "im2col" -> patches(name, op);
            default -> null;
        };
    }

    private String product(String name, SameDiffOp op) {
        double[] factors = custom(op).tArgs();
        boolean plain =
                Arrays.stream(custom(op).iArgs()).allMatch(i -> i == 0)
                        && (factors.length < 1 || factors[0] == 1)
                        && (factors.length < 2 || factors[1] == 0);
        if (!plain) {
            throw refused(op, " of transposed or scaled arrays");
        }
        return graph.node("MatMul", name, inputs(op));
    }

    /** Kernel, stride, padding, dilation, mode, as libnd4j's ops have them. */
    private static Sliding sliding(SameDiffOp op, int rank) {
        int[] mode = integers(op, 4 * rank, 2);
        return sliding(op, rank, mode[0] + (mode[1] == 0 ? 0 : 2));
    }

    /** With a mode of 0 for padding in numbers, 1 for 'same'. */
    private static Sliding sliding(SameDiffOp op, int rank, int mode) {
        if (mode > 1) {
            throw refused(op, " unless channels come first, with explicit or same padding");
        }
        return Sliding.of(
                rank,
                integers(op, 0, rank),
                integers(op, rank, rank),
                integers(op, 3 * rank, rank),
                integers(op, 2 * rank, rank),
                mode == 1 ? ConvolutionMode.Same : ConvolutionMode.Truncate);
    }

    /**
     * A convolution.
     *
     * @param order of the axes of the weights that makes them ONNX's
     */
    private String conv(String name, SameDiffOp op, int rank, int... order) {
        long[] args = custom(op).iArgs();
        if (args.length > 4 * rank + 2 && args[4 * rank + 2] != 0) {
            throw refused(op, " with weights in format " + args[4 * rank + 2]);
        }
        List<AttributeProto> attributes = new ArrayList<>(sliding(op, rank).attributes());
        String weights = op.getInputsToOp().get(1);
        String filters;
        if (op.getOp().opName().equals("depthwise_conv2d")) {
            INDArray fixed = variables.fixed(weights);
            if (fixed == null) {
                throw refused(op, " with computed weights");
            }
            attributes.add(attribute("group", fixed.size(2)));
            filters = graph.constant(name + ".weight", Dl4jLayers.depthwiseFilters(fixed));
        } else {
            filters = variables.permuted(name + ".weight", weights, order);
        }
        return affine("Conv", name, op, filters, attributes);
    }

    private String deconv(String name, SameDiffOp op, int rank, int... order) {
        Sliding sliding = sliding(op, rank);
        if (sliding.mode() == ConvolutionMode.Same) {
            throw refused(op, " with same padding");
        }
        String filters = variables.permuted(name + ".weight", op.getInputsToOp().get(1), order);
        return affine("ConvTranspose", name, op, filters, sliding.attributes());
    }

    private String affine(
            String operator,
            String name,
            SameDiffOp op,
            String filters,
            List<AttributeProto> attributes) {
        List<String> inputs = new ArrayList<>(inputs(op));
        inputs.set(1, filters);
        return graph.node(operator, name, inputs, attributes);
    }

    /** What each position of an output sees, {@code [N, C, kH, kW, H, W]}: filters of one 1. */
    private String patches(String name, SameDiffOp op) {
        Sliding sliding = sliding(op, 2, integers(op, 8, 1)[0]);
        int height = sliding.kernel()[0];
        int width = sliding.kernel()[1];
        String x = variables.tensor(op.getInputsToOp().get(0));
        String shape = graph.node("Shape", name + ".from", List.of(x));
        String outer = part(name + ".outer", shape, 0, 2);
        String single =
                concat(
                        name + ".single",
                        graph.integers(name + ".one", -1, 1),
                        part(name + ".inner", shape, 2, 4));
        String maps = graph.node("Reshape", name + ".maps", List.of(x, single));
        INDArray ones = Nd4j.eye((long) height * width).castTo(DataType.FLOAT);
        String filters = graph.constant(name + ".filters", ones.reshape('c', -1, 1, height, width));
        String seen =
                graph.node("Conv", name + ".seen", List.of(maps, filters), sliding.attributes());
        String size = part(name + ".size", graph.node("Shape", name + ".to", List.of(seen)), 2, 4);
        String kernel = graph.integers(name + ".kernel", height, width);
        String whole = concat(name + ".whole", outer, kernel, size);
        return graph.node("Reshape", name, List.of(seen, whole));
    }

    private String part(String name, String shape, long from, long to) {
        return Layout.sliced(graph, name, new Value(shape), 0, from, to);
    }

    private String concat(String name, String... parts) {
        return graph.node("Concat", name, List.of(parts), attribute("axis", 0L));
    }
}
