package org.lamina.kernels;

import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.factory.Nd4j;

/** Why {@link PReLUKernel} does not call libnd4j's op; fails when ND4J mends it. */
class UpstreamPReLUDefectTest {

    /** "The length of input array should be no more than SD_MAX_RANK*2 times the alpha array". */
    @Test
    void gradientRefusesInputsMuchLargerThanTheSlope() {
        INDArray x = Nd4j.rand(DataType.FLOAT, 2, 3, 100);
        INDArray slope = Nd4j.rand(DataType.FLOAT, 3, 1);
        DynamicCustomOp op =
                DynamicCustomOp.builder("prelu_bp")
                        .addInputs(x, slope, x.dup())
                        .addOutputs(x.ulike(), slope.ulike())
                        .addIntegerArguments(2)
                        .build();
        assertThrows(RuntimeException.class, () -> Nd4j.exec(op));
    }
}
