package org.lamina.layers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.lamina.harness.Option.ACTIVATION;

import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.lamina.harness.Form;
import org.lamina.harness.LayerBuilder;
import org.lamina.harness.Nets;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class NonlinearityTest {

    private static INDArray inputAfterEvaluation(Layer layer) {
        INDArray x = Nd4j.createFromArray(new double[][] {{-1, 2}});
        Nets.single(layer, InputType.feedForward(2), DataType.DOUBLE).output(x);
        return x;
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void leavesItsInputAlone(Form form) {
        Layer layer =
                LayerBuilder.of(form, "Nonlinearity").set(ACTIVATION, Activation.TANH).build();
        assertEquals(Nd4j.createFromArray(new double[][] {{-1, 2}}), inputAfterEvaluation(layer));
    }

    /** Fails once DL4J is mended; then its layer may replace this project's. */
    @Test
    void dl4jsActivationLayerDoesNot() {
        assertNotEquals(
                Nd4j.createFromArray(new double[][] {{-1, 2}}),
                inputAfterEvaluation(new ActivationLayer(Activation.TANH)));
    }
}
