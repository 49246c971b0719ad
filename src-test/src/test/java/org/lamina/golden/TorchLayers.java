package org.lamina.golden;

import static org.lamina.harness.Option.ACTIVATION;
import static org.lamina.harness.Option.BIAS_DEPTHWISE;
import static org.lamina.harness.Option.BIAS_POINTWISE;
import static org.lamina.harness.Option.DEPTH_MULTIPLIER;
import static org.lamina.harness.Option.HAS_BIAS;
import static org.lamina.harness.Option.KERNEL_SIZE;
import static org.lamina.harness.Option.N_IN;
import static org.lamina.harness.Option.N_OUT;
import static org.lamina.harness.Option.PADDING;
import static org.lamina.harness.Option.REDUCTION;
import static org.lamina.harness.Option.SPATIAL_BIAS;
import static org.lamina.harness.Option.TEMPORAL_BIAS;
import static org.lamina.harness.Option.TEMPORAL_FILTERS;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.lamina.activations.Swish;
import org.lamina.harness.Close;
import org.lamina.harness.Form;
import org.lamina.harness.LayerBuilder;
import org.lamina.harness.Nets;
import org.lamina.harness.Problems;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.shade.jackson.databind.JsonNode;

/**
 * SiLU (as layer and as activation function), squeeze and excitation, efficient channel attention,
 * depthwise separable convolution, temporal and spatial convolution: output in evaluation and in
 * training, gradients with respect to the input and every parameter.
 */
final class TorchLayers implements Family {

    private static final String SILU = "torch_silu";
    private static final String SQUEEZE = "torch_se";
    private static final String ATTENTION = "timm_eca";
    private static final String SEPARABLE = "torch_dwsep";
    private static final String COMBINED = "torch_combined";

    /** PyTorch's parameter names and this project's. */
    private static final Map<String, Map<String, String>> PARAMETERS =
            Map.of(
                    SILU,
                    Map.of(),
                    SQUEEZE,
                    Map.of(
                            "fc1.weight",
                            "W1",
                            "fc1.bias",
                            "b1",
                            "fc2.weight",
                            "W2",
                            "fc2.bias",
                            "b2"),
                    ATTENTION,
                    Map.of("weight", "W"),
                    SEPARABLE,
                    Map.of(
                            "depthwise.weight", "dW",
                            "depthwise.bias", "db",
                            "pointwise.weight", "pW",
                            "pointwise.bias", "pb"),
                    COMBINED,
                    Map.of(
                            "conv_time.weight", "tW",
                            "conv_time.bias", "tb",
                            "conv_spat.weight", "sW",
                            "conv_spat.bias", "sb"));

    @Override
    public boolean matches(String family) {
        return PARAMETERS.containsKey(family);
    }

    @Override
    public List<String> forms() {
        return Arrays.stream(Form.values()).map(Form::toString).toList();
    }

    @Override
    public void run(GoldenCase golden, DataType type, String form) {
        Problems problems = new Problems();
        Form layerForm = Form.valueOf(form.toUpperCase(Locale.ROOT));
        check(golden, type, layer(golden, layerForm), problems);
        if (golden.family().equals(SILU) && layerForm == Form.NATIVE) {
            check(golden, type, new ActivationLayer(new Swish()), problems);
        }
        problems.report();
    }

    private static void check(GoldenCase golden, DataType type, Layer layer, Problems problems) {
        INDArray x = activations(golden, "input").castTo(type);
        MultiLayerNetwork net = Nets.single(layer, Nets.inputType(x.shape()), type);
        Map<String, String> names = new LinkedHashMap<>(PARAMETERS.get(golden.family()));
        names.keySet().retainAll(golden.arrays().keySet());
        names.forEach((name, key) -> net.setParam("0_" + key, stored(golden, name).castTo(type)));

        Close close = golden.tolerance(type);
        INDArray expected = activations(golden, "output");
        INDArray given = x.dup();
        INDArray evaluated = net.output(x.dup());
        problems.collect(() -> close.check("output in evaluation", evaluated, expected));
        INDArray outputGradient = activations(golden, "grad_output").castTo(type);
        Nets.Pass pass = Nets.pass(net, x, outputGradient);
        problems.collect(() -> close.check("output in training", pass.output(), expected));
        problems.collect(() -> new Close(0, 0).check("the input itself", x, given));
        INDArray loss =
                pass.output()
                        .castTo(DataType.DOUBLE)
                        .mul(outputGradient.castTo(DataType.DOUBLE))
                        .sum()
                        .reshape(1);
        problems.collect(() -> close.check("loss", loss, golden.array("loss")));
        INDArray inputGradient = activations(golden, "grad_input");
        problems.collect(
                () -> close.check("gradient of input", pass.inputGradient(), inputGradient));
        names.forEach(
                (name, key) ->
                        problems.collect(
                                () ->
                                        close.check(
                                                "gradient of " + name,
                                                pass.gradients().get("0_" + key),
                                                stored(golden, "grad_" + name))));
    }

    private static Layer layer(GoldenCase golden, Form form) {
        JsonNode c = golden.constructor();
        LayerBuilder builder =
                switch (golden.family()) {
                    case SILU -> LayerBuilder.of(form, "SwishLayer");
                    case SQUEEZE ->
                            LayerBuilder.of(form, "SqueezeExcitation")
                                    .set(N_IN, TorchArguments.number(c, "channels"))
                                    .set(REDUCTION, TorchArguments.number(c, "r"))
                                    .set(HAS_BIAS, TorchArguments.flag(c, "bias"));
                    case ATTENTION -> attention(c, form);
                    case COMBINED ->
                            LayerBuilder.of(
                                            form,
                                            "CombinedConv2D",
                                            c.get("rows").asInt(),
                                            c.get("taps").asInt())
                                    .set(TEMPORAL_FILTERS, c.get("filters_time").asInt())
                                    .set(N_OUT, c.get("filters_spat").asLong())
                                    .set(PADDING, c.get("padding").asInt())
                                    .set(TEMPORAL_BIAS, c.get("bias_time").asBoolean())
                                    .set(SPATIAL_BIAS, c.get("bias_spat").asBoolean());
                    default -> {
                        int rank = golden.array("input").rank() - 2;
                        String name = "DepthwiseSeparableConv" + rank + "D";
                        yield TorchArguments.conv(name, rank, c, form)
                                .set(N_OUT, TorchArguments.number(c, "out_channels"))
                                .set(DEPTH_MULTIPLIER, TorchArguments.number(c, "depth_multiplier"))
                                .set(BIAS_DEPTHWISE, TorchArguments.flag(c, "bias_depthwise"))
                                .set(BIAS_POINTWISE, TorchArguments.flag(c, "bias_pointwise"));
                    }
                };
        return builder.set(ACTIVATION, Activation.IDENTITY).build();
    }

    private static LayerBuilder attention(JsonNode c, Form form) {
        LayerBuilder builder =
                LayerBuilder.of(form, "ECA").set(N_IN, TorchArguments.number(c, "channels"));
        return c.path("kernel_size").isNumber()
                ? builder.set(KERNEL_SIZE, TorchArguments.number(c, "kernel_size"))
                : builder;
    }

    /** Dense weights are stored transposed here. */
    private static INDArray stored(GoldenCase golden, String name) {
        INDArray array = golden.array(name);
        return golden.family().equals(SQUEEZE) && array.rank() == 2
                ? array.transpose().dup()
                : array;
    }

    /** A network's activations have a minibatch dimension and channels. */
    private static INDArray activations(GoldenCase golden, String name) {
        INDArray array = golden.array(name);
        return array.rank() == 1 ? array.reshape(1, array.length()) : array;
    }
}
