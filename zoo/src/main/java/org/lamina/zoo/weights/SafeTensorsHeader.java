package org.lamina.zoo.weights;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.ByteArrayOutputStream;
import java.io.CharConversionException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The header of a {@link SafeTensors} file, a JSON description of the arrays. */
final class SafeTensorsHeader {

    /** Enough for some hundred thousand arrays. */
    static final int MAX_BYTES = 16 << 20;

    static final String METADATA = "__metadata__";

    private static final JsonFactory JSON = new JsonFactory();

    /** An array in the header; begin and end are relative to the header's end. */
    record Entry(String name, TensorType type, long[] shape, long begin, long end) {}

    private SafeTensorsHeader() {}

    static List<Entry> read(Path file, byte[] header) throws IOException {
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
        } catch (CharConversionException e) {
            throw new WeightsException(file + ": the header is damaged: " + e.getMessage(), e);
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
                            "%s: field '%s'; allowed are dtype, shape and data_offsets",
                            array, field);
            }
        }
        if (type == null || shape == null || place == null || place.length != 2) {
            throw new WeightsException(
                    array + ": dtype, shape and two data_offsets must be given; they are not");
        }
        long bytes = Tensors.bytes(type, shape, array);
        if (place[0] < 0 || place[1] < place[0] || place[1] - place[0] != bytes) {
            throw new WeightsException(
                    "%s: data_offsets %s; a %s array of shape %s takes %s bytes from an offset of 0"
                            + " or more",
                    array, Arrays.toString(place), type, Arrays.toString(shape), bytes);
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
            // Before the number is parsed, which takes long for a million digits.
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

    static byte[] write(StateDict arrays, Map<String, Long> begins) throws IOException {
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
                json.writeArray(new long[] {begin, begin + Tensors.bytes(array)}, 0, 2);
                json.writeEndObject();
            }
            json.writeEndObject();
        }
        while (bytes.size() % Long.BYTES != 0) {
            bytes.write(' ');
        }
        if (bytes.size() > MAX_BYTES) {
            throw new WeightsException(
                    arrays.names().size() + " arrays make a header of more than " + MAX_BYTES);
        }
        return bytes.toByteArray();
    }
}
