package org.lamina.golden;

import static org.lamina.harness.Option.ACTIVATOR;
import static org.lamina.harness.Option.LAYER_ORDER;
import static org.lamina.harness.Option.NORMALIZER;
import static org.lamina.harness.Option.N_IN;
import static org.lamina.harness.Option.N_OUT;
import static org.lamina.harness.Option.OUTPUT_SIZE;
import static org.lamina.harness.Option.PADDING;
import static org.lamina.harness.Option.SCALER;
import static org.lamina.harness.Option.STRIDE;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.lamina.harness.Close;
import org.lamina.harness.Form;
import org.lamina.harness.LayerBuilder;
import org.lamina.harness.Nets;
import org.lamina.harness.Problems;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.shade.jackson.databind.JsonNode;

/**
 * MDNC's ConvModern layers in training and evaluation: output, all gradients, number of trained
 * parameters, and the running statistics after a training step that changes nothing else.
 *
 * <p>Arguments that the original ignores are left out, as they are errors here: the output size
 * with scaler 'down', the stride with an output size.
 */
final class ConvModernLayers implements Family {

    /** The original's parameter names in a module of a kind, and this project's. */
    private static final Map<String, Map<String, String>> NAMES =
            Map.of(
                    "Conv",
                    Map.of("weight", "W", "bias", "b"),
                    "BatchNorm",
                    Map.of(
                            "weight",
                            "gamma",
                            "bias",
                            "beta",
                            "running_mean",
                            "mean",
                            "running_var",
                            "var"),
                    "InstanceNorm",
                    Map.of("weight", "gamma", "bias", "beta"),
                    "PReLU",
                    Map.of("weight", "slope"));

    @Override
    public boolean matches(String family) {
        return family.equals("mdnc_convmodern");
    }

    @Override
    public List<String> forms() {
        return Arrays.stream(Form.values()).map(Form::toString).toList();
    }

    @Override
    public void run(GoldenCase golden, DataType type, String form) {
        new Run(golden, type, Form.valueOf(form.toUpperCase(Locale.ROOT))).all();
    }

    /** The layer that the original's arguments describe. */
    static Layer layer(String name, JsonNode c, Form form) {
        int rank = Character.digit(name.charAt(name.length() - 2), 10);
        boolean up = c.path("scaler").asText("down").equalsIgnoreCase("up");
        JsonNode outputSize = c.path("output_size");
        LayerBuilder builder =
                LayerBuilder.of(form, "ConvModern" + rank + "D", ints(c, "kernel_size", 3))
                        .set(N_IN, c.get("in_planes").asInt())
                        .set(N_OUT, c.get("out_planes").asInt())
                        .set(PADDING, ints(c, "padding", 1))
                        .set(NORMALIZER, c.path("normalizer").asText("pinst"))
                        .set(ACTIVATOR, c.path("activator").asText("prelu"))
                        .set(LAYER_ORDER, c.path("layer_order").asText("new"))
                        .set(SCALER, up ? "up" : "down");
        if (up && (outputSize.isNumber() || outputSize.isArray())) {
            builder.set(
                    OUTPUT_SIZE,
                    Arrays.stream(TorchArguments.ints(outputSize)).asLongStream().toArray());
        } else {
            builder.set(STRIDE, ints(c, "stride", 1));
        }
        return builder.build();
    }

    private static int[] ints(JsonNode c, String name, int otherwise) {
        return c.has(name) ? TorchArguments.ints(c.get(name)) : new int[] {otherwise};
    }

    private static final class Run {
        private final GoldenCase golden;
        private final DataType type;
        private final Form form;
        private final boolean training;
        private final Close close;
        private final Problems problems = new Problems();

        Run(GoldenCase golden, DataType type, Form form) {
            this.golden = golden;
            this.type = type;
            this.form = form;
            this.training = golden.field("mode").asText().equals("train");
            this.close = golden.tolerance(type);
        }

        void all() {
            InputType inputType = Nets.inputType(golden.array("input").shape());
            Layer layer = layer(golden.layer(), golden.constructor(), form);
            MultiLayerNetwork net = Nets.trainable(layer, inputType, type, new Sgd(0));
            load(net);
            checkSize(net);
            INDArray x = array("input");
            INDArray g = array("grad_output");
            INDArray output = net.output(x, training);
            check("output", output, array("output"));
            check("loss", output.mul(g).sum().reshape(1), array("loss"));
            checkGradients(training ? net.calculateGradients(x, g, null, null) : evaluation(net));
            checkState("after a pass", net, golden.names("param"), "");
            checkState("after a pass", net, statistics(), training ? "_after" : "");
            if (training) {
                load(net);
                net.fit(x, g);
                checkState("after a training step", net, golden.names("param"), "");
                checkState("after a training step", net, statistics(), "_after");
            }
            problems.report();
        }

        private void load(MultiLayerNetwork net) {
            for (String name : state()) {
                net.getParam(key(name)).assign(array(name));
            }
        }

        private Pair<Gradient, INDArray> evaluation(MultiLayerNetwork net) {
            return EvaluationGradients.of(net, array("input"), array("grad_output"));
        }

        private INDArray array(String name) {
            return golden.array(name).castTo(type);
        }

        /** All parameters and running statistics that have a counterpart here. */
        private List<String> state() {
            List<String> names = new ArrayList<>(golden.names("param"));
            names.addAll(statistics());
            return names;
        }

        private List<String> statistics() {
            List<String> names = new ArrayList<>(golden.names("buffer"));
            names.removeIf(name -> name.endsWith("num_batches_tracked"));
            return names;
        }

        /** The key of the parameter that the original calls mconv.&lt;position&gt;.&lt;name&gt;. */
        private String key(String name) {
            String[] parts = name.split("\\.");
            String module = golden.field("sequence").get(Integer.parseInt(parts[1])).asText();
            String key =
                    NAMES.entrySet().stream()
                            .filter(kind -> module.startsWith(kind.getKey()))
                            .findFirst()
                            .map(kind -> kind.getValue().get(parts[2]))
                            .orElse(null);
            if (key == null) {
                throw new IllegalArgumentException(module + " has no '" + name + "' here");
            }
            return "0_" + key;
        }

        private void checkSize(MultiLayerNetwork net) {
            long running =
                    statistics().stream().mapToLong(name -> golden.array(name).length()).sum();
            long trained = net.numParams() - running;
            if (trained != golden.field("num_params").asLong()) {
                throw new AssertionError(
                        trained + " trained parameters, expected " + golden.field("num_params"));
            }
        }

        private void checkGradients(Pair<Gradient, INDArray> actual) {
            check("gradient of input", actual.getSecond(), array("grad_input"));
            for (String name : golden.names("param")) {
                INDArray gradient = actual.getFirst().getGradientFor(key(name));
                check("gradient of " + name, gradient, array("grad_" + name));
            }
        }

        private void checkState(
                String when, MultiLayerNetwork net, List<String> names, String suffix) {
            for (String name : names) {
                check(name + " " + when, net.getParam(key(name)), array(name + suffix));
            }
        }

        private void check(String what, INDArray actual, INDArray expected) {
            problems.collect(() -> close.check(what, actual, expected));
        }
    }
}
