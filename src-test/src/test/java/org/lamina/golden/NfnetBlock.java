package org.lamina.golden;

import static org.lamina.harness.Option.ACTIVATION;
import static org.lamina.harness.Option.GROUPS;
import static org.lamina.harness.Option.HIDDEN;
import static org.lamina.harness.Option.N_OUT;
import static org.lamina.harness.Option.PADDING;
import static org.lamina.harness.Option.SCALE;
import static org.lamina.harness.Option.STANDARDIZATION;
import static org.lamina.harness.Option.STRIDE;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.lamina.activations.Gelu;
import org.lamina.activations.GeluTanh;
import org.lamina.activations.ScaledActivation;
import org.lamina.activations.Swish;
import org.lamina.harness.Close;
import org.lamina.harness.Form;
import org.lamina.harness.LayerBuilder;
import org.lamina.harness.Nets;
import org.lamina.harness.Problems;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.shade.jackson.databind.JsonNode;

/**
 * A block of a normalizer-free network as a graph of this project's layers: intermediate values,
 * output, gradients with respect to the input and every parameter.
 */
final class NfnetBlock implements Family {

    @Override
    public boolean matches(String family) {
        return family.equals("nfnet_block");
    }

    @Override
    public List<String> forms() {
        return Arrays.stream(Form.values()).map(Form::toString).toList();
    }

    @Override
    public void run(GoldenCase golden, DataType type, String form) {
        Block block = new Block(golden, Form.valueOf(form.toUpperCase(Locale.ROOT)));
        Graph graph = new Graph(block.conf(type));
        graph.init();
        Map<String, String> names = names(golden);
        names.forEach(
                (name, key) -> graph.setParam(key, stored(golden.array(name), name).castTo(type)));

        Close close = golden.tolerance(type);
        Problems problems = new Problems();
        INDArray x = golden.array("input").castTo(type);
        INDArray expected = golden.array("output");
        INDArray evaluated = graph.outputSingle(x.dup());
        problems.collect(() -> close.check("output in evaluation", evaluated, expected));
        Map<String, INDArray> activations = graph.feedForward(new INDArray[] {x}, true, false);
        problems.collect(() -> close.check("output", activations.get("out"), expected));
        problems.collect(
                () ->
                        close.check(
                                "shortcut",
                                activations.get(block.shortcut()),
                                golden.array("mid_shortcut")));
        Map<String, INDArray> gradients = graph.backward(golden.array("grad_output").castTo(type));
        INDArray inputGradient = graph.getVertex("in").getEpsilon();
        problems.collect(
                () -> close.check("gradient of input", inputGradient, golden.array("grad_input")));
        names.forEach(
                (name, key) ->
                        problems.collect(
                                () ->
                                        close.check(
                                                "gradient of " + name,
                                                gradients.get(key),
                                                stored(golden.array("grad_" + name), name))));
        problems.report();
    }

    /** PyTorch's parameter names and the graph's. */
    private static Map<String, String> names(GoldenCase golden) {
        Map<String, String> keys =
                Map.of(
                        "skip_gain", "skip_gain",
                        "se.fc0.weight", "se_W1",
                        "se.fc0.bias", "se_b1",
                        "se.fc1.weight", "se_W2",
                        "se.fc1.bias", "se_b2");
        Map<String, String> names = new LinkedHashMap<>();
        for (String name : golden.names("param")) {
            String[] parts = name.split("\\.");
            names.put(
                    name,
                    keys.containsKey(name)
                            ? keys.get(name)
                            : parts[0]
                                    + "_"
                                    + Map.of("weight", "W", "gain", "gain", "bias", "b")
                                            .get(parts[1]));
        }
        return names;
    }

    /** Dense weights are stored transposed here. */
    private static INDArray stored(INDArray parameter, String name) {
        return name.startsWith("se.") && parameter.rank() == 2
                ? parameter.transpose().dup()
                : parameter;
    }

    /** A graph that keeps the gradient of its input. */
    private static final class Graph extends ComputationGraph {

        private static final long serialVersionUID = 1L;

        Graph(ComputationGraphConfiguration conf) {
            super(conf);
        }

        Map<String, INDArray> backward(INDArray outputGradient) {
            calcBackpropGradients(false, false, outputGradient);
            return gradient.gradientForVariable();
        }
    }

    /** The block that a case describes. */
    private static final class Block {

        private final GoldenCase golden;
        private final JsonNode c;
        private final Form form;
        private final IActivation activation;

        Block(GoldenCase golden, Form form) {
            this.golden = golden;
            this.c = golden.constructor();
            this.form = form;
            IActivation function =
                    switch (c.get("activation").asText()) {
                        case "relu" -> new ActivationReLU();
                        case "gelu" -> new Gelu();
                        case "gelu_tanh" -> new GeluTanh();
                        case "silu" -> new Swish();
                        default ->
                                Activation.fromString(c.get("activation").asText())
                                        .getActivationFunction();
                    };
            ScaledActivation scaled = ScaledActivation.unitVariance(function);
            if (scaled.gamma() != golden.field("gamma").asDouble()) {
                throw new AssertionError(
                        "gamma " + scaled.gamma() + ", expected " + golden.field("gamma"));
            }
            this.activation = scaled;
        }

        private int stride() {
            return c.get("stride").asInt();
        }

        private boolean transition() {
            return stride() > 1 || c.get("in_ch").asInt() != c.get("out_ch").asInt();
        }

        /** Name of the vertex whose value the shortcut carries. */
        String shortcut() {
            return transition() ? "conv_shortcut" : "in";
        }

        private Layer conv(int kernel, int out, int stride, int groups, IActivation function) {
            return LayerBuilder.of(form, "WSConv2D", kernel)
                    .set(N_OUT, out)
                    .set(STRIDE, new int[] {stride})
                    .set(PADDING, new int[] {kernel / 2})
                    .set(GROUPS, groups)
                    .set(STANDARDIZATION, Convolutions.formula(golden))
                    .set(ACTIVATION, function)
                    .build();
        }

        ComputationGraphConfiguration conf(DataType type) {
            int out = c.get("out_ch").asInt();
            int width = golden.field("width").asInt();
            int groups = golden.field("groups").asInt();
            IActivation none = new ActivationIdentity();
            ComputationGraphConfiguration.GraphBuilder graph =
                    Nets.config(type, new Sgd(1.0))
                            .trainingWorkspaceMode(WorkspaceMode.NONE)
                            .inferenceWorkspaceMode(WorkspaceMode.NONE)
                            .graphBuilder()
                            .addInputs("in")
                            .setInputTypes(Nets.inputType(golden.array("input").shape()))
                            .addLayer(
                                    "act",
                                    LayerBuilder.of(form, "Nonlinearity")
                                            .set(ACTIVATION, activation)
                                            .build(),
                                    "in")
                            .addVertex("h", new ScaleVertex(c.get("beta").asDouble()), "act")
                            .addLayer("conv0", conv(1, width, 1, 1, activation), "h")
                            .addLayer(
                                    "conv1", conv(3, width, stride(), groups, activation), "conv0");
            boolean two = c.get("use_two_convs").asBoolean();
            if (two) {
                graph.addLayer("conv1b", conv(3, width, 1, groups, activation), "conv1");
            }
            if (transition()) {
                String pooled = "h";
                if (stride() > 1) {
                    pooled = "pool";
                    graph.addLayer("pool", pool(), "h");
                }
                graph.addLayer("conv_shortcut", conv(1, out, 1, 1, none), pooled);
            }
            return graph.addLayer("conv2", conv(1, out, 1, 1, none), two ? "conv1b" : "conv1")
                    .addLayer("se", squeezeExcitation(), "conv2")
                    .addLayer("skip", LayerBuilder.of(form, "SkipInitGain").build(), "se")
                    .addVertex("residual", new ScaleVertex(c.get("alpha").asDouble()), "skip")
                    .addVertex(
                            "out",
                            new ElementWiseVertex(ElementWiseVertex.Op.Add),
                            "residual",
                            shortcut())
                    .setOutputs("out")
                    .build();
        }

        private Layer squeezeExcitation() {
            return LayerBuilder.of(form, "SqueezeExcitation")
                    .set(HIDDEN, golden.field("se_hidden").asInt())
                    .set(SCALE, 2.0)
                    .build();
        }

        /** 'Same' rounds the size up, as ceil mode does; padding does not count in the mean. */
        private static Layer pool() {
            return new SubsamplingLayer.Builder(
                            SubsamplingLayer.PoolingType.AVG, new int[] {2, 2}, new int[] {2, 2})
                    .convolutionMode(ConvolutionMode.Same)
                    .build();
        }
    }
}
