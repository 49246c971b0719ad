package org.lamina.kernels;

import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Defects of ND4J 1.0.0-M2.1 that kernels work around; a test here fails once upstream has mended
 * one.
 */
class UpstreamConvDefectsTest {

    /**
     * {@code ConvKernel} and {@code ConvOps} put zeros between the taps of a dilated kernel for
     * this.
     */
    @Test
    void oneDnnRefusesDilatedFloatConvolutions() {
        Assumptions.assumeTrue(
                Nd4j.getBackend().buildInfo().contains("HAVE_ONEDNN"),
                "this backend has no oneDNN");
        INDArray x = Nd4j.ones(DataType.FLOAT, 1, 1, 8, 8);
        INDArray w = Nd4j.ones(DataType.FLOAT, 1, 1, 3, 3);
        INDArray y = Nd4j.zeros(DataType.FLOAT, 1, 1, 4, 4);
        DynamicCustomOp op =
                new DynamicCustomOp("conv2d", new INDArray[] {x, w}, new INDArray[] {y});
        op.addIArgument(3, 3, 1, 1, 0, 0, 2, 2, 0, 0, 1);
        assertThrows(RuntimeException.class, () -> Nd4j.exec(op));
    }

    /** {@code ConvTransposeKernel} and {@code ConvTransposeOps} do the same for this. */
    @Test
    void oneDnnRefusesDilatedFloatGradientsOfTransposedConvolutions() {
        Assumptions.assumeTrue(
                Nd4j.getBackend().buildInfo().contains("HAVE_ONEDNN"),
                "this backend has no oneDNN");
        INDArray x = Nd4j.ones(DataType.FLOAT, 1, 1, 4, 4);
        INDArray w = Nd4j.ones(DataType.FLOAT, 1, 1, 3, 3);
        INDArray dy = Nd4j.ones(DataType.FLOAT, 1, 1, 8, 8);
        DynamicCustomOp op =
                new DynamicCustomOp(
                        "deconv2d_bp",
                        new INDArray[] {x, w, dy},
                        new INDArray[] {x.ulike(), w.ulike()});
        op.addIArgument(3, 3, 1, 1, 0, 0, 2, 2, 0, 0, 1);
        assertThrows(RuntimeException.class, () -> Nd4j.exec(op));
    }

    /** {@code GroupBundles.byDepthwiseOp} leaves kernel 1 to other ops for this. */
    @Test
    void depthwiseConvolutionOfOnePositionFailsInDouble() {
        INDArray x = Nd4j.ones(DataType.DOUBLE, 1, 2, 1, 1);
        INDArray w = Nd4j.ones(DataType.DOUBLE, 1, 1, 2, 1);
        DynamicCustomOp op =
                new DynamicCustomOp(
                        "depthwise_conv2d", new INDArray[] {x, w}, new INDArray[] {x.ulike()});
        op.addIArgument(1, 1, 1, 1, 0, 0, 1, 1, 0, 0, 0);
        assertThrows(RuntimeException.class, () -> Nd4j.exec(op));
    }
}
