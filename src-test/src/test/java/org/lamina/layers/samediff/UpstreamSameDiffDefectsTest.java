package org.lamina.layers.samediff;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.util.SameDiffUtils;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.layers.ExternalErrorsFunction;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Defects of DL4J and ND4J 1.0.0-M2.1 that the SameDiff layers work around; a test here fails once
 * upstream has mended one.
 */
class UpstreamSameDiffDefectsTest {

    /** {@code SpecSameDiffLayerImpl} takes the gradient in through a loss for this. */
    @Test
    void externalErrorsDoubleGradients() {
        SameDiff sd = SameDiff.create();
        SDVariable x = sd.var("x", Nd4j.ones(DataType.DOUBLE, 2, 2));
        SDVariable y = x.mul("y", 3.0);
        ExternalErrorsFunction errors = SameDiffUtils.externalErrors(sd, null, y);
        errors.outputVariable();
        sd.createGradFunction("x");
        INDArray gradient =
                sd.calculateGradients(
                                Map.of(
                                        errors.getGradPlaceholderName(),
                                        Nd4j.ones(DataType.DOUBLE, 2, 2)),
                                "x")
                        .get("x");
        assertEquals(Nd4j.valueArrayOf(new long[] {2, 2}, 6.0, DataType.DOUBLE), gradient);
    }

    /** {@code QuietGradients} filters the standard output for this. */
    @Test
    void gradientGraphsArePrinted() {
        SameDiff sd = SameDiff.create();
        sd.var("x", Nd4j.ones(DataType.DOUBLE, 2, 2)).mul(3.0).sum().markAsLoss();
        PrintStream out = System.out;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try {
            sd.createGradFunction("x");
        } finally {
            System.setOut(out);
        }
        assertTrue(printed.toString(StandardCharsets.UTF_8).contains("Added differentiated op "));
    }
}
