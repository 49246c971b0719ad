package org.lamina.zoo.onnx;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import onnx.Onnx.AttributeProto;
import onnx.Onnx.GraphProto;
import onnx.Onnx.NodeProto;
import onnx.Onnx.TensorProto;
import onnx.Onnx.TensorShapeProto;
import onnx.Onnx.TypeProto;
import onnx.Onnx.ValueInfoProto;
import org.lamina.zoo.weights.WeightsException;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.shade.protobuf.ByteString;
import org.nd4j.shade.protobuf.UnsafeByteOperations;

/**
 * An ONNX graph in the making, in float: nodes in the order in which they run, each with one output
 * that has a name of its own.
 */
final class OnnxGraph {

    private static final long MOST_BYTES = Integer.MAX_VALUE;

    private final GraphProto.Builder proto = GraphProto.newBuilder();

    /** {@link NodeProto} or {@link Affine}. */
    private final List<Object> nodes = new ArrayList<>();

    private final Map<String, Affine> affine = new HashMap<>();
    private final Set<String> names = new HashSet<>();

    /** Tensors that nodes read, other than those that can be folded into. */
    private final Set<String> inputs = new HashSet<>();

    /** Tensors that more than the next vertex of the network reads. */
    private final Set<String> shared = new HashSet<>();

    private long bytes;

    // ---- names and constants --------------------------------------------------------------------

    /** A name that nothing has yet, this one if possible. */
    String unique(String wanted) {
        String name = wanted;
        for (int i = 2; !names.add(name); i++) {
            name = wanted + "_" + i;
        }
        return name;
    }

    /** A float constant. */
    String constant(String wanted, INDArray array) {
        long length = 4 * array.length();
        bytes += length;
        if (bytes > MOST_BYTES) {
            throw new WeightsException(
                    "the weights take more than 2 GiB, the most that one ONNX file can hold");
        }
        ByteBuffer buffer = buffer((int) length);
        buffer.asFloatBuffer().put(array.castTo(DataType.FLOAT).dup('c').data().asFloat());
        return initializer(
                wanted,
                TensorProto.DataType.FLOAT,
                UnsafeByteOperations.unsafeWrap(buffer),
                array.shape());
    }

    /** What {@link #constant} has stored. */
    static INDArray floats(TensorProto tensor) {
        FloatBuffer stored =
                tensor.getRawData()
                        .asReadOnlyByteBuffer()
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .asFloatBuffer();
        float[] values = new float[stored.remaining()];
        stored.get(values);
        long[] shape = tensor.getDimsList().stream().mapToLong(Long::longValue).toArray();
        return shape.length == 0 ? Nd4j.scalar(values[0]) : Nd4j.create(values, shape, 'c');
    }

    /** A float constant without dimensions. */
    String scalar(String wanted, double value) {
        ByteBuffer buffer = buffer(4);
        buffer.putFloat(0, (float) value);
        return initializer(
                wanted, TensorProto.DataType.FLOAT, UnsafeByteOperations.unsafeWrap(buffer));
    }

    /** A vector of integers. */
    String integers(String wanted, long... values) {
        return integers(wanted, values, values.length);
    }

    /** An array of integers in row-major order. */
    String integers(String wanted, long[] values, long... shape) {
        ByteBuffer buffer = buffer(8 * values.length);
        buffer.asLongBuffer().put(values);
        return initializer(
                wanted, TensorProto.DataType.INT64, UnsafeByteOperations.unsafeWrap(buffer), shape);
    }

    /** ONNX stores numbers with their lowest byte first. */
    private static ByteBuffer buffer(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private String initializer(
            String wanted, TensorProto.DataType type, ByteString content, long... shape) {
        String name = unique(wanted);
        proto.addInitializer(
                TensorProto.newBuilder()
                        .setName(name)
                        .setDataType(type.getNumber())
                        .addAllDims(LongStream.of(shape).boxed().toList())
                        .setRawData(content));
        return name;
    }

    // ---- attributes -----------------------------------------------------------------------------

    private static AttributeProto.Builder attribute(
            String name, AttributeProto.AttributeType type) {
        return AttributeProto.newBuilder().setName(name).setType(type);
    }

    static AttributeProto attribute(String name, long value) {
        return attribute(name, AttributeProto.AttributeType.INT).setI(value).build();
    }

    static AttributeProto attribute(String name, double value) {
        return attribute(name, AttributeProto.AttributeType.FLOAT).setF((float) value).build();
    }

    static AttributeProto attribute(String name, String value) {
        return attribute(name, AttributeProto.AttributeType.STRING)
                .setS(ByteString.copyFromUtf8(value))
                .build();
    }

    static AttributeProto attribute(String name, long[] values) {
        return attribute(name, AttributeProto.AttributeType.INTS)
                .addAllInts(LongStream.of(values).boxed().toList())
                .build();
    }

    static AttributeProto attribute(String name, int[] values) {
        return attribute(name, Arrays.stream(values).asLongStream().toArray());
    }

    static AttributeProto strings(String name, List<String> values) {
        return attribute(name, AttributeProto.AttributeType.STRINGS)
                .addAllStrings(values.stream().map(ByteString::copyFromUtf8).toList())
                .build();
    }

    // ---- nodes ----------------------------------------------------------------------------------

    /**
     * Adds a node.
     *
     * @param wanted name of its output, if nothing has that name yet
     * @param inputs names; "" for an optional one that is left out
     * @return the name of its output
     */
    String node(String operator, String wanted, List<String> inputs, AttributeProto... attributes) {
        return node(operator, wanted, inputs, List.of(attributes));
    }

    String node(
            String operator,
            String wanted,
            List<String> inputs,
            Collection<AttributeProto> attributes) {
        String output = unique(wanted);
        nodes.add(proto(operator, output, inputs, attributes));
        this.inputs.addAll(inputs);
        return output;
    }

    /** Adds a node of several outputs. */
    List<String> nodes(
            String operator,
            List<String> wanted,
            List<String> inputs,
            AttributeProto... attributes) {
        List<String> outputs = wanted.stream().map(this::unique).toList();
        nodes.add(
                proto(operator, outputs.get(0), inputs, List.of(attributes)).toBuilder()
                        .addAllOutput(outputs.subList(1, outputs.size()))
                        .build());
        this.inputs.addAll(inputs);
        return outputs;
    }

    private static NodeProto proto(
            String operator,
            String output,
            List<String> inputs,
            Collection<AttributeProto> attributes) {
        return NodeProto.newBuilder()
                .setOpType(operator)
                .setName(output)
                .addAllInput(inputs)
                .addOutput(output)
                .addAllAttribute(attributes)
                .build();
    }

    void append(
            String operator,
            String output,
            List<String> inputs,
            Collection<AttributeProto> attributes) {
        proto.addNode(proto(operator, output, inputs, attributes));
    }

    /**
     * Adds a convolution, transposed convolution or matrix product, into whose weights the input's
     * factor goes.
     *
     * @param shape of the output
     * @see Affine
     */
    Value affine(
            String operator,
            String wanted,
            Value input,
            INDArray weight,
            INDArray bias,
            int groups,
            long[] shape,
            List<AttributeProto> attributes) {
        String output = unique(wanted);
        Affine node =
                new Affine(operator, input.tensor(), output, weight, bias, groups, attributes);
        node.scaleInput(input.factor());
        nodes.add(node);
        affine.put(output, node);
        return new Value(output, shape);
    }

    /**
     * The node whose output this value is, if that can be folded into: nothing else has been
     * computed from it and nothing else will be.
     */
    Affine foldable(Value value) {
        boolean read = shared.contains(value.tensor()) || inputs.contains(value.tensor());
        return read || value.factor() != 1 ? null : affine.get(value.tensor());
    }

    /** Says that others will read a tensor, too. */
    void share(Value value) {
        shared.add(value.tensor());
    }

    /** The value with its factor applied. */
    Value plain(Value value) {
        if (value.factor() == 1) {
            return value;
        }
        String factor = scalar(value.tensor() + ".factor", value.factor());
        String scaled = node("Mul", value.tensor() + ".scaled", List.of(value.tensor(), factor));
        return value.like(scaled);
    }

    /** A node on one value, of whose shape its output is. */
    Value map(String operator, String wanted, Value x, AttributeProto... attributes) {
        Value plain = plain(x);
        return x.like(node(operator, wanted, List.of(plain.tensor()), attributes));
    }

    /** A node on a value and a constant number, of whose shape its output is. */
    Value with(String operator, String wanted, Value x, double number) {
        Value plain = plain(x);
        String constant = scalar(wanted + ".constant", number);
        return x.like(node(operator, wanted, List.of(plain.tensor(), constant)));
    }

    /** An element-wise node on two values, of the first one's shape. */
    Value zip(String operator, String wanted, Value x, Value y) {
        String output = node(operator, wanted, List.of(plain(x).tensor(), plain(y).tensor()));
        return x.like(output);
    }

    /** A transposition, unless axes stay where they are. */
    Value permuted(String wanted, Value x, int... order) {
        if (IntStream.range(0, order.length).allMatch(axis -> order[axis] == axis)) {
            return x;
        }
        long[] shape = IntStream.of(order).mapToLong(axis -> x.shape()[axis]).toArray();
        String output = node("Transpose", wanted, List.of(x.tensor()), attribute("perm", order));
        return new Value(output, shape, x.factor());
    }

    /** A shape with one open size at most, or with 0 for a size that stays. */
    Value reshaped(String wanted, Value x, long[] target, long... shape) {
        String sizes = integers(wanted + ".shape", target);
        return new Value(node("Reshape", wanted, List.of(x.tensor(), sizes)), shape, x.factor());
    }

    // ---- the whole ------------------------------------------------------------------------------

    void input(String name, List<String> dimensions) {
        names.add(name);
        proto.addInput(described(name, dimensions));
    }

    /** Keeps a name from all others, for {@link #publish}. */
    void reserve(String name) {
        names.add(name);
    }

    /** Gives a value an output's reserved name. */
    void publish(String reserved, Value value) {
        nodes.add(proto("Identity", reserved, List.of(value.tensor()), List.of()));
    }

    /**
     * Declares an output.
     *
     * @param dimensions null if they are not known
     */
    void output(String name, List<String> dimensions) {
        proto.addOutput(described(name, dimensions));
    }

    private static ValueInfoProto described(String name, List<String> dimensions) {
        TypeProto.Tensor.Builder type =
                TypeProto.Tensor.newBuilder().setElemType(TensorProto.DataType.FLOAT.getNumber());
        if (dimensions != null) {
            type.setShape(shape(dimensions));
        }
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder().setTensorType(type))
                .build();
    }

    private static TensorShapeProto shape(List<String> dimensions) {
        TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
        for (String dimension : dimensions) {
            TensorShapeProto.Dimension.Builder size = TensorShapeProto.Dimension.newBuilder();
            if (Character.isDigit(dimension.charAt(0))) {
                size.setDimValue(Long.parseLong(dimension));
            } else {
                size.setDimParam(dimension);
            }
            shape.addDim(size);
        }
        return shape.build();
    }

    /** The finished graph. */
    GraphProto build(String name) {
        for (Object node : nodes) {
            if (node instanceof Affine) {
                ((Affine) node).addTo(this);
            } else {
                proto.addNode((NodeProto) node);
            }
        }
        return proto.setName(name).build();
    }
}
