package org.lamina.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.lamina.harness.Option.CONSTRAIN_ON_FORWARD;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.function.Executable;
import org.lamina.harness.Form;
import org.lamina.harness.Nets;
import org.lamina.spec.ParamSpec;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.ops.transforms.Transforms;

/** What outlives a network: configurations, saved networks, clones, parameters set from outside. */
final class Persistence implements Contract {

    @Override
    public Map<String, Executable> checks(Row row, Form form) {
        Map<String, Executable> checks = new LinkedHashMap<>();
        checks.put("JSON and YAML give an equal configuration", () -> text(row, form));
        checks.put("configurations differ where options differ", () -> inequality(row, form));
        return checks;
    }

    @Override
    public Map<String, Executable> checksOfParameters(Row row, Form form) {
        Map<String, Executable> checks = new LinkedHashMap<>();
        checks.put("Java serialization gives an equal configuration", () -> serialized(row, form));
        checks.put("a saved network goes on as if never stopped", () -> saved(row, form));
        checks.put("a clone is equal and independent", () -> cloned(row, form));
        checks.put("parameters can be set", () -> parameters(row, form));
        return checks;
    }

    private static MultiLayerNetwork network(Row row, Form form) {
        boolean weights = row.has(ParamSpec::weight);
        return Nets.classifier(
                (weights ? row.constrained(0.7, 0.2, 0.5) : row).build(form),
                row.input(),
                DataType.FLOAT,
                new Adam(0.01));
    }

    private static void text(Row row, Form form) {
        MultiLayerConfiguration conf = network(row, form).getLayerWiseConfigurations();
        String json = conf.toJson();
        MultiLayerConfiguration read = MultiLayerConfiguration.fromJson(json);
        assertEquals(conf, read);
        assertEquals(json, read.toJson());
        assertEquals(conf, MultiLayerConfiguration.fromYaml(conf.toYaml()));

        ComputationGraphConfiguration graph =
                Nets.classifierGraph(row.build(form), row.input(), DataType.FLOAT, new Adam(0.01))
                        .getConfiguration();
        assertEquals(graph, ComputationGraphConfiguration.fromJson(graph.toJson()));
    }

    private static void serialized(Row row, Form form) throws Exception {
        MultiLayerConfiguration conf = network(row, form).getLayerWiseConfigurations();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(conf);
        }
        try (ObjectInputStream in =
                new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            assertEquals(conf, in.readObject());
        }
    }

    private static void inequality(Row row, Form form) {
        Layer layer = row.build(form);
        assertEquals(layer, row.build(form));
        assertEquals(layer.hashCode(), row.build(form).hashCode());
        if (row.has(ParamSpec::weight)) {
            assertNotEquals(layer, row.constrained(0.123, null, 1).build(form));
        }
        assertNotEquals(layer, row.with(CONSTRAIN_ON_FORWARD, true).build(form));
        Layer copy = layer.clone();
        assertNotSame(layer, copy);
        assertEquals(layer, copy);
    }

    private static void saved(Row row, Form form) throws IOException {
        MultiLayerNetwork net = network(row, form);
        INDArray x = row.batch(DataType.FLOAT, 21);
        INDArray y = Nets.labels(net.output(x));
        net.fit(x, y);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ModelSerializer.writeModel(net, bytes, true);
        MultiLayerNetwork restored =
                ModelSerializer.restoreMultiLayerNetwork(
                        new ByteArrayInputStream(bytes.toByteArray()), true);
        assertEquals(net.getLayerWiseConfigurations(), restored.getLayerWiseConfigurations());
        assertBitEqual("output", net.output(x), restored.output(x));
        for (int step = 0; step < 3; step++) {
            net.fit(x, y);
            restored.fit(x, y);
        }
        assertBitEqual("parameters after more training", net.params(), restored.params());
    }

    private static void cloned(Row row, Form form) {
        MultiLayerNetwork net = network(row, form);
        INDArray x = row.batch(DataType.FLOAT, 22);
        INDArray y = Nets.labels(net.output(x));
        net.fit(x, y);
        MultiLayerNetwork copy = net.clone();
        assertBitEqual("output", net.output(x), copy.output(x));
        INDArray before = net.params().dup();
        copy.fit(x, y);
        assertBitEqual("parameters of the first", before, net.params());
        assertTrue(!before.equals(copy.params()), "the clone does not learn");
    }

    private static void parameters(Row row, Form form) {
        MultiLayerNetwork net = network(row, form);
        INDArray x = row.batch(DataType.FLOAT, 23);
        for (String key : net.getLayer(0).paramTable().keySet()) {
            INDArray before = net.output(x).dup();
            INDArray value = Row.random(DataType.FLOAT, 24, net.getLayer(0).getParam(key).shape());
            Transforms.abs(value, false); // it may be a variance
            net.getLayer(0).setParam(key, value);
            assertBitEqual(key, value, net.getParam("0_" + key));
            assertTrue(!before.equals(net.output(x)), key + " set, output as before");

            long[] shape = value.shape().clone();
            shape[0]++;
            INDArray larger = Row.random(DataType.FLOAT, 25, shape);
            String message =
                    assertThrows(
                                    IllegalArgumentException.class,
                                    () -> net.getLayer(0).setParam(key, larger))
                            .getMessage();
            assertTrue(message.contains(Row.NAME), message);
            assertBitEqual(key + " after the error", value, net.getParam("0_" + key));
        }
        assertThrows(
                IllegalArgumentException.class,
                () -> net.getLayer(0).setParam("none", Row.random(DataType.FLOAT, 1, 1)));
        INDArray all = Row.random(DataType.FLOAT, 26, net.params().shape());
        Transforms.abs(all, false);
        net.setParams(all);
        assertBitEqual("all parameters", all, net.params());
        MultiLayerNetwork other = network(row, form);
        other.setParams(all);
        assertBitEqual("output", net.output(x), other.output(x));
    }

    static void assertBitEqual(String what, INDArray expected, INDArray actual) {
        // ND4J's equalsWithEps(..., 0) is never true for arrays of one element.
        assertTrue(
                Arrays.equals(expected.shape(), actual.shape())
                        && Arrays.equals(values(expected), values(actual))
                        && !expected.isNaN().any(),
                () -> what + " differs: " + actual + ", expected " + expected);
    }

    private static double[] values(INDArray array) {
        return array.dup('c').data().asDouble();
    }
}
