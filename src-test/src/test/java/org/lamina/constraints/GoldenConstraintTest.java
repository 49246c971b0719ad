package org.lamina.constraints;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.File;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.lamina.spec.NormAxes;
import org.lamina.spec.NormSpec;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.ObjectMapper;

/** The golden cases that hold a constraint alone, in double and float. */
class GoldenConstraintTest {

    @TestFactory
    Stream<DynamicTest> cases() throws Exception {
        File[] files =
                new File(getClass().getResource("/golden").toURI())
                        .listFiles(
                                (dir, name) -> name.matches("selfeeg_constraint_only_.*\\.json"));
        List<DynamicTest> tests = new ArrayList<>();
        for (File file : files) {
            JsonNode json = new ObjectMapper().readTree(file);
            for (DataType type : new DataType[] {DataType.DOUBLE, DataType.FLOAT}) {
                JsonNode tolerance =
                        json.get("tolerance").get(type == DataType.DOUBLE ? "float64" : "float32");
                if (!tolerance.isNull()) {
                    tests.add(
                            dynamicTest(
                                    json.get("id").asText() + " " + type,
                                    () -> check(file, json, type, tolerance)));
                }
            }
        }
        assertEquals(13 + 11, tests.size());
        return tests.stream();
    }

    private static void check(File file, JsonNode json, DataType type, JsonNode tolerance)
            throws Exception {
        JsonNode args = json.get("constructor");
        JsonNode axisNorm = args.get("axis_norm");
        int[] axes =
                axisNorm.isArray()
                        ? IntStream.range(0, axisNorm.size())
                                .map(i -> axisNorm.get(i).asInt())
                                .toArray()
                        : new int[] {axisNorm.asInt()};
        NormSpec spec =
                new NormSpec(
                        number(args.get("max_norm")),
                        number(args.get("min_norm")),
                        args.get("minmax_rate").asDouble(),
                        NormAxes.of(axes),
                        json.get("constraint_eps").asDouble());
        NormConstraint constraint = NormConstraint.of(spec).orElseThrow();
        assertEquals(json.get("constraint").asText(), constraint.getClass().getSimpleName());

        Map<String, INDArray> arrays =
                Nd4j.createFromNpzFile(new File(file.getPath().replace(".json", ".npz")));
        INDArray w = arrays.get("weight_before").castTo(type);
        int applications = json.get("applications").asInt();
        for (int i = 1; i <= applications; i++) {
            constraint.project(w, axes);
            String name = applications == 1 ? "weight_after" : "weight_after_" + i;
            INDArray expected = arrays.get(name).castTo(DataType.DOUBLE);
            double atol =
                    tolerance.get("atol").asDouble()
                            * Math.max(1, expected.amaxNumber().doubleValue());
            INDArray error = w.castTo(DataType.DOUBLE).sub(expected);
            for (long k = 0; k < expected.length(); k++) {
                double allowed =
                        atol + tolerance.get("rtol").asDouble() * Math.abs(expected.getDouble(k));
                double e = Math.abs(error.getDouble(k));
                assertTrue(e <= allowed, name + "[" + k + "]: off by " + e);
            }
        }
    }

    private static Double number(JsonNode node) {
        return node.isNull() ? null : node.asDouble();
    }
}
