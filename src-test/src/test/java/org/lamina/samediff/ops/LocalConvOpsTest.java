package org.lamina.samediff.ops;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lamina.harness.Close;
import org.lamina.harness.LocalConvLoops;
import org.lamina.spec.ConvGeometry;
import org.lamina.spec.LocalConvSpec;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The graph functions against plain loops, over random geometries. */
class LocalConvOpsTest {

    private static final int CASES = 40;

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void equalLoopsForwardAndBackwardInDoubleAndFloat(int rank) {
        for (int seed = 0; seed < CASES; seed++) {
            LocalConvLoops c = new LocalConvLoops(rank, 100 + seed);
            check(c, DataType.DOUBLE);
            check(c, DataType.FLOAT);
        }
    }

    private static void check(LocalConvLoops c, DataType type) {
        SameDiff sd = SameDiff.create();
        long[] shape = c.x.shape().clone();
        shape[0] = -1;
        SDVariable x = sd.placeHolder("x", type, shape);
        SDVariable w = sd.var("w", c.w.castTo(type));
        SDVariable b = c.b == null ? null : sd.var("b", c.b.castTo(type));
        SDVariable y =
                c.perExample
                        ? LocalConvOps.localConvPerExample(x, w, b, c.spec)
                        : LocalConvOps.localConv(x, w, b, c.spec);
        SDVariable g = sd.placeHolder("g", type, c.dy.shape());
        y.mul(g).sum().markAsLoss();
        Map<String, INDArray> in = Map.of("x", c.x.castTo(type), "g", c.dy.castTo(type));
        Close close = Close.of(type);
        String what = ", " + type + ", " + c;
        close.check("output" + what, sd.outputSingle(in, y.name()).castTo(DataType.DOUBLE), c.y);
        Map<String, INDArray> expected = new LinkedHashMap<>(Map.of("x", c.dx, "w", c.dw));
        if (c.b != null) {
            expected.put("b", c.db);
        }
        List<String> names = new ArrayList<>(expected.keySet());
        sd.createGradFunction("x");
        Map<String, INDArray> gradients = sd.calculateGradients(in, names);
        expected.forEach(
                (name, value) ->
                        close.check(
                                "gradient of " + name + what,
                                gradients.get(name).castTo(DataType.DOUBLE),
                                value));
    }

    @Test
    void anUnknownInputSizeIsNamed() {
        SameDiff sd = SameDiff.create();
        SDVariable x = sd.placeHolder("x", DataType.FLOAT, -1, 2, 5, 5);
        SDVariable w = sd.var("w", DataType.FLOAT, 3, 18, 9);
        LocalConvSpec spec =
                new LocalConvSpec(
                        2, 3, new long[0], ConvGeometry.ofKernel(3, 3), false, true, true);
        IllegalArgumentException e =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> LocalConvOps.localConv(x, w, null, spec));
        assertTrue(e.getMessage().contains("inputSize is not known"), e.getMessage());
    }
}
