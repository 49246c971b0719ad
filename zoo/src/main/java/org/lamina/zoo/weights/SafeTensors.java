package org.lamina.zoo.weights;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The safetensors format: 8 bytes with the header's length (little-endian), a JSON object that
 * gives for each array its type, shape and place, then the arrays' elements without gaps.
 */
final class SafeTensors {

    /** Enough for some hundred thousand arrays. */
    static final int MAX_HEADER = 16 << 20;

    private static final String METADATA = "__metadata__";

    private static final JsonFactory JSON = new JsonFactory();

    /** An array as the header has it; begin and end count from the header's end. */
    private record Entry(String name, TensorType type, long[] shape, long begin, long end) {}

    private SafeTensors() {}

    static StateDict read(Path file, long maxBytes) throws IOException {
        try (FileChannel in = FileChannel.open(file)) {
            ByteBuffer header = header(file, in);
            long start = Long.BYTES + header.limit();
            List<Entry> entries = entries(file, header.array());
            checkPlaces(file, entries, in.size() - start, maxBytes);
            StateDict arrays = new StateDict();
            for (Entry entry : entries) {
                in.position(start + entry.begin);
                arrays.put(entry.name, Tensors.read(entry.type, entry.shape, 'c', in));
            }
            return arrays;
        } catch (EOFException e) {
            throw new WeightsException(file + ": ends while it is read", e);
        }
    }

    private static ByteBuffer header(Path file, FileChannel in) throws IOException {
        ByteBuffer length = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        fill(file, in, length);
        long bytes = length.getLong(0);
        long there = in.size() - Long.BYTES;
        if (bytes < 2 || bytes > MAX_HEADER || bytes > there) {
            throw new WeightsException(
                    file
                            + ": header length "
                            + Long.toUnsignedString(bytes)
                            + "; allowed are 2 to "
                            + Math.min(MAX_HEADER, there)
                            + " bytes in this file of "
                            + in.size());
        }
        ByteBuffer header = ByteBuffer.allocate((int) bytes);
        fill(file, in, header);
        return header;
    }

    private static void fill(Path file, FileChannel in, ByteBuffer buffer) throws IOException {
        while (buffer.hasRemaining()) {
            if (in.read(buffer) < 0) {
                throw new WeightsException(
                        file + ": no safetensors file, it has only " + in.size() + " bytes");
            }
        }
    }

    private static List<Entry> entries(Path file, byte[] header) throws IOException {
        List<Entry> entries = new ArrayList<>();
        Set<String> names = new HashSet<>();
        try (JsonParser json = JSON.createParser(header)) {
            expect(json, json.nextToken(), JsonToken.START_OBJECT, "the header");
            while (json.nextToken() != JsonToken.END_OBJECT) {
                String name = json.getCurrentName();
                if (!names.add(name)) {
                    throw new WeightsException(
                            file + ": there are two arrays with the name '" + name + "'");
                }
                expect(json, json.nextToken(), JsonToken.START_OBJECT, name);
                if (name.equals(METADATA)) {
                    json.skipChildren();
                } else {
                    entries.add(entry(file, json, name));
                }
            }
            if (json.nextToken() != null) {
                throw new JsonParseException(json, "something follows the header's object");
            }
            return entries;
        } catch (JsonProcessingException e) {
            throw new WeightsException(
                    file + ": the header is damaged: " + e.getOriginalMessage(), e);
        }
    }

    private static Entry entry(Path file, JsonParser json, String name) throws IOException {
        String array = file + ": array '" + name + "'";
        TensorType type = null;
        long[] shape = null;
        long[] place = null;
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String field = json.getCurrentName();
            JsonToken value = json.nextToken();
            switch (field) {
                case "dtype":
                    expect(json, value, JsonToken.VALUE_STRING, name + ", dtype");
                    type = TensorType.ofSafeTensors(json.getText(), array);
                    break;
                case "shape":
                    shape = numbers(json, value, name + ", shape", Tensors.MAX_RANK);
                    break;
                case "data_offsets":
                    place = numbers(json, value, name + ", data_offsets", 2);
                    break;
                default:
                    throw new WeightsException(
                            array
                                    + ": field '"
                                    + field
                                    + "'; allowed are dtype, shape and data_offsets");
            }
        }
        if (type == null || shape == null || place == null || place.length != 2) {
            throw new WeightsException(
                    array + ": dtype, shape and two data_offsets must be given; they are not");
        }
        long bytes = Tensors.bytes(type, shape, array);
        if (place[0] < 0 || place[1] < place[0] || place[1] - place[0] != bytes) {
            throw new WeightsException(
                    array
                            + ": data_offsets "
                            + Arrays.toString(place)
                            + "; a "
                            + type
                            + " array of shape "
                            + Arrays.toString(shape)
                            + " takes "
                            + bytes
                            + " bytes from an offset of 0 or more");
        }
        return new Entry(name, type, shape, place[0], place[1]);
    }

    private static long[] numbers(JsonParser json, JsonToken first, String what, int max)
            throws IOException {
        expect(json, first, JsonToken.START_ARRAY, what);
        long[] numbers = new long[max];
        int count = 0;
        for (JsonToken t = json.nextToken(); t != JsonToken.END_ARRAY; t = json.nextToken()) {
            expect(json, t, JsonToken.VALUE_NUMBER_INT, what);
            // Before the number is made: that takes long for one of a million digits.
            if (json.getTextLength() > 19 || count == max) {
                throw new JsonParseException(
                        json, what + ": at most " + max + " numbers of at most 19 digits");
            }
            numbers[count++] = json.getLongValue();
        }
        return Arrays.copyOf(numbers, count);
    }

    private static void expect(JsonParser json, JsonToken got, JsonToken wanted, String what)
            throws IOException {
        if (got != wanted) {
            throw new JsonParseException(json, what + ": " + got + " where " + wanted + " must be");
        }
    }

    /** The arrays must fill the file: what lies elsewhere or in two of them is no weight. */
    private static void checkPlaces(Path file, List<Entry> entries, long data, long maxBytes) {
        List<Entry> byPlace = new ArrayList<>(entries);
        byPlace.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
        long end = 0;
        for (Entry entry : byPlace) {
            if (entry.begin != end || entry.end > data) {
                throw new WeightsException(
                        file
                                + ": array '"
                                + entry.name
                                + "' lies at bytes "
                                + entry.begin
                                + " to "
                                + entry.end
                                + " of the data; it must begin at "
                                + end
                                + ", where the one before it ends, and end by "
                                + data);
            }
            Tensors.checkMemory(
                    entry.end - entry.begin,
                    maxBytes - end,
                    maxBytes,
                    file + ": array '" + entry.name + "'");
            end = entry.end;
        }
        if (end != data) {
            throw new WeightsException(
                    file
                            + ": the arrays end at byte "
                            + end
                            + " of the data, which end at "
                            + data);
        }
    }

    static void check(StateDict arrays) {
        arrays.arrays().forEach((name, array) -> TensorType.of(array.dataType(), name));
        if (arrays.get(METADATA) != null) {
            throw new WeightsException("no array of a safetensors file can be named " + METADATA);
        }
    }

    static void write(StateDict arrays, OutputStream out) throws IOException {
        // The widest elements first: each array then begins at a multiple of its element's size,
        // which readers that map the file into memory need.
        List<Map.Entry<String, INDArray>> sorted = new ArrayList<>(arrays.arrays().entrySet());
        sorted.sort(Comparator.comparingInt(e -> -e.getValue().dataType().width()));
        Map<String, Long> begins = new LinkedHashMap<>();
        long end = 0;
        for (Map.Entry<String, INDArray> entry : sorted) {
            begins.put(entry.getKey(), end);
            end += bytes(entry.getValue());
        }
        byte[] header = header(arrays, begins);
        ByteBuffer length = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        out.write(length.putLong(header.length).array());
        out.write(header);
        for (Map.Entry<String, INDArray> entry : sorted) {
            Tensors.write(entry.getValue(), out);
        }
    }

    private static long bytes(INDArray array) {
        return array.isEmpty() ? 0 : array.length() * array.dataType().width();
    }

    private static byte[] header(StateDict arrays, Map<String, Long> begins) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator json = JSON.createGenerator(bytes)) {
            json.writeStartObject();
            json.writeObjectFieldStart(METADATA);
            json.writeStringField("format", "pt");
            json.writeEndObject();
            for (Map.Entry<String, INDArray> entry : arrays.arrays().entrySet()) {
                String name = entry.getKey();
                INDArray array = entry.getValue();
                long begin = begins.get(name);
                json.writeObjectFieldStart(name);
                json.writeStringField("dtype", TensorType.of(array.dataType(), name).name());
                json.writeFieldName("shape");
                json.writeArray(array.shape(), 0, array.rank());
                json.writeFieldName("data_offsets");
                json.writeArray(new long[] {begin, begin + bytes(array)}, 0, 2);
                json.writeEndObject();
            }
            json.writeEndObject();
        }
        while (bytes.size() % Long.BYTES != 0) {
            bytes.write(' ');
        }
        if (bytes.size() > MAX_HEADER) {
            throw new WeightsException(
                    arrays.names().size() + " arrays make a header of more than " + MAX_HEADER);
        }
        return bytes.toByteArray();
    }
}
