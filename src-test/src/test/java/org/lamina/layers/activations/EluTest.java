package org.lamina.layers.activations;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.serde.JsonMappers;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationELU;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.shade.jackson.databind.ObjectMapper;

class EluTest {

    private static final double ALPHA = 0.7;
    private static final double X = -0.5;

    private static double gradient(IActivation function) {
        INDArray x = Nd4j.createFromArray(new double[][] {{X, 2}});
        INDArray one = Nd4j.createFromArray(new double[][] {{1.0, 1.0}});
        INDArray gradient = function.backprop(x, one).getFirst();
        assertEquals(1.0, gradient.getDouble(0, 1), 1e-12);
        return gradient.getDouble(0, 0);
    }

    @Test
    void gradientHasAlpha() {
        assertEquals(ALPHA * Math.exp(X), gradient(new Elu(ALPHA)), 1e-12);
        assertEquals(Math.exp(X), gradient(new Elu(1)), 1e-12);
    }

    /** Fails once DL4J is mended; then {@link Elu} can go. */
    @Test
    void dl4jsGradientLacksAlpha() {
        assertEquals(Math.exp(X), gradient(new ActivationELU(ALPHA)), 1e-12);
    }

    @Test
    void survivesJson() throws Exception {
        ObjectMapper mapper =
                JsonMappers.getMapper();
        ActivationLayer layer = new ActivationLayer.Builder().activation(new Elu(ALPHA)).build();
        ActivationLayer read =
                mapper.readValue(mapper.writeValueAsString(layer), ActivationLayer.class);
        assertEquals(Elu.class, read.getActivationFn().getClass());
        assertEquals(new Elu(ALPHA), read.getActivationFn());
    }
}
