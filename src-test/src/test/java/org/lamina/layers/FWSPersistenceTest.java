package org.lamina.layers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.transferlearning.TransferLearning;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.lamina.harness.Close;
import org.lamina.harness.Nets;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.Adam;

/** Configurations, saved networks and parameters of {@link FWS}. */
class FWSPersistenceTest {

    @ParameterizedTest
    @MethodSource("org.lamina.layers.WrappedLayer#all")
    void configurationsSurvive(WrappedLayer wrapped) throws Exception {
        Layer fws =
                wrapped.builder()
                        .name("fws")
                        .eps(1e-3)
                        .constEval(true)
                        .differentiable(true)
                        .build();
        MultiLayerConfiguration conf = wrapped.classifier(fws).getLayerWiseConfigurations();
        assertEquals(conf, MultiLayerConfiguration.fromJson(conf.toJson()));
        assertEquals(conf, MultiLayerConfiguration.fromYaml(conf.toYaml()));
        assertEquals(conf.toJson(), MultiLayerConfiguration.fromJson(conf.toJson()).toJson());
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(conf);
        }
        try (ObjectInputStream in =
                new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            assertEquals(conf, in.readObject());
        }
        assertEquals(fws, fws.clone());
        assertNotEquals(fws, wrapped.builder().name("fws").eps(1e-3).constEval(true).build());
        assertNotEquals(fws, wrapped.builder().name("fws").differentiable(true).build());
    }

    @ParameterizedTest
    @MethodSource("org.lamina.layers.WrappedLayer#all")
    void networksGoOnAfterSavingAndCloning(WrappedLayer wrapped) throws Exception {
        for (boolean differentiable : new boolean[] {false, true}) {
            MultiLayerNetwork net =
                    wrapped.classifier(wrapped.builder().differentiable(differentiable).build());
            INDArray x = wrapped.batch(4, 1);
            INDArray y = Nets.labels(net.output(x));
            net.fit(x, y);
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            ModelSerializer.writeModel(net, bytes, true);
            MultiLayerNetwork restored =
                    ModelSerializer.restoreMultiLayerNetwork(
                            new ByteArrayInputStream(bytes.toByteArray()), true);
            MultiLayerNetwork clone = net.clone();
            assertEquals(net.output(x), restored.output(x));
            assertEquals(net.output(x), clone.output(x));
            for (int step = 0; step < 3; step++) {
                net.fit(x, y);
                restored.fit(x, y);
            }
            assertEquals(net.params(), restored.params());
            assertNotEquals(net.params(), clone.params());
        }
    }

    @ParameterizedTest
    @MethodSource("org.lamina.layers.WrappedLayer#all")
    void graphEqualsListOfLayers(WrappedLayer wrapped) {
        Layer fws = wrapped.builder().differentiable(true).build();
        MultiLayerNetwork net = wrapped.classifier(fws);
        ComputationGraph graph =
                Nets.classifierGraph(fws, wrapped.input(), DataType.DOUBLE, new Adam(0.01));
        ComputationGraphConfiguration conf = graph.getConfiguration();
        assertEquals(conf, ComputationGraphConfiguration.fromJson(conf.toJson()));
        graph.setParams(net.params());
        INDArray x = wrapped.batch(4, 1);
        INDArray y = Nets.labels(net.output(x));
        for (int step = 0; step < 3; step++) {
            net.fit(x, y);
            graph.fit(new INDArray[] {x}, new INDArray[] {y});
        }
        Close.of(DataType.DOUBLE).check("parameters", graph.params(), net.params());
    }

    @ParameterizedTest
    @MethodSource("org.lamina.layers.WrappedLayer#all")
    void parametersCanBeSet(WrappedLayer wrapped) {
        MultiLayerNetwork net = wrapped.single(wrapped.builder().differentiable(true).build());
        INDArray x = wrapped.batch(2, 1);
        net.paramTable()
                .keySet()
                .forEach(
                        key -> {
                            INDArray before = net.output(x).dup();
                            INDArray value = WrappedLayer.random(9, net.getParam(key).shape());
                            net.setParam(key, value);
                            assertEquals(value, net.getParam(key));
                            assertNotEquals(before, net.output(x), key);
                        });
        INDArray wrong = WrappedLayer.random(9, 77);
        assertThrows(IllegalArgumentException.class, () -> net.getLayer(0).setParam("gain", wrong));
        INDArray all = WrappedLayer.random(11, net.params().shape());
        net.setParams(all);
        assertEquals(all, net.params());
        assertEquals(3, net.paramTable().size());
        // Other memory for the same network, as parallel training gives it.
        INDArray expected = net.output(x).dup();
        INDArray other = all.dup();
        net.getLayer(0).setParamsViewArray(other.reshape(other.length()));
        assertEquals(expected, net.output(x));
        other.muli(2);
        assertNotEquals(expected, net.output(x));
    }

    @ParameterizedTest
    @MethodSource("org.lamina.layers.WrappedLayer#all")
    void frozenLayersKeepTheirGainAndStandardizeOnce(WrappedLayer wrapped) {
        MultiLayerNetwork net = wrapped.classifier(wrapped.builder().differentiable(true).build());
        INDArray before = net.getLayer(0).params().dup();
        MultiLayerNetwork frozen = new TransferLearning.Builder(net).setFeatureExtractor(0).build();
        INDArray x = wrapped.batch(4, 1);
        INDArray all = frozen.params().dup();
        frozen.fit(x, Nets.labels(frozen.output(x)));
        assertNotEquals(all, frozen.params());
        assertEquals(before, frozen.getLayer(0).params());
    }
}
