package org.lamina.samediff.ops;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.TrainingConfig;
import org.nd4j.enums.WeightsFormat;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv2DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.PaddingMode;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;

/**
 * Defects of ND4J 1.0.0-M2.1 that the graph functions work around; a test here fails once upstream
 * has mended one.
 */
class UpstreamOpDefectsTest {

    /** {@code ActivationOps} exists for this: DL4J's leaky ReLU has slope 0.01. */
    @Test
    void leakyReluOfAGraphHasSlopeZero() {
        SameDiff sd = SameDiff.create();
        SDVariable x = sd.constant(Nd4j.createFromArray(-100.0, 100.0));
        SDVariable y = Activation.LEAKYRELU.asSameDiff("y", sd, x);
        assertEquals(0, y.eval().getDouble(0), 1e-12);
        assertEquals(
                -1,
                Activation.LEAKYRELU
                        .getActivationFunction()
                        .getActivation(Nd4j.createFromArray(-100.0), false)
                        .getDouble(0),
                1e-12);
    }

    /** {@code ConvOps} permutes weights [out, in, kH, kW] for this. */
    @Test
    void weightsWithOutputsFirstFailInTheBackwardPass() {
        SameDiff sd = SameDiff.create();
        SDVariable x = sd.var("x", Nd4j.ones(DataType.DOUBLE, 1, 2, 6, 5));
        SDVariable w = sd.var("w", Nd4j.ones(DataType.DOUBLE, 4, 2, 3, 2));
        Conv2DConfig config =
                Conv2DConfig.builder()
                        .kH(3)
                        .kW(2)
                        .paddingMode(PaddingMode.VALID)
                        .weightsFormat(WeightsFormat.OIYX)
                        .build();
        SDVariable y = sd.cnn().conv2d(x, w, config);
        assertArrayEquals(new long[] {1, 4, 4, 4}, y.eval().shape());
        y.sum().markAsLoss();
        assertThrows(RuntimeException.class, () -> sd.calculateGradients(Map.of(), "x", "w"));
    }

    /** {@code FusedParts} gives parameters of a compiled graph to its functions so for this. */
    @Test
    void fitFindsNoGradientBehindAnIdentity() {
        SameDiff sd = SameDiff.create();
        SDVariable x = sd.placeHolder("x", DataType.FLOAT, -1, 4);
        SDVariable w = sd.var("w", Nd4j.ones(DataType.FLOAT, 4, 2));
        x.mmul(sd.identity(w)).std(true, 1).markAsLoss();
        sd.setTrainingConfig(
                TrainingConfig.builder()
                        .updater(new Adam(0.1))
                        .dataSetFeatureMapping("x")
                        .markLabelsUnused()
                        .build());
        MultiDataSet batch =
                new MultiDataSet(new INDArray[] {Nd4j.rand(DataType.FLOAT, 3, 4)}, new INDArray[0]);
        assertThrows(NullPointerException.class, () -> sd.fit(batch));
    }

    /** {@code PaddingOps} takes {@code slice} for this. */
    @Test
    void gradientOfAStridedSliceOfOneElementGoesToTheFirst() {
        SameDiff sd = SameDiff.create();
        SDVariable x = sd.var("x", Nd4j.ones(DataType.DOUBLE, 1, 3));
        sd.stridedSlice(x, new long[] {0, 1}, new long[] {1, 2}, new long[] {1, 1})
                .sum()
                .markAsLoss();
        assertEquals(
                Nd4j.createFromArray(new double[][] {{1, 0, 0}}),
                sd.calculateGradients(Map.of(), "x").get("x"));
    }

    /** {@code ConvOps} dilates weights without a matrix product for this. */
    @Test
    void gradientOfAProductWithAMatrixOfOneRowFails() {
        SameDiff sd = SameDiff.create();
        SDVariable x = sd.var("x", Nd4j.ones(DataType.DOUBLE, 1, 1));
        SDVariable y = x.mmul(sd.constant(Nd4j.ones(DataType.DOUBLE, 1, 1)));
        y.reshape(1, 1, 1, 1).permute(2, 3, 1, 0).sum().markAsLoss();
        assertThrows(RuntimeException.class, () -> sd.calculateGradients(Map.of(), "x"));
    }
}
