package org.lamina.golden;

import java.util.HashMap;
import java.util.Map;
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
        int stride = TorchArguments.ints(c.get("stride"))[0];
        int dilation = TorchArguments.ints(c.get("dilation"))[0];
        int groups = c.get("groups").asInt();
        String mode = c.path("padding_mode").asText("zeros");
        long batch = x.size(0);
        long length = x.size(2);
        long outputs = w.size(0);
        long groupInputs = w.size(1);
        long kernel = w.size(2);
        long outLength = (length - 1) / stride + 1;

        INDArray y = Nd4j.zeros(x.dataType(), batch, outputs, outLength);
        INDArray gy = outputGradient(golden, y.shape());
        INDArray gx = Nd4j.zeros(x.dataType(), x.shape());
        INDArray gw = Nd4j.zeros(x.dataType(), w.shape());
        INDArray gb = Nd4j.zeros(x.dataType(), outputs);
        for (long n = 0; n < batch; n++) {
            for (long o = 0; o < outputs; o++) {
                long firstInput = o / (outputs / groups) * groupInputs;
                for (long t = 0; t < outLength; t++) {
                    double g = gy.getDouble(n, o, t);
                    double sum = golden.has("bias") ? golden.array("bias").getDouble(o) : 0;
                    gb.putScalar(o, gb.getDouble(o) + g);
                    for (long i = 0; i < groupInputs; i++) {
                        for (long k = 0; k < kernel; k++) {
                            long past = t * stride - (kernel - 1 - k) * dilation;
                            long source = past >= 0 ? past : beforeStart(mode, past, length);
                            if (source < 0) {
                                continue;
                            }
                            long[] xi = {n, firstInput + i, source};
                            long[] wi = {o, i, k};
                            sum += x.getDouble(xi) * w.getDouble(wi);
                            gx.putScalar(xi, gx.getDouble(xi) + g * w.getDouble(wi));
                            gw.putScalar(wi, gw.getDouble(wi) + g * x.getDouble(xi));
                        }
                    }
                    y.putScalar(new long[] {n, o, t}, sum);
                }
            }
        }
        checkBeginning(golden, y);
        Map<String, INDArray> replaced = new HashMap<>();
        replaced.put("output", y);
        replaced.put("grad_output", gy);
        replaced.put("loss", y.mul(gy).sum().reshape(1));
        replaced.put("grad_input", gx);
        replaced.put("grad_weight", gw);
        replaced.put("grad_bias", gb);
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

    /** The input position that a position before the start shows, or -1 for a zero. */
    private static long beforeStart(String mode, long position, long length) {
        switch (mode) {
            case "zeros":
                return -1;
            case "reflect":
                return -position;
            case "replicate":
                return 0;
            case "circular":
                return position + length;
            default:
                throw new IllegalArgumentException("padding_mode '" + mode + "'");
        }
    }
}
