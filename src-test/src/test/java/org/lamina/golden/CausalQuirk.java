package org.lamina.golden;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.lamina.harness.NaiveConv;
import org.lamina.spec.PaddingMode;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.shade.jackson.databind.JsonNode;

/**
 * A documented difference: the original's causal convolution pads both sides and drops as many
 * <em>output</em> samples as it padded input samples, so that a stride greater than 1 loses samples
 * at the end and a kernel of 1 loses all of them. Here the output has {@code floor((L - 1) /
 * stride) + 1} samples, each of which sees the past only. What the original does return are the
 * first of these samples.
 *
 * <p>The right output and gradients are computed by loops over the definition.
 */
final class CausalQuirk {

    private CausalQuirk() {}

    /** Whether the case is marked as one, or its output lacks samples for the same reason. */
    static boolean applies(GoldenCase golden) {
        if (golden.field("causal_stride_quirk").asBoolean()) {
            return true;
        }
        boolean causal = golden.constructor().path("padding").asText().equals("causal");
        return causal && golden.array("output").isEmpty();
    }

    /**
     * The case with the output and gradients of a causal convolution in place of the original's.
     *
     * @throws AssertionError if the original's output is not the beginning of the right one, which
     *     would be another difference than the documented one
     */
    static GoldenCase corrected(GoldenCase golden) {
        JsonNode c = golden.constructor();
        INDArray x = golden.array("input");
        INDArray w = golden.array(golden.has("weight_after") ? "weight_after" : "weight");
        int[] dilation = TorchArguments.ints(c.get("dilation"));
        int[] past = {(int) (w.size(2) - 1) * dilation[0]};
        NaiveConv causal =
                new NaiveConv(
                        TorchArguments.ints(c.get("stride")),
                        dilation,
                        past,
                        new int[] {0},
                        PaddingMode.valueOf(
                                c.path("padding_mode").asText("zeros").toUpperCase(Locale.ROOT)),
                        c.get("groups").asInt());
        INDArray y = causal.output(x, w, golden.has("bias") ? golden.array("bias") : null);
        INDArray gy = outputGradient(golden, y.shape());
        NaiveConv.Gradients gradients = causal.gradients(x, w, gy);
        checkBeginning(golden, y);
        Map<String, INDArray> replaced = new HashMap<>();
        replaced.put("output", y);
        replaced.put("grad_output", gy);
        replaced.put("loss", y.mul(gy).sum().reshape(1));
        replaced.put("grad_input", gradients.input());
        replaced.put("grad_weight", gradients.weight());
        replaced.put("grad_bias", gradients.bias());
        return golden.with(replaced);
    }

    private static void checkBeginning(GoldenCase golden, INDArray y) {
        INDArray original = golden.array("output");
        if (original.isEmpty()) {
            return;
        }
        INDArray beginning =
                y.get(
                        NDArrayIndex.all(),
                        NDArrayIndex.all(),
                        NDArrayIndex.interval(0, original.size(2)));
        golden.tolerance(y.dataType())
                .check("the original's output, by its definition", beginning, original);
    }

    /** Some gradient, representable in float: the original's has too few samples. */
    private static INDArray outputGradient(GoldenCase golden, long[] shape) {
        INDArray gradient = Nd4j.zeros(golden.array("input").dataType(), shape);
        for (long i = 0; i < gradient.length(); i++) {
            gradient.putScalar(i, ((i * 37) % 29 - 14) / 8.0);
        }
        return gradient;
    }
}
