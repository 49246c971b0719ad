package org.lamina.zoo.weights;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import onnx.Onnx.GraphProto;
import onnx.Onnx.ModelProto;
import onnx.Onnx.NodeProto;
import onnx.Onnx.StringStringEntryProto;
import onnx.Onnx.TensorProto;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.shade.protobuf.ByteString;
import org.nd4j.shade.protobuf.CodedInputStream;
import org.nd4j.shade.protobuf.InvalidProtocolBufferException;
import org.nd4j.shade.protobuf.UnsafeByteOperations;

/**
 * Reads weights from an ONNX file (https://onnx.ai): its floating point initializers (16, 32 and 64
 * bits, bfloat16) by name, which are the names of the exported network's parameters. Weights may be
 * in separate files in the same folder.
 *
 * <p>By default, PyTorch's exporter folds batch normalization into the preceding convolution and
 * gives the result a new name ({@code onnx::Conv_45}). Such files are refused, since the original
 * parameters are lost. With
 *
 * <pre>{@code
 * torch.onnx.export(model.eval(), x, "model.onnx",
 *     training=torch.onnx.TrainingMode.PRESERVE, do_constant_folding=False)
 * }</pre>
 *
 * <p>it exports all parameters under their names.
 */
public final class OnnxWeights {

    /** Names that exporters generate for constants and folded weights. */
    private static final Pattern MADE_UP =
            Pattern.compile("onnx::.*|_?val_\\d+|\\d+|.*/Constant(_\\d+)?_output_\\d+");

    /** Operators whose inputs after the first are weights. */
    private static final Set<String> WEIGHTED =
            Set.of(
                    "Conv",
                    "ConvTranspose",
                    "Gemm",
                    "MatMul",
                    "BatchNormalization",
                    "InstanceNormalization",
                    "PRelu",
                    "LSTM",
                    "GRU",
                    "RNN");

    private static final Map<Integer, TensorType> TYPES =
            Map.of(
                    TensorProto.DataType.FLOAT_VALUE,
                    TensorType.F32,
                    TensorProto.DataType.DOUBLE_VALUE,
                    TensorType.F64,
                    TensorProto.DataType.FLOAT16_VALUE,
                    TensorType.F16,
                    TensorProto.DataType.BFLOAT16_VALUE,
                    TensorType.BF16);

    private final Path file;
    private final long maxBytes;
    private long left;

    private OnnxWeights(Path file, long maxBytes) {
        this.file = file;
        this.maxBytes = maxBytes;
        this.left = maxBytes;
    }

    /**
     * Reads a file.
     *
     * @throws WeightsException naming the file, the array, what is wrong and what is allowed
     * @throws IOException if reading fails
     */
    public static StateDict read(Path file) throws IOException {
        return read(file, StateDict.memoryLimit());
    }

    static StateDict read(Path file, long maxBytes) throws IOException {
        return new OnnxWeights(file, maxBytes).read();
    }

    private StateDict read() throws IOException {
        GraphProto graph = graph();
        checkNames(graph);
        Map<String, TensorProto> tensors = new LinkedHashMap<>();
        for (TensorProto tensor : graph.getInitializerList()) {
            if (tensors.put(tensor.getName(), tensor) != null) {
                throw new WeightsException(array(tensor) + " is there twice");
            }
        }
        StateDict arrays = new StateDict();
        for (TensorProto tensor : tensors.values()) {
            if (wanted(tensor, tensor.getName())) {
                arrays.put(tensor.getName(), values(tensor));
            }
        }
        // Exporters may keep only one of several equal parameters; the others are copies of it.
        Map<String, TensorProto> copies = new HashMap<>(tensors);
        for (NodeProto node : graph.getNodeList()) {
            boolean copy = node.getInputCount() == 1 && node.getOutputCount() == 1;
            copy &= node.getOpType().equals("Identity");
            TensorProto source = copy ? copies.get(node.getInput(0)) : null;
            String name = source == null ? null : node.getOutput(0);
            if (source != null
                    && copies.putIfAbsent(name, source) == null
                    && wanted(source, name)) {
                arrays.put(name, values(source));
            }
        }
        return arrays;
    }

    private GraphProto graph() throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new WeightsException(file + ": there is no such file");
        }
        try (FileChannel in = FileChannel.open(file)) {
            if (in.size() > Integer.MAX_VALUE) {
                throw new WeightsException(
                        file + ": no ONNX file; those have less than 2 GiB, this has " + in.size());
            }
            ByteBuffer bytes = in.map(FileChannel.MapMode.READ_ONLY, 0, in.size());
            CodedInputStream coded = UnsafeByteOperations.unsafeWrap(bytes).newCodedInput();
            coded.enableAliasing(true); // do not copy weights
            ModelProto model = ModelProto.parseFrom(coded);
            if (model.getGraph().getNodeCount() == 0) {
                throw new WeightsException(file + ": no ONNX file: it has no graph");
            }
            if (model.getGraph().getSparseInitializerCount() > 0) {
                throw new WeightsException(file + ": has sparse arrays; dense ones are allowed");
            }
            return model.getGraph();
        } catch (InvalidProtocolBufferException e) {
            throw new WeightsException(file + ": no or a damaged ONNX file: " + e.getMessage(), e);
        }
    }

    private static boolean wanted(TensorProto tensor, String name) {
        return TYPES.containsKey(tensor.getDataType()) && !MADE_UP.matcher(name).matches();
    }

    /** Refuses weights with names generated by the exporter. */
    private void checkNames(GraphProto graph) {
        Set<String> madeUp = new HashSet<>();
        for (TensorProto tensor : graph.getInitializerList()) {
            if (MADE_UP.matcher(tensor.getName()).matches()) {
                madeUp.add(tensor.getName());
            }
        }
        for (NodeProto node : graph.getNodeList()) {
            List<String> inputs = node.getInputList();
            for (int i = 1; WEIGHTED.contains(node.getOpType()) && i < inputs.size(); i++) {
                if (madeUp.contains(inputs.get(i))) {
                    throw new WeightsException(
                            "%s: the weights '%s' of %s '%s' have no name of the network's: the"
                                    + " exporter has folded others into them. Export again with"
                                    + " torch.onnx.export(model.eval(), x, \"model.onnx\","
                                    + " training=torch.onnx.TrainingMode.PRESERVE,"
                                    + " do_constant_folding=False)",
                            file, inputs.get(i), node.getOpType(), node.getName());
                }
            }
        }
    }

    private String array(TensorProto tensor) {
        return file + ": array '" + tensor.getName() + "'";
    }

    // ---- values ---------------------------------------------------------------------------------

    private INDArray values(TensorProto tensor) throws IOException {
        String array = array(tensor);
        TensorType type = TYPES.get(tensor.getDataType());
        if (tensor.getDimsCount() > Tensors.MAX_RANK || tensor.hasSegment()) {
            throw new WeightsException(
                    "%s: rank %s%s; allowed are whole arrays of rank %s or less",
                    array,
                    tensor.getDimsCount(),
                    tensor.hasSegment() ? " in segments" : "",
                    Tensors.MAX_RANK);
        }
        long[] shape = tensor.getDimsList().stream().mapToLong(Long::longValue).toArray();
        long bytes = Tensors.bytes(type, shape, array);
        Tensors.checkMemory(bytes, left, maxBytes, array);
        left -= bytes;
        if (tensor.getDataLocation() == TensorProto.DataLocation.EXTERNAL) {
            return external(tensor, type, shape, bytes);
        }
        ByteString raw = tensor.getRawData();
        long there = raw.isEmpty() ? type.size() * count(tensor) : raw.size();
        if (there != bytes) {
            throw new WeightsException(
                    array + ": has " + there + " bytes; its shape and type need " + bytes);
        }
        InputStream in =
                raw.isEmpty()
                        ? new ByteArrayInputStream(typed(tensor, (int) bytes))
                        : raw.newInput();
        return Tensors.read(type, shape, 'c', Channels.newChannel(in));
    }

    /** Number of elements in the typed fields. */
    private static long count(TensorProto tensor) {
        return switch (tensor.getDataType()) {
            case TensorProto.DataType.FLOAT_VALUE -> tensor.getFloatDataCount();
            case TensorProto.DataType.DOUBLE_VALUE -> tensor.getDoubleDataCount();
            default -> tensor.getInt32DataCount();
        };
    }

    private static byte[] typed(TensorProto tensor, int bytes) {
        ByteBuffer elements = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
        switch (tensor.getDataType()) {
            case TensorProto.DataType.FLOAT_VALUE ->
                    tensor.getFloatDataList().forEach(elements::putFloat);
            case TensorProto.DataType.DOUBLE_VALUE ->
                    tensor.getDoubleDataList().forEach(elements::putDouble);
            default ->
                    tensor.getInt32DataList().forEach(bits -> elements.putShort(bits.shortValue()));
        }
        return elements.array();
    }

    /** Reads from a file in the same folder; no other file is opened. */
    private INDArray external(TensorProto tensor, TensorType type, long[] shape, long bytes)
            throws IOException {
        String array = array(tensor);
        Map<String, String> where = new HashMap<>();
        for (StringStringEntryProto entry : tensor.getExternalDataList()) {
            where.put(entry.getKey(), entry.getValue());
        }
        String location = where.getOrDefault("location", "");
        if (!location.matches("[^/\\\\:\\x00-\\x1f]+") || location.matches("\\.+")) {
            throw new WeightsException(
                    array + ": is in '" + location + "'; allowed are files in the same folder");
        }
        Path beside = file.resolveSibling(location);
        if (!Files.isRegularFile(beside, LinkOption.NOFOLLOW_LINKS)) {
            throw new WeightsException(
                    array + ": there is no file " + beside + " (links are not followed)");
        }
        long offset = number(where, "offset", 0, array);
        long length = number(where, "length", bytes, array);
        try (FileChannel in = FileChannel.open(beside)) {
            if (length != bytes || offset > in.size() - length) {
                throw new WeightsException(
                        "%s: is %s bytes at %s of %s, which has %s; its shape and type need %s",
                        array, length, offset, beside, in.size(), bytes);
            }
            return Tensors.read(type, shape, 'c', in.position(offset));
        } catch (EOFException e) {
            throw new WeightsException(beside + ": ends while it is read", e);
        }
    }

    private static long number(Map<String, String> where, String key, long missing, String array) {
        String text = where.getOrDefault(key, Long.toString(missing));
        if (!text.matches("\\d{1,18}")) {
            throw new WeightsException(
                    array + ": " + key + " '" + text + "' is no number of bytes");
        }
        return Long.parseLong(text);
    }
}
