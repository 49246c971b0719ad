package org.lamina.zoo.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class StateDictTest {

    @TempDir Path folder;

    private static StateDict everyType(boolean bfloat16) {
        StateDict all = new StateDict();
        for (TensorType type : TensorType.values()) {
            if (type == TensorType.BF16 && !bfloat16) {
                continue;
            }
            all.put(type + ".matrix", Nd4j.arange(6).reshape(2, 3).castTo(type.dataType()));
            all.put(type + ".scalar", Nd4j.scalar(type.dataType(), 1));
        }
        INDArray special = Nd4j.createFromArray(Float.NaN, -0f, Float.MIN_VALUE, 1 / 3f);
        all.put("special", special.put(0, Nd4j.scalar(Float.POSITIVE_INFINITY)));
        all.put("column view", Nd4j.rand(DataType.DOUBLE, 4, 3).getColumn(1));
        all.put("fortran", Nd4j.rand(DataType.DOUBLE, 4, 3).dup('f'));
        all.put("empty", Nd4j.create(DataType.FLOAT, 0, 3));
        all.put("größe \"1\"", Nd4j.scalar(1.5));
        return all;
    }

    private static void assertSame(StateDict expected, StateDict actual) {
        assertEquals(List.copyOf(expected.names()), List.copyOf(actual.names()));
        for (String name : expected.names()) {
            INDArray e = expected.get(name);
            INDArray a = actual.get(name);
            assertEquals(e.dataType(), a.dataType(), name);
            assertArrayEquals(e.shape(), a.shape(), name);
            assertArrayEquals(bytes(e), bytes(a), name);
        }
    }

    private static byte[] bytes(INDArray array) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            Tensors.write(array, out);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return out.toByteArray();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a.safetensors", "a.npz"})
    void whatIsWrittenIsReadBackBitByBit(String name) throws IOException {
        StateDict all = everyType(name.endsWith("safetensors"));
        all.write(folder.resolve(name));
        assertSame(all, StateDict.read(folder.resolve(name)));
        byte[] first = Files.readAllBytes(folder.resolve(name));
        all.write(folder.resolve(name));
        assertArrayEquals(first, Files.readAllBytes(folder.resolve(name)));
        try (var files = Files.list(folder)) {
            assertEquals(1, files.count());
        }
    }

    @Test
    void readsWhatNumPyWrites() throws Exception {
        StateDict types = StateDict.read(resource("types.npz"));
        assertEquals(List.of("f8", "f4", "f2", "i8", "i4", "i2", "i1", "u1", "b1"), names(types));
        assertArrayEquals(new long[] {3, 1, 2}, types.get("f4").shape());
        assertEquals(-(1L << 62), types.get("i8").getLong());
        assertEquals(Integer.MIN_VALUE, types.get("i4").getInt(0, 1));
        assertEquals(-300, types.get("i2").getInt(1));
        assertEquals(-128, types.get("i1").getInt(0));
        assertEquals(255, types.get("u1").getInt(0));
        assertEquals(DataType.BOOL, types.get("b1").dataType());
        // The same arrays in Fortran order, deflated, and one with its high bytes first.
        StateDict deflated = StateDict.read(resource("types-deflated.npz"));
        for (String name : types.names()) {
            assertArrayEquals(bytes(types.get(name)), bytes(deflated.get(name)), name);
        }
        assertTrue(deflated.get("big").amaxNumber().doubleValue() < 5);
        assertTrue(deflated.get("big").aminNumber().doubleValue() > 1e-3);
        assertArrayEquals(new long[] {0, 3}, deflated.get("empty").shape());
    }

    @Test
    void readsWhatPyTorchUsersWrite() throws Exception {
        StateDict weights = StateDict.read(resource("braindecode-eegnetv4.safetensors"));
        assertEquals("conv_temporal.weight", names(weights).get(0));
        assertEquals(17, weights.get("bnorm_1.num_batches_tracked").getLong());
        assertArrayEquals(new long[] {6, 1, 4, 1}, weights.get("conv_spatial.weight").shape());
        assertEquals(
                1,
                weights.get("conv_spatial.weight").norm2(1, 2, 3).maxNumber().doubleValue(),
                1e-5);
    }

    private static List<String> names(StateDict weights) {
        return List.copyOf(weights.names());
    }

    static Path resource(String name) throws Exception {
        return Path.of(StateDictTest.class.getResource("/weights/" + name).toURI());
    }

    @Test
    void bfloat16IsNotForNumPy() {
        Path file = folder.resolve("a.npz");
        StateDict dict = new StateDict().put("w", Nd4j.zeros(DataType.BFLOAT16, 2));
        WeightsException e = assertThrows(WeightsException.class, () -> dict.write(file));
        assertTrue(e.getMessage().contains("w: NumPy has no data type BFLOAT16"), e.getMessage());
        assertTrue(Files.notExists(file));
    }

    /** A header and as many bytes of data, and what the error must say. */
    record Hostile(String header, long length, int data, String message) {
        Hostile(String header, int data, String message) {
            this(header, header.getBytes(StandardCharsets.UTF_8).length, data, message);
        }
    }

    static List<Hostile> hostileSafeTensors() {
        String w = "{\"w\":{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":%s}}";
        String two = "{\"w\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},";
        return List.of(
                new Hostile("{}", -1, 0, "header length 18446744073709551615"),
                new Hostile("{}", 1L << 40, 0, "header length 1099511627776"),
                new Hostile("{}", 3, 0, "allowed are 2 to 2 bytes"),
                new Hostile("{}", 0, 0, "header length 0"),
                new Hostile("[]", 0, "the header is damaged"),
                new Hostile("{\"w\":", 0, "the header is damaged"),
                new Hostile("{\"a\":{\"a\":{\"a\":1}}}", 0, "field 'a'"),
                new Hostile("{} {}", 0, "something follows"),
                new Hostile(w.formatted("F8_E5M2", "[1]", "[0,1]"), 1, "data type 'F8_E5M2'"),
                new Hostile(w.formatted("F32", "[2]", "[0,4]"), 4, "takes 8 bytes"),
                new Hostile(w.formatted("F32", "[1]", "[-4,0]"), 4, "data_offsets [-4, 0]"),
                new Hostile(w.formatted("F32", "[-1]", "[0,4]"), 4, "shape [-1]"),
                new Hostile(w.formatted("F32", "[1]", "[4,0]"), 4, "data_offsets [4, 0]"),
                new Hostile(w.formatted("F32", "[1]", "[4,8]"), 8, "must begin at 0"),
                new Hostile(w.formatted("F32", "[2]", "[0,8]"), 4, "end by 4"),
                new Hostile(w.formatted("F32", "[1]", "[0,4]"), 8, "the data, which end at 8"),
                new Hostile(
                        w.formatted("F64", "[4294967296,4294967296]", "[0,0]"),
                        0,
                        "too large for any memory"),
                new Hostile(w.formatted("U8", "[99999999999999999999]", "[0,0]"), 0, "19 digits"),
                new Hostile(w.formatted("U8", "[1.5]", "[0,1]"), 1, "VALUE_NUMBER_INT"),
                new Hostile(
                        w.formatted("U8", "[" + "1,".repeat(40) + "1]", "[0,1]"),
                        1,
                        "at most 32 numbers"),
                new Hostile(w.formatted("U8", "[1]", "[0,1,2]"), 1, "at most 2 numbers"),
                new Hostile("{\"w\":{\"dtype\":\"F32\",\"shape\":[1]}}", 4, "must be given"),
                new Hostile(two + two.substring(1, two.length() - 1) + "}", 4, "two arrays"),
                new Hostile(
                        two + two.substring(1, two.length() - 1).replace("w", "v") + "}",
                        4,
                        "must begin at 4"));
    }

    @ParameterizedTest
    @MethodSource
    void hostileSafeTensors(Hostile hostile) throws IOException {
        Path file = folder.resolve("hostile.safetensors");
        byte[] header = hostile.header().getBytes(StandardCharsets.UTF_8);
        Files.write(
                file,
                ByteBuffer.allocate(8 + header.length + hostile.data())
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putLong(hostile.length())
                        .put(header)
                        .array());
        assertError(file, hostile.message());
    }

    private static void assertError(Path file, String message) {
        WeightsException e = assertThrows(WeightsException.class, () -> StateDict.read(file));
        assertTrue(e.getMessage().contains(message), e.getMessage());
        assertTrue(e.getMessage().contains(file.getFileName().toString()), e.getMessage());
    }

    /** A .npy header and elements, and what the error must say. */
    record HostileNpy(String header, int data, String message) {}

    static List<HostileNpy> hostileNpz() {
        String h = "{'descr': '%s', 'fortran_order': False, 'shape': (%s), }";
        return List.of(
                new HostileNpy(h.formatted("<f4", "2,"), 4, "ends before its elements"),
                new HostileNpy(h.formatted("<f4", "2,"), 12, "goes on after"),
                new HostileNpy(h.formatted("|O", "1,"), 4, "data type 'O'"),
                new HostileNpy(h.formatted("<c8", "1,"), 8, "data type 'c8'"),
                new HostileNpy(h.formatted("<f4", "-1,"), 4, "allowed are arrays of numbers"),
                new HostileNpy(h.formatted("<f4", "4294967296, 4294967296"), 4, "too large"),
                new HostileNpy(h.formatted("<f4", "99999999999999999999,"), 4, "too large"),
                new HostileNpy(h.formatted("<f4", "400000000000,"), 4, "more than the"),
                new HostileNpy(h.formatted("<f4", "100000,"), 4, "ends before its elements"),
                new HostileNpy(h.formatted("<f4", "1,".repeat(40)), 4, "40 dimensions"),
                new HostileNpy("{'shape': (1,)}", 4, "allowed are arrays of numbers"),
                new HostileNpy(" ".repeat(20_000), 4, "header of 20000 bytes"),
                new HostileNpy(null, 4, "no array in NumPy's format"));
    }

    @ParameterizedTest
    @MethodSource
    void hostileNpz(HostileNpy hostile) throws IOException {
        Path file = folder.resolve("hostile.npz");
        ByteBuffer npy = ByteBuffer.allocate(30_000).order(ByteOrder.LITTLE_ENDIAN);
        if (hostile.header() != null) {
            byte[] header = hostile.header().getBytes(StandardCharsets.UTF_8);
            npy.put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0});
            npy.putShort((short) header.length).put(header);
        }
        npy.put(new byte[hostile.data()]);
        zip(file, "w.npy", Arrays.copyOf(npy.array(), npy.position()));
        assertError(file, hostile.message());
    }

    private static void zip(Path file, String name, byte[] content) throws IOException {
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
            zip.putNextEntry(new ZipEntry(name));
            zip.write(content);
            zip.closeEntry();
        }
    }

    @Test
    void aZipBombIsNotUnpacked() throws IOException {
        // 64 MiB of zeros in 64 KiB: allowed are 1 MiB here.
        Path file = folder.resolve("bomb.npz");
        byte[] header = NpyHeader.bytes(TensorType.U8, new long[] {64 << 20});
        ByteArrayOutputStream npy = new ByteArrayOutputStream();
        npy.write(header);
        npy.write(new byte[64 << 20]);
        zip(file, "w.npy", npy.toByteArray());
        assertTrue(Files.size(file) < 1 << 20);
        WeightsException e =
                assertThrows(WeightsException.class, () -> StateDict.read(file, 1 << 20));
        assertTrue(e.getMessage().contains("more than the 1048576 bytes"), e.getMessage());
        assertEquals(64 << 20, StateDict.read(file).get("w").length());
    }

    @Test
    void otherFiles() throws IOException {
        Path text = folder.resolve("text.npz");
        Files.writeString(text, "no zip archive");
        assertError(text, "no or a damaged npz file");
        assertError(folder.resolve("none.npz"), "no such file");
        assertError(folder.resolve("weights.txt"), "must end with .safetensors or .npz");
        Path other = folder.resolve("other.npz");
        zip(other, "readme.txt", new byte[3]);
        assertError(other, "must end with .npy");
        Path damaged = folder.resolve("damaged.npz");
        new StateDict().put("w", Nd4j.ones(100)).write(damaged);
        byte[] bytes = Files.readAllBytes(damaged);
        bytes[300] ^= 1;
        Files.write(damaged, bytes);
        assertError(damaged, "check sum");
    }

    /** Pickled files are never read; the message is Python, in lines and as one line. */
    @ParameterizedTest
    @ValueSource(strings = {"net.pt", "net.PTH", "epoch=3.ckpt"})
    void pickledFiles(String name) throws Exception {
        Path file = folder.resolve(name);
        Files.write(file, new byte[] {(byte) 0x80, 2, '.'});
        WeightsException e = assertThrows(WeightsException.class, () -> StateDict.read(file));
        String npz = name.substring(0, name.lastIndexOf('.')) + ".npz";
        assertEquals(4, e.getMessage().lines().count(), e.getMessage());
        for (String part :
                List.of(
                        "torch;\nstate = torch.load(\"" + name + "\"",
                        "weights_only=True);\nnumpy.savez(\"" + npz + "\", **{")) {
            assertTrue(e.getMessage().contains(part), e.getMessage());
        }
    }
}
