package org.lamina.activations;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationELU;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class EluTest {

    private static final double ALPHA = 0.7;
    private static final double X = -0.5;

    /** libnd4j keeps alpha as a float. */
    private static final double TOLERANCE = 1e-7;

    private static double gradient(IActivation function) {
        INDArray x = Nd4j.createFromArray(new double[][] {{X, 2}});
        INDArray one = Nd4j.createFromArray(new double[][] {{1.0, 1.0}});
        INDArray gradient = function.backprop(x, one).getFirst();
        assertEquals(1.0, gradient.getDouble(0, 1), TOLERANCE);
        return gradient.getDouble(0, 0);
    }

    @Test
    void gradientHasAlpha() {
        assertEquals(ALPHA * Math.exp(X), gradient(new Elu(ALPHA)), TOLERANCE);
        assertEquals(Math.exp(X), gradient(new Elu(1)), TOLERANCE);
    }

    /** Fails once DL4J is mended; then {@link Elu} can go. */
    @Test
    void dl4jsGradientLacksAlpha() {
        assertEquals(Math.exp(X), gradient(new ActivationELU(ALPHA)), TOLERANCE);
    }

    @Test
    void survivesJson() {
        MultiLayerConfiguration conf =
                new NeuralNetConfiguration.Builder()
                        .list()
                        .layer(new ActivationLayer(new Elu(ALPHA)))
                        .build();
        MultiLayerConfiguration read = MultiLayerConfiguration.fromJson(conf.toJson());
        ActivationLayer layer = (ActivationLayer) read.getConf(0).getLayer();
        assertEquals(Elu.class, layer.getActivationFn().getClass());
        assertEquals(new Elu(ALPHA), layer.getActivationFn());
    }
}
