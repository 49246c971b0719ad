package org.lamina.spec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.serde.JsonMappers;
import org.deeplearning4j.nn.weights.IWeightInit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.ObjectMapper;
import org.nd4j.shade.jackson.databind.node.JsonNodeFactory;
import org.nd4j.shade.jackson.databind.node.ObjectNode;

/** The form in which specifications are stored: files of earlier versions stay readable. */
class SpecFormatTest {

    private static final ObjectMapper JSON = JsonMappers.getMapper();

    /** Specifications as version 0.1 wrote them, at least one of each type. */
    static List<JsonNode> stored() throws IOException {
        try (InputStream in = SpecFormatTest.class.getResourceAsStream("/specs.json")) {
            List<JsonNode> all = new ArrayList<>();
            JSON.readTree(in).forEach(all::add);
            return all;
        }
    }

    @ParameterizedTest
    @MethodSource("stored")
    void whatEarlierVersionsWroteIsReadAndWrittenAlike(JsonNode stored) throws Exception {
        LayerSpec spec = read(stored);
        assertEquals(stored, JSON.readTree(JSON.writeValueAsString(spec)));
        ObjectMapper yaml = JsonMappers.getMapperYaml();
        LayerSpec fromYaml = yaml.readValue(yaml.writeValueAsString(spec), LayerSpec.class);
        for (LayerSpec copy : List.of(read(stored), fromYaml, serialized(spec))) {
            assertEquals(spec, copy);
            assertEquals(spec.hashCode(), copy.hashCode());
            assertEquals(spec.toString(), copy.toString()); // no array's identity
        }
    }

    /** Each property counts: another value of it is another specification, or an error. */
    @ParameterizedTest
    @MethodSource("stored")
    void equalsComparesEachProperty(JsonNode stored) throws Exception {
        LayerSpec spec = read(stored);
        for (String field : (Iterable<String>) stored::fieldNames) {
            for (JsonNode value : others(stored.get(field))) {
                LayerSpec other;
                try {
                    other = read(((ObjectNode) stored.deepCopy()).set(field, value));
                } catch (IOException e) {
                    continue; // does not fit the other properties
                }
                assertNotEquals(spec, other, field);
            }
        }
    }

    private static List<JsonNode> others(JsonNode value) {
        JsonNodeFactory nodes = JSON.getNodeFactory();
        if (value.isIntegralNumber()) {
            return List.of(
                    nodes.numberNode(value.asLong() + 1), nodes.numberNode(value.asLong() + 2));
        }
        return value.isNumber()
                ? List.of(nodes.numberNode(value.asDouble() / 2))
                : value.isBoolean() ? List.of(nodes.booleanNode(!value.asBoolean())) : List.of();
    }

    @ParameterizedTest
    @ValueSource(strings = {"WSConvSpec", "WSConvTransposeSpec"})
    void withoutThePropertyThereIsAGain(String type) throws IOException {
        Stream<JsonNode> ofType =
                stored().stream().filter(s -> s.get("@class").asText().endsWith("." + type));
        ObjectNode spec = ofType.findFirst().orElseThrow().deepCopy();
        spec.remove("gain");
        assertTrue(JSON.readTree(JSON.writeValueAsString(read(spec))).get("gain").asBoolean());
    }

    @Test
    void partsOfOtherConfigurations() throws IOException {
        String standardization =
                "{\"eps\":1.0E-4,\"epsilon\":\"LOWER_BOUND\",\"fanIn\":\"UNIT\","
                        + "\"variance\":\"BIASED\"}";
        String wrapper =
                "{\"constEval\":false,\"differentiable\":true,\"learnableGain\":true,"
                        + "\"standardization\":"
                        + standardization
                        + "}";
        assertEquals(
                new FWSSpec(WeightStandardization.nfnet(), true, false, true),
                JSON.readValue(wrapper, FWSSpec.class));
        String init = "{\"@class\":\"org.lamina.spec.UniformInit\",\"bound\":0.5}";
        assertEquals(new UniformInit(0.5), JSON.readValue(init, IWeightInit.class));
    }

    private static LayerSpec read(JsonNode stored) throws IOException {
        return JSON.readValue(stored.toString(), LayerSpec.class);
    }

    private static LayerSpec serialized(LayerSpec spec) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(spec);
        }
        try (ObjectInputStream in =
                new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            return (LayerSpec) in.readObject();
        }
    }
}
