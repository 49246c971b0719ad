package org.lamina.zoo.weights;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.lamina.zoo.weights.StateDictTest.resource;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import onnx.Onnx.ModelProto;
import onnx.Onnx.NodeProto;
import onnx.Onnx.StringStringEntryProto;
import onnx.Onnx.TensorProto;
import onnx.Onnx.TensorProto.DataType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.shade.protobuf.ByteString;

/** Files that torch.onnx.export has written, and every way in which a file can store an array. */
class OnnxWeightsTest {

    private static final String SMALL = "selfeeg-shallownet";

    @TempDir Path folder;

    private static Path onnx(String name) throws Exception {
        return resource("../onnx/" + name + ".onnx");
    }

    /** The state dict, without what no evaluation reads. */
    private static Map<String, INDArray> state(String name) throws Exception {
        Map<String, INDArray> arrays =
                new TreeMap<>(StateDict.read(resource(name + "-state.npz")).arrays());
        arrays.keySet().removeIf(key -> key.endsWith("num_batches_tracked"));
        return arrays;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                SMALL,
                "selfeeg-eeginception",
                "braindecode-deep4net",
                "braindecode-eegtcnet",
                "timm-nf-ecaresnet"
            })
    void namesOfTheStateDict(String name) throws Exception {
        assertEquals(state(name), new TreeMap<>(OnnxWeights.read(onnx(name)).arrays()));
    }

    /** What is folded has lost its names. */
    @Test
    void foldedWeightsAreRefused() throws Exception {
        WeightsException e =
                assertThrows(
                        WeightsException.class,
                        () -> OnnxWeights.read(onnx("braindecode-deep4net-folded")));
        assertTrue(e.getMessage().contains("'onnx::Conv_52' of Conv '"), e.getMessage());
        assertTrue(e.getMessage().contains("training=torch.onnx.TrainingMode.PRESERVE"));
    }

    // ---- ways to store arrays -------------------------------------------------------------------

    /** The small file with each of its arrays stored in another way. */
    private Path stored(Function<TensorProto, TensorProto.Builder> how) throws Exception {
        return changed(
                model -> {
                    for (int i = 0; i < model.getGraph().getInitializerCount(); i++) {
                        TensorProto tensor = model.getGraph().getInitializer(i);
                        model.getGraphBuilder().setInitializer(i, how.apply(tensor));
                    }
                });
    }

    private Path changed(Consumer<ModelProto.Builder> change) throws Exception {
        ModelProto.Builder model =
                ModelProto.parseFrom(Files.readAllBytes(onnx(SMALL))).toBuilder();
        change.accept(model);
        return Files.write(folder.resolve("changed.onnx"), model.build().toByteArray());
    }

    private static float[] floats(TensorProto tensor) {
        FloatBuffer buffer =
                tensor.getRawData()
                        .asReadOnlyByteBuffer()
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .asFloatBuffer();
        float[] values = new float[buffer.remaining()];
        buffer.get(values);
        return values;
    }

    /** A tensor of the same name and shape without values. */
    private static TensorProto.Builder empty(TensorProto tensor, DataType type) {
        return tensor.toBuilder().clearRawData().setDataType(type.getNumber());
    }

    private static ByteBuffer bytes(int count) {
        return ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Half precision of a number that it can hold without denormals. */
    private static short half(float value) {
        int bits = Float.floatToIntBits(value);
        int exponent = (bits >> 23 & 0xff) - 112;
        int sign = bits >> 16 & 0x8000;
        return (short) (exponent <= 0 ? sign : sign | exponent << 10 | bits >> 13 & 0x3ff);
    }

    @Test
    void everyWayToStoreNumbers() throws Exception {
        Map<String, INDArray> expected = state(SMALL);
        assertRead(
                expected,
                tensor -> {
                    TensorProto.Builder typed = empty(tensor, DataType.FLOAT);
                    for (float value : floats(tensor)) {
                        typed.addFloatData(value);
                    }
                    return typed;
                });
        assertRead(
                expected,
                tensor -> {
                    TensorProto.Builder typed = empty(tensor, DataType.DOUBLE);
                    for (float value : floats(tensor)) {
                        typed.addDoubleData(value);
                    }
                    return typed;
                });
        assertRead(
                expected,
                tensor -> {
                    float[] values = floats(tensor);
                    ByteBuffer raw = bytes(8 * values.length);
                    for (float value : values) {
                        raw.putDouble(value);
                    }
                    return empty(tensor, DataType.DOUBLE)
                            .setRawData(ByteString.copyFrom(raw.array()));
                });
    }

    /** Numbers of 16 bits, cut off: the same bits as numbers of 32. */
    @Test
    void halfAsManyBits() throws Exception {
        for (DataType type : new DataType[] {DataType.FLOAT16, DataType.BFLOAT16}) {
            boolean half = type == DataType.FLOAT16;
            ToIntFunction<Float> cut =
                    half ? OnnxWeightsTest::half : value -> Float.floatToIntBits(value) >>> 16;
            Map<String, INDArray> expected = state(SMALL);
            expected.replaceAll(
                    (name, array) -> {
                        float[] values = array.dup('c').data().asFloat();
                        for (int i = 0; i < values.length; i++) {
                            int bits = Float.floatToIntBits(values[i]);
                            boolean zero = half && (bits >> 23 & 0xff) <= 112;
                            values[i] =
                                    zero
                                            ? 0
                                            : Float.intBitsToFloat(
                                                    bits & (half ? ~0x1fff : ~0xffff));
                        }
                        return Nd4j.create(values, array.shape(), 'c');
                    });
            assertRead(
                    expected,
                    tensor -> {
                        float[] values = floats(tensor);
                        ByteBuffer raw = bytes(2 * values.length);
                        for (float value : values) {
                            raw.putShort((short) cut.applyAsInt(value));
                        }
                        return empty(tensor, type).setRawData(ByteString.copyFrom(raw.array()));
                    });
            assertRead(
                    expected,
                    tensor -> {
                        TensorProto.Builder typed = empty(tensor, type);
                        for (float value : floats(tensor)) {
                            typed.addInt32Data(cut.applyAsInt(value) & 0xffff);
                        }
                        return typed;
                    });
        }
    }

    private void assertRead(
            Map<String, INDArray> expected, Function<TensorProto, TensorProto.Builder> how)
            throws Exception {
        Map<String, INDArray> read = new TreeMap<>(OnnxWeights.read(stored(how)).arrays());
        read.replaceAll((name, array) -> array.castTo(org.nd4j.linalg.api.buffer.DataType.FLOAT));
        assertEquals(expected, read);
    }

    /** Arrays in a file beside this one, and those of which only one of two equal ones is there. */
    @Test
    void filesBesideAndCopies() throws Exception {
        Map<String, INDArray> expected = state(SMALL);
        ByteArrayOutputStream beside = new ByteArrayOutputStream();
        Path file =
                stored(
                        tensor -> {
                            int offset = beside.size();
                            beside.writeBytes(tensor.getRawData().toByteArray());
                            return external(tensor, "weights.data", offset);
                        });
        Files.write(folder.resolve("weights.data"), beside.toByteArray());
        assertEquals(expected, new TreeMap<>(OnnxWeights.read(file).arrays()));
        Files.write(folder.resolve("weights.data"), new byte[100]);
        assertRefused("which has 100; its shape and type need", file);
        Path copy =
                changed(
                        model ->
                                model.getGraphBuilder()
                                        .addNode(
                                                NodeProto.newBuilder()
                                                        .setOpType("Identity")
                                                        .addInput("Dense.bias")
                                                        .addOutput("Other.bias")));
        expected.put("Other.bias", expected.get("Dense.bias"));
        assertEquals(expected, new TreeMap<>(OnnxWeights.read(copy).arrays()));
    }

    private static TensorProto.Builder external(TensorProto tensor, String where, int offset) {
        return empty(tensor, DataType.FLOAT)
                .setDataLocation(TensorProto.DataLocation.EXTERNAL)
                .addExternalData(entry("location", where))
                .addExternalData(entry("offset", Integer.toString(offset)));
    }

    private static StringStringEntryProto.Builder entry(String key, String value) {
        return StringStringEntryProto.newBuilder().setKey(key).setValue(value);
    }

    private static void assertRefused(String part, Path file) {
        WeightsException e = assertThrows(WeightsException.class, () -> OnnxWeights.read(file));
        assertTrue(e.getMessage().contains(part), e.getMessage());
        assertTrue(e.getMessage().contains("changed.onnx"), e.getMessage());
    }

    // ---- what is refused ------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(strings = {"../secret", "/etc/passwd", "a/b", "..", "c:\\x", "", "missing.data"})
    void filesElsewhere(String location) throws Exception {
        Files.write(folder.resolveSibling("secret"), new byte[4096]);
        assertRefused(
                location.equals("missing.data") ? "there is no file" : "files in the same folder",
                stored(tensor -> external(tensor, location, 0)));
    }

    @Test
    void linksElsewhere() throws Exception {
        Path other = Files.write(folder.resolve("other"), new byte[4096]);
        Files.createSymbolicLink(folder.resolve("link"), other);
        assertRefused("links are not followed", stored(tensor -> external(tensor, "link", 0)));
    }

    @Test
    void damaged() throws Exception {
        byte[] whole = Files.readAllBytes(onnx(SMALL));
        Path file = folder.resolve("changed.onnx");
        Files.write(file, Arrays.copyOf(whole, whole.length / 2));
        assertRefused("damaged ONNX file", file);
        Files.write(file, new byte[0]);
        assertRefused("it has no graph", file);
        assertRefused("its shape and type need", stored(t -> t.toBuilder().addDims(2)));
        assertRefused(
                "too large for any memory", stored(t -> t.toBuilder().addDims(Long.MAX_VALUE)));
        assertRefused("sizes are 0 or more", stored(t -> t.toBuilder().addDims(-1)));
        assertRefused("take more than the", stored(t -> t.toBuilder().addDims(1L << 40)));
        assertRefused("is there twice", stored(t -> t.toBuilder().setName("same")));
        Files.delete(file);
        assertRefused("no such file", file);
    }
}
