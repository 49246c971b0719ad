package org.lamina.samediff.ops;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lamina.property.ConvCase;
import org.lamina.spec.ConvGeometry;
import org.lamina.spec.Padding;
import org.lamina.spec.PaddingMode;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.TrainingConfig;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;

/** Padding against loops, files and errors. */
class ConvOpsTest {

    /** Bundles of groups and filters of a channel are nodes that a file must bring back. */
    @ParameterizedTest
    @CsvSource({"48, 6, 48", "3, 3, 9"})
    void groupsTrainOnAfterSavingAndLoading(int in, int groups, int out, @TempDir Path folder)
            throws IOException {
        SameDiff sd = SameDiff.create();
        SDVariable x = sd.placeHolder("x", DataType.FLOAT, -1, in, 5, 5);
        SDVariable w = sd.var("w", ConvCase.random(1, out, in / groups, 3, 3).castTo(x.dataType()));
        SDVariable b = sd.var("b", ConvCase.random(2, out).castTo(x.dataType()));
        ConvGeometry geometry = ConvGeometry.ofKernel(3, 3).withGroups(groups);
        ConvOps.conv(x, w, b, geometry).rename("y").norm2().rename("loss").markAsLoss();
        sd.setTrainingConfig(
                TrainingConfig.builder()
                        .updater(new Sgd(1e-3))
                        .dataSetFeatureMapping("x")
                        .markLabelsUnused()
                        .build());
        INDArray input = ConvCase.random(3, 2, in, 5, 5).castTo(DataType.FLOAT);
        sd.fit(new DataSet(input, null));

        File file = folder.resolve("conv.fb").toFile();
        sd.save(file, true);
        SameDiff loaded = SameDiff.load(file, true);
        for (SameDiff each : new SameDiff[] {sd, loaded}) {
            each.fit(new DataSet(input, null));
        }
        Map<String, INDArray> inputs = Map.of("x", input);
        assertEquals(sd.outputSingle(inputs, "y"), loaded.outputSingle(inputs, "y"));
        assertEquals(w.getArr(), loaded.getVariable("w").getArr());
    }

    @Test
    void gradientsOfPaddingEqualFiniteDifferences() {
        INDArray x = random(2, 3, 4, 5);
        int[] before = {2, 0};
        int[] after = {1, 3};
        for (PaddingMode mode : PaddingMode.values()) {
            INDArray gradY = random(2, 3, 7, 8);
            SameDiff sd = SameDiff.create();
            SDVariable in = sd.var("x", x);
            SDVariable weight = sd.constant(gradY);
            SDVariable y = PaddingOps.pad(in, before, after, mode);
            y.mul(weight).sum().markAsLoss();
            INDArray out = y.eval();
            assertArrayEquals(new long[] {2, 3, 7, 8}, out.shape());
            INDArray expected = Nd4j.zeros(DataType.DOUBLE, x.shape());
            for (int n = 0; n < 2; n++) {
                for (int k = 0; k < 3; k++) {
                    for (int i = 0; i < 7; i++) {
                        for (int j = 0; j < 8; j++) {
                            long si = mode.sourceOf(i - 2, 4);
                            long sj = mode.sourceOf(j, 5);
                            double v = si < 0 || sj < 0 ? 0 : x.getDouble(n, k, si, sj);
                            assertEquals(v, out.getDouble(n, k, i, j), mode + " " + i + " " + j);
                            if (si >= 0 && sj >= 0) {
                                expected.putScalar(
                                        new long[] {n, k, si, sj},
                                        expected.getDouble(n, k, si, sj)
                                                + gradY.getDouble(n, k, i, j));
                            }
                        }
                    }
                }
            }
            close(expected, sd.calculateGradients(Map.of(), "x").get("x"), 1e-12, mode.name());
        }
    }

    /** Where oneDNN's own padding goes wrong: see {@code DepthPadding}. */
    @Test
    void paddedAndStridedDepthIsTheSameInFloatAndDouble() {
        ConvGeometry geometry =
                ConvGeometry.ofKernel(3, 1, 1).withStride(2, 1, 1).withPadding(Padding.of(1, 0, 0));
        for (int i = 0; i < 10; i++) {
            INDArray x = random(1, 3, 3, 3, 3);
            INDArray w = random(3, 3, 3, 1, 1);
            INDArray[] gradients = new INDArray[2];
            for (DataType type : new DataType[] {DataType.DOUBLE, DataType.FLOAT}) {
                SameDiff sd = SameDiff.create();
                SDVariable input = sd.constant(x.castTo(type));
                SDVariable weights = sd.var("w", w.castTo(type));
                ConvOps.conv(input, weights, null, geometry).norm2().markAsLoss();
                gradients[type == DataType.DOUBLE ? 0 : 1] =
                        sd.calculateGradients(Map.of(), "w").get("w");
            }
            close(gradients[0], gradients[1], 1e-5, "weight gradient");
        }
    }

    @Test
    void weightsThatDoNotFitAreNamed() {
        SameDiff sd = SameDiff.create();
        SDVariable x = sd.placeHolder("x", DataType.FLOAT, -1, 4, 8, 8);
        SDVariable w = sd.var("kernel", DataType.FLOAT, 6, 4, 3, 5);
        IllegalArgumentException e =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> ConvOps.conv(x, w, null, ConvGeometry.ofKernel(3, 3)));
        assertTrue(e.getMessage().contains("kernel") && e.getMessage().contains("[6, 4, 3, 5]"));
        SDVariable computed = w.mul(2);
        assertThrows(
                IllegalArgumentException.class,
                () -> ConvOps.conv(x, computed, null, ConvGeometry.ofKernel(3, 5).withGroups(2)));
    }

    private static void close(INDArray expected, INDArray actual, double tolerance, String what) {
        assertArrayEquals(expected.shape(), actual.shape(), what);
        INDArray a = actual.castTo(DataType.DOUBLE);
        double scale = Math.max(1, expected.amaxNumber().doubleValue());
        double worst = expected.sub(a).amaxNumber().doubleValue();
        assertTrue(worst <= tolerance * scale, what + ": differs by " + worst);
    }

    private static INDArray random(long... shape) {
        return Nd4j.randn(DataType.DOUBLE, shape);
    }
}
