package org.lamina.optimize;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.util.Map;
import org.apache.commons.lang3.SerializationUtils;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lamina.harness.Close;
import org.lamina.layers.DepthwiseSeparableConv2D;
import org.lamina.layers.SqueezeExcitation;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.TrainingConfig;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.GradientUpdater;
import org.nd4j.linalg.learning.config.AdaMax;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.lossfunctions.LossFunctions;
import org.nd4j.linalg.schedule.ScheduleType;
import org.nd4j.linalg.schedule.StepSchedule;

class TorchAdaMaxTest {

    /** torch.optim.Adamax, from its documentation. */
    private static final class Reference {

        private final double rate;
        private final double beta1;
        private final double beta2;
        private final double eps;
        private final double weightDecay;
        private final double[] p;
        private final double[] m;
        private final double[] u;
        private int step;

        Reference(TorchAdaMax config, double weightDecay, double[] p) {
            this.rate = config.getLearningRate(0, 0);
            this.beta1 = config.beta1();
            this.beta2 = config.beta2();
            this.eps = config.eps();
            this.weightDecay = weightDecay;
            this.p = p;
            this.m = new double[p.length];
            this.u = new double[p.length];
        }

        void step(double[] gradient) {
            step++;
            for (int i = 0; i < p.length; i++) {
                double g = gradient[i] + weightDecay * p[i];
                m[i] = beta1 * m[i] + (1 - beta1) * g;
                u[i] = Math.max(beta2 * u[i], Math.abs(g) + eps);
                p[i] -= rate / (1 - Math.pow(beta1, step)) * m[i] / u[i];
            }
        }
    }

    private static double[] values(INDArray array) {
        return array.dup('c').data().asDouble();
    }

    private static MultiLayerNetwork network(IUpdater updater, double weightDecay, DataType type) {
        MultiLayerNetwork net =
                new MultiLayerNetwork(
                        new NeuralNetConfiguration.Builder()
                                .dataType(type)
                                .seed(1)
                                .updater(updater)
                                .l2(weightDecay)
                                .l2Bias(weightDecay)
                                .list()
                                .layer(
                                        new DepthwiseSeparableConv2D.Builder(3, 3)
                                                .nOut(4)
                                                .activation(Activation.TANH)
                                                .build())
                                .layer(new SqueezeExcitation.Builder().reduction(2).build())
                                .layer(new GlobalPoolingLayer(PoolingType.AVG))
                                .layer(
                                        new OutputLayer.Builder(LossFunctions.LossFunction.MCXENT)
                                                .nOut(3)
                                                .activation(Activation.SOFTMAX)
                                                .build())
                                .setInputType(InputType.convolutional(6, 5, 2))
                                .build());
        net.init();
        return net;
    }

    private static DataSet batch(DataType type, int seed) {
        Nd4j.getRandom().setSeed(seed);
        INDArray labels = Nd4j.zeros(type, 4, 3);
        for (int i = 0; i < 4; i++) {
            labels.putScalar(i, (i + seed) % 3, 1);
        }
        return new DataSet(Nd4j.randn(type, 4, 2, 6, 5), labels);
    }

    /**
     * The recipe of the Javadoc: every parameter of a network, weight decay included. Not with eps
     * 0: PyTorch's formula is 0 / 0 for the bias of a hidden unit that no example reaches.
     */
    @ParameterizedTest
    @CsvSource({"1e-8, 0", "1e-8, 0.01", "0.05, 0.1", "3, 0.01", "1e-30, 0.01"})
    void aNetworkTrainsAsInPyTorch(double eps, double weightDecay) {
        for (DataType type : new DataType[] {DataType.DOUBLE, DataType.FLOAT}) {
            TorchAdaMax updater = new TorchAdaMax(0.002, 0.9, 0.999, eps);
            MultiLayerNetwork net = network(updater, weightDecay, type);
            Reference reference = new Reference(updater, weightDecay, values(net.params()));
            Close close = type == DataType.DOUBLE ? new Close(1e-9, 1e-11) : new Close(1e-4, 1e-5);
            for (int step = 0; step < 12; step++) {
                DataSet data = batch(type, step);
                net.setInput(data.getFeatures());
                net.setLabels(data.getLabels());
                net.computeGradientAndScore(); // sums over the minibatch, before regularization
                double[] gradient = values(net.gradient().gradient().div(4));
                reference.step(gradient);
                net.fit(data);
                close.check(
                        "parameters, step " + step,
                        net.params().reshape(net.numParams()),
                        Nd4j.createFromArray(reference.p));
            }
        }
    }

    /** Fails once ND4J's AdaMax uses its eps; then it may replace this project's. */
    @Test
    void nd4jsIgnoresEps() {
        INDArray small = update(new AdaMax(0.1, 0.9, 0.999, 1e-8));
        INDArray large = update(new AdaMax(0.1, 0.9, 0.999, 1.0));
        assertEquals(small, large);
        assertNotEquals(
                update(new TorchAdaMax(0.1, 0.9, 0.999, 1e-8)),
                update(new TorchAdaMax(0.1, 0.9, 0.999, 1.0)));
    }

    private static INDArray update(IUpdater updater) {
        INDArray gradient = Nd4j.createFromArray(0.5, -2, 1e-3);
        updater.instantiate(Nd4j.zeros(DataType.DOUBLE, 6), true).applyUpdater(gradient, 0, 0);
        return gradient;
    }

    @Test
    void withoutAnyGradientNothingMoves() {
        INDArray gradient = Nd4j.zeros(DataType.FLOAT, 3);
        GradientUpdater<?> updater =
                new TorchAdaMax(0.1, 0.9, 0.999, 0)
                        .instantiate(Nd4j.zeros(DataType.FLOAT, 6), true);
        updater.applyUpdater(gradient, 0, 0);
        assertEquals(Nd4j.zeros(DataType.FLOAT, 3), gradient);
    }

    @Test
    void stateIsSavedWithTheNetwork() throws Exception {
        MultiLayerNetwork net = network(new TorchAdaMax(), 0.01, DataType.FLOAT);
        net.fit(batch(DataType.FLOAT, 1));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ModelSerializer.writeModel(net, bytes, true);
        MultiLayerNetwork restored =
                ModelSerializer.restoreMultiLayerNetwork(
                        new ByteArrayInputStream(bytes.toByteArray()), true);
        MultiLayerNetwork copy = net.clone();
        for (int step = 2; step < 5; step++) {
            net.fit(batch(DataType.FLOAT, step));
            restored.fit(batch(DataType.FLOAT, step));
            copy.fit(batch(DataType.FLOAT, step));
        }
        assertEquals(net.params(), restored.params());
        assertEquals(net.params(), copy.params());
    }

    @Test
    void configurationSurvives() {
        IUpdater[] updaters = {
            new TorchAdaMax(),
            new TorchAdaMax(0.01, 0.8, 0.99, 0.1),
            new TorchAdaMax(new StepSchedule(ScheduleType.ITERATION, 0.1, 0.5, 2), 0.9, 0.99, 0)
        };
        for (IUpdater updater : updaters) {
            MultiLayerConfiguration conf =
                    network(updater, 0.01, DataType.FLOAT).getLayerWiseConfigurations();
            assertEquals(conf, MultiLayerConfiguration.fromJson(conf.toJson()));
            assertEquals(conf, MultiLayerConfiguration.fromYaml(conf.toYaml()));
            assertEquals(conf, SerializationUtils.clone(conf));
            assertEquals(updater, updater.clone());
        }
        assertNotEquals(new TorchAdaMax(), new TorchAdaMax(0.002, 0.9, 0.999, 1e-7));
        assertEquals(0.05, updaters[2].getLearningRate(2, 0));
    }

    @Test
    void trainsAGraphOfSameDiff() {
        TorchAdaMax updater = new TorchAdaMax(0.1, 0.9, 0.999, 0.5);
        INDArray start = Nd4j.createFromArray(new double[][] {{0.3, -0.2}, {1, 2}, {0, -1}});
        SameDiff sd = SameDiff.create();
        SDVariable x = sd.placeHolder("x", DataType.DOUBLE, -1, 3);
        SDVariable w = sd.var("w", start.dup());
        SDVariable y = sd.placeHolder("y", DataType.DOUBLE, -1, 2);
        x.mmul(w).sub(y).mul(x.mmul(w).sub(y)).sum().markAsLoss();
        sd.setTrainingConfig(
                TrainingConfig.builder()
                        .updater(updater)
                        .dataSetFeatureMapping("x")
                        .dataSetLabelMapping("y")
                        .build());
        Nd4j.getRandom().setSeed(3);
        DataSet data =
                new DataSet(Nd4j.randn(DataType.DOUBLE, 4, 3), Nd4j.randn(DataType.DOUBLE, 4, 2));
        Reference reference = new Reference(updater, 0, values(start));
        for (int step = 0; step < 5; step++) {
            Map<String, INDArray> placeholders =
                    Map.of("x", data.getFeatures(), "y", data.getLabels());
            reference.step(values(sd.calculateGradients(placeholders, "w").get("w")));
            sd.fit(data);
            Close.of(DataType.DOUBLE)
                    .check(
                            "w, step " + step,
                            w.getArr(),
                            Nd4j.createFromArray(reference.p).reshape(3, 2));
        }
    }

    @Test
    void refusesWrongValues() {
        refused("learningRate = -1.0", () -> new TorchAdaMax(-1));
        refused("learningRate = NaN", () -> new TorchAdaMax(Double.NaN));
        refused("beta1 = 1.0; must be in [0, 1)", () -> new TorchAdaMax(0.1, 1, 0.9, 0));
        refused("beta2 = -0.1; must be in [0, 1)", () -> new TorchAdaMax(0.1, 0.9, -0.1, 0));
        refused("eps = -1.0; must be 0 or greater", () -> new TorchAdaMax(0.1, 0.9, 0.9, -1));
        refused("eps = NaN", () -> new TorchAdaMax(0.1, 0.9, 0.9, Double.NaN));
    }

    private static void refused(String message, Runnable construction) {
        String text = assertThrows(IllegalArgumentException.class, construction::run).getMessage();
        assertTrue(text.contains(message), text);
    }
}
