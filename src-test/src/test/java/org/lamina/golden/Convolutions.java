package org.lamina.golden;

import static org.lamina.harness.Option.ACTIVATION;
import static org.lamina.harness.Option.HAS_GAIN;
import static org.lamina.harness.Option.OUTPUT_SIZE;
import static org.lamina.harness.Option.PADDING;
import static org.lamina.harness.Option.PER_INPUT_CHANNEL;
import static org.lamina.harness.Option.STANDARDIZATION;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.lamina.harness.Close;
import org.lamina.harness.Form;
import org.lamina.harness.LayerBuilder;
import org.lamina.harness.Nets;
import org.lamina.harness.Problems;
import org.lamina.kernels.WeightStandardizationKernel;
import org.lamina.spec.Padding;
import org.lamina.spec.WeightStandardization;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.shade.jackson.databind.JsonNode;

/**
 * PyTorch's Conv2d in every padding mode, its transposed convolutions, timm's StdConv2d, and
 * elektronn3's convolutions and transposed convolutions with standardized weights: output in
 * evaluation and in training, gradients with respect to the input and every parameter.
 */
final class Convolutions implements Family {

    private static final String STANDARDIZED = "elektronn3_wsconv";

    private static final String TRANSPOSED = "elektronn3_wsconvtranspose";

    private static final String STD_CONV = "timm_stdconv";

    private static final List<String> NAMES =
            List.of(
                    STANDARDIZED,
                    TRANSPOSED,
                    STD_CONV,
                    "torch_conv2d_padding",
                    "torch_conv_transpose");

    /** PyTorch's parameter names and this project's. */
    private static final Map<String, String> PARAMETERS =
            Map.of("weight", "W", "bias", "b", "gain", "gain");

    @Override
    public boolean matches(String family) {
        return NAMES.contains(family);
    }

    @Override
    public List<String> forms() {
        return Arrays.stream(Form.values()).map(Form::toString).toList();
    }

    @Override
    public void run(GoldenCase golden, DataType type, String form) {
        INDArray x = golden.array("input").castTo(type);
        MultiLayerNetwork net =
                Nets.single(
                        builder(golden, Form.valueOf(form.toUpperCase(Locale.ROOT))).build(),
                        Nets.inputType(x.shape()),
                        type);
        Map<String, String> parameters = new LinkedHashMap<>(PARAMETERS);
        parameters.keySet().retainAll(golden.arrays().keySet());
        parameters.forEach(
                (name, key) -> net.setParam("0_" + key, golden.array(name).castTo(type)));

        Close close = golden.tolerance(type);
        Problems problems = new Problems();
        INDArray expected = golden.array("output");
        problems.collect(() -> close.check("output in evaluation", net.output(x), expected));
        INDArray outputGradient = golden.array("grad_output").castTo(type);
        Nets.Pass pass = Nets.pass(net, x, outputGradient);
        problems.collect(() -> close.check("output in training", pass.output(), expected));
        INDArray inputGradient = golden.array("grad_input");
        problems.collect(
                () -> close.check("gradient of input", pass.inputGradient(), inputGradient));
        parameters.forEach(
                (name, key) ->
                        problems.collect(
                                () ->
                                        close.check(
                                                "gradient of " + name,
                                                pass.gradients().get("0_" + key),
                                                golden.array("grad_" + name))));
        if (golden.family().equals(STANDARDIZED)) {
            problems.collect(() -> checkWeight(golden, net, close));
        }
        problems.report();
    }

    static LayerBuilder builder(GoldenCase golden, Form form) {
        String layer = golden.layer().replaceFirst("d$", "D").replaceFirst("^Std", "WS");
        int rank = golden.array("input").rank() - 2;
        LayerBuilder builder =
                TorchArguments.groupedConv(layer, rank, golden.constructor(), form)
                        .set(ACTIVATION, Activation.IDENTITY);
        JsonNode sides = golden.field("explicit_pad_ltrb");
        if (sides.isArray()) {
            int[] ltrb = TorchArguments.ints(sides);
            builder.set(
                    PADDING,
                    Padding.perSide(new int[] {ltrb[1], ltrb[0]}, new int[] {ltrb[3], ltrb[2]}));
        }
        if (golden.family().equals(STANDARDIZED) || golden.family().equals(TRANSPOSED)) {
            builder.set(STANDARDIZATION, formula(golden));
        }
        if (golden.family().equals(STD_CONV)) {
            double eps = golden.constructor().path("eps").asDouble(1e-6);
            builder.set(STANDARDIZATION, WeightStandardization.stdConv().withEps(eps))
                    .set(HAS_GAIN, false);
        }
        if (golden.family().equals(TRANSPOSED)) {
            builder.set(PER_INPUT_CHANNEL, golden.field("standardize").asText().equals("dim0"));
        }
        JsonNode size = golden.field("output_size");
        if (size.isArray() || size.isNumber()) {
            builder.set(OUTPUT_SIZE, TorchArguments.ints(size));
        }
        return builder;
    }

    /** The formula that a case's fields name. */
    static WeightStandardization formula(GoldenCase golden) {
        WeightStandardization formula =
                switch (golden.field("fan_in").asText()) {
                    case "elektronn3" -> WeightStandardization.elektronn3();
                    case "nfnet" -> WeightStandardization.nfnet();
                    default ->
                            throw new IllegalArgumentException(
                                    "fan_in = " + golden.field("fan_in") + " is not known here");
                };
        boolean unbiased = golden.field("var_correction").asInt() == 1;
        JsonNode eps =
                golden.field("eps").isNumber()
                        ? golden.field("eps")
                        : golden.constructor().path("eps");
        return formula.withVariance(
                        unbiased
                                ? WeightStandardization.Variance.UNBIASED
                                : WeightStandardization.Variance.BIASED)
                .withEps(eps.asDouble());
    }

    private static void checkWeight(GoldenCase golden, MultiLayerNetwork net, Close close) {
        INDArray weight = net.getParam("0_W");
        INDArray rows = weight.reshape(weight.size(0), weight.length() / weight.size(0));
        INDArray standardized = rows.ulike();
        new WeightStandardizationKernel(formula(golden))
                .forward(rows, net.getParam("0_gain"), standardized);
        close.check(
                "standardized weight",
                standardized.reshape(weight.shape()),
                golden.array("weight_std"));
    }
}
