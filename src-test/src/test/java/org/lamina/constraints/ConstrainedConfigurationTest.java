package org.lamina.constraints;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.lamina.constraints.ConstrainedNetworks.BOUND;
import static org.lamina.constraints.ConstrainedNetworks.assertWithin;
import static org.lamina.constraints.ConstrainedNetworks.flatData;
import static org.lamina.constraints.ConstrainedNetworks.global;
import static org.lamina.constraints.ConstrainedNetworks.output;
import static org.lamina.constraints.ConstrainedNetworks.sgdNet;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.commons.lang3.SerializationUtils;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.layers.LayerConstraint;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.transferlearning.FineTuneConfiguration;
import org.deeplearning4j.nn.transferlearning.TransferLearning;
import org.deeplearning4j.nn.weights.WeightInit;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.lamina.spec.NormAxes;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Constraints are kept by transfer learning, saved networks and stored configurations. */
class ConstrainedConfigurationTest {

    @Test
    void transferLearningKeepsAndAddsConstraints() {
        MultiLayerNetwork source =
                new MultiLayerNetwork(
                        global(DataType.FLOAT)
                                .constrainWeights(new MaxNorm(BOUND))
                                .list()
                                .layer(new DenseLayer.Builder().nOut(5).build())
                                .layer(new DenseLayer.Builder().nOut(5).build())
                                .layer(output())
                                .setInputType(InputType.feedForward(6))
                                .build());
        source.init();
        MultiLayerNetwork kept =
                new TransferLearning.Builder(source)
                        .setFeatureExtractor(0)
                        .nOutReplace(1, 7, WeightInit.XAVIER)
                        .build();
        INDArray frozen = kept.getParam("0_W").dup();
        for (int i = 0; i < 5; i++) {
            kept.fit(flatData(DataType.FLOAT, 6));
            assertEquals(frozen, kept.getParam("0_W"));
            assertWithin(BOUND, kept.getParam("1_W"), 0);
            assertWithin(BOUND, kept.getParam("2_W"), 0);
        }

        MultiLayerNetwork added =
                new TransferLearning.Builder(sgdNet(DataType.FLOAT, null))
                        .fineTuneConfiguration(
                                new FineTuneConfiguration.Builder()
                                        .constraints(List.of(new MaxNorm(0.2)))
                                        .updater(new Adam(0.05))
                                        .build())
                        .build();
        added.fit(flatData(DataType.FLOAT, 6));
        assertWithin(0.2, added.getParam("0_W"), 0);
        assertWithin(0.2, added.getParam("1_W"), 0);
    }

    @Test
    void graphsTrainSaveAndRestore() throws Exception {
        ComputationGraphConfiguration conf =
                global(DataType.FLOAT)
                        .constrainWeights(new MaxNorm(BOUND))
                        .graphBuilder()
                        .addInputs("in")
                        .addLayer("fc", new DenseLayer.Builder().nOut(5).build(), "in")
                        .addLayer("out", output(), "fc")
                        .setOutputs("out")
                        .setInputTypes(InputType.feedForward(6))
                        .build();
        assertEquals(conf, ComputationGraphConfiguration.fromJson(conf.toJson()));
        assertEquals(conf, ComputationGraphConfiguration.fromYaml(conf.toYaml()));
        assertEquals(conf, SerializationUtils.clone(conf));

        ComputationGraph net = new ComputationGraph(conf);
        net.init();
        Constraints.project(net);
        assertWithin(BOUND, net.getParam("fc_W"), 0);
        for (int i = 0; i < 20; i++) {
            net.fit(flatData(DataType.FLOAT, 6));
            assertWithin(BOUND, net.getParam("fc_W"), 0);
            assertWithin(BOUND, net.getParam("out_W"), 0);
        }
        ByteArrayOutputStream zip = new ByteArrayOutputStream();
        ModelSerializer.writeModel(net, zip, true);
        ComputationGraph restored =
                ModelSerializer.restoreComputationGraph(
                        new ByteArrayInputStream(zip.toByteArray()), true);
        assertEquals(net.params(), restored.params());
        net.fit(flatData(DataType.FLOAT, 6));
        restored.fit(flatData(DataType.FLOAT, 6));
        assertEquals(net.params(), restored.params());
    }

    @Test
    void configurationsKeepConstraintsInJsonYamlAndSerialization() {
        MultiLayerConfiguration conf =
                global(DataType.FLOAT)
                        .constrainWeights(
                                new MinMaxNorm(0.1, 2, 0.5, NormAxes.of(0))
                                        .withEps(1e-5)
                                        .withParams("W"))
                        .list()
                        .layer(new LSTM.Builder().nOut(5).build())
                        .layer(
                                new RnnOutputLayer.Builder(LossFunction.MCXENT)
                                        .nOut(3)
                                        .activation(Activation.SOFTMAX)
                                        .build())
                        .setInputType(InputType.recurrent(4))
                        .build();
        LayerConstraint first = conf.getConf(0).getLayer().getConstraints().get(0);
        assertEquals(Set.of("W"), first.getParams());
        for (MultiLayerConfiguration read :
                List.of(
                        MultiLayerConfiguration.fromJson(conf.toJson()),
                        MultiLayerConfiguration.fromYaml(conf.toYaml()),
                        SerializationUtils.clone(conf),
                        conf.clone())) {
            assertEquals(conf, read);
            assertEquals(first, read.getConf(0).getLayer().getConstraints().get(0));
        }
    }

    @Test
    void theFirstForwardPassAfterProjectedInitSeesConstrainedWeights() {
        DenseLayer dense =
                new DenseLayer.Builder()
                        .nIn(6)
                        .nOut(5)
                        .weightInit(
                                new ProjectedWeightInit(
                                        WeightInit.NORMAL.getWeightInitFunction(),
                                        new MaxNorm(BOUND, NormAxes.of(0))))
                        .constrainWeights(new MaxNorm(BOUND))
                        .build();
        MultiLayerConfiguration conf =
                global(DataType.FLOAT)
                        .list()
                        .layer(dense)
                        .layer(output())
                        .setInputType(InputType.feedForward(6))
                        .build();
        assertEquals(conf, MultiLayerConfiguration.fromJson(conf.toJson()));
        assertEquals(conf, MultiLayerConfiguration.fromYaml(conf.toYaml()));
        assertEquals(conf, SerializationUtils.clone(conf));
        MultiLayerNetwork net = new MultiLayerNetwork(conf);
        net.init();
        assertWithin(BOUND, net.getParam("0_W"), 0);
        assertEquals(BOUND, net.getParam("0_W").norm2(0).maxNumber().doubleValue(), 1e-6);
        List<Double> norms = new ArrayList<>();
        net.setListeners(
                new BaseTrainingListener() {
                    @Override
                    public void onForwardPass(Model model, List<INDArray> activations) {
                        norms.add(net.getParam("0_W").norm2(0).maxNumber().doubleValue());
                    }
                });
        for (int i = 0; i < 5; i++) {
            net.fit(flatData(DataType.FLOAT, 6));
        }
        assertEquals(5, norms.size());
        norms.forEach(norm -> assertTrue(norm <= BOUND * (1 + 1e-6), "norm " + norm));
    }
}
