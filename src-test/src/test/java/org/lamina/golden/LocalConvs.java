package org.lamina.golden;

import static org.lamina.golden.TorchArguments.ints;
import static org.lamina.harness.Option.ACTIVATION;
import static org.lamina.harness.Option.DILATION;
import static org.lamina.harness.Option.HAS_BIAS;
import static org.lamina.harness.Option.INPUT_SIZE;
import static org.lamina.harness.Option.N_IN;
import static org.lamina.harness.Option.N_OUT;
import static org.lamina.harness.Option.PADDING;
import static org.lamina.harness.Option.STRIDE;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.lamina.harness.Close;
import org.lamina.harness.Form;
import org.lamina.harness.Graphs;
import org.lamina.harness.LayerBuilder;
import org.lamina.harness.Nets;
import org.lamina.harness.Problems;
import org.lamina.layers.LocalConv2DVertex;
import org.lamina.layers.samediff.SameDiffLocalConv2DVertex;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.shade.jackson.databind.JsonNode;

/**
 * hypnettorch's local convolution. Weights of its own run as a layer; weights from outside, also
 * where they replace the original's own ones, as a vertex; so do the layer's, which then come from
 * outside.
 */
final class LocalConvs implements Family {

    @Override
    public boolean matches(String family) {
        return family.equals("hypnettorch_local2d");
    }

    @Override
    public List<String> forms() {
        return Arrays.stream(Form.values()).map(Form::toString).toList();
    }

    @Override
    public void run(GoldenCase golden, DataType type, String form) {
        Run run = new Run(golden, type, Form.valueOf(form.toUpperCase(Locale.ROOT)));
        switch (golden.field("weights").asText()) {
            case "internal":
                run.layer();
                run.vertex();
                break;
            case "external":
            case "override":
                run.vertex();
                break;
            default:
                throw new IllegalArgumentException(
                        golden.id() + ": weights = " + golden.field("weights"));
        }
        run.problems.report();
    }

    private static final class Run {
        private final GoldenCase golden;
        private final DataType type;
        private final Form form;
        private final JsonNode c;
        private final boolean bias;
        private final Problems problems = new Problems();

        Run(GoldenCase golden, DataType type, Form form) {
            this.golden = golden;
            this.type = type;
            this.form = form;
            this.c = golden.constructor();
            this.bias = golden.has("bias");
        }

        void layer() {
            LayerBuilder builder =
                    LayerBuilder.of(form, "LocalConv2D", kernel())
                            .set(N_IN, c.get("in_channels").asInt())
                            .set(N_OUT, c.get("out_channels").asInt())
                            .set(INPUT_SIZE, inputSize())
                            .set(STRIDE, ints(c.get("stride")))
                            .set(PADDING, ints(c.get("padding")))
                            .set(HAS_BIAS, bias)
                            .set(ACTIVATION, Activation.IDENTITY);
            if (c.has("dilation")) {
                builder.set(DILATION, ints(c.get("dilation")));
            }
            MultiLayerNetwork net =
                    Nets.single(builder.build(), Nets.inputType(array("input").shape()), type);
            net.getLayer(0).setParam("W", array("filters"));
            if (bias) {
                net.getLayer(0).setParam("b", array("bias"));
            }
            check("layer's output in evaluation", net.output(array("input")), "output");
            Nets.Pass pass = Nets.pass(net, array("input"), array("grad_output"));
            checkOutput("layer's ", pass.output());
            check("layer's input gradient", pass.inputGradient(), "grad_input");
            check("layer's filter gradient", pass.gradients().get("0_W"), "grad_filters");
            if (bias) {
                check("layer's bias gradient", pass.gradients().get("0_b"), "grad_bias");
            }
        }

        void vertex() {
            List<String> names = new ArrayList<>(List.of("input", "filters"));
            if (bias) {
                names.add("bias");
            }
            INDArray[] inputs =
                    names.stream()
                            .map(name -> name.equals("input") ? array(name) : one(array(name)))
                            .toArray(INDArray[]::new);
            Graphs.Pass pass =
                    Graphs.pass(
                            Graphs.single(vertexConf(), type, names.toArray(new String[0])),
                            array("grad_output"),
                            null,
                            inputs);
            checkOutput("vertex's ", pass.output());
            for (String name : names) {
                INDArray expected = array("grad_" + name);
                check(
                        "vertex's gradient of " + name,
                        pass.gradients().get(name).reshape(expected.shape()),
                        "grad_" + name);
            }
        }

        private GraphVertex vertexConf() {
            int[] dilation = c.has("dilation") ? ints(c.get("dilation")) : new int[] {1};
            return form == Form.NATIVE
                    ? new LocalConv2DVertex.Builder(kernel())
                            .nIn(c.get("in_channels").asInt())
                            .nOut(c.get("out_channels").asInt())
                            .inputSize(inputSize())
                            .stride(ints(c.get("stride")))
                            .padding(ints(c.get("padding")))
                            .dilation(dilation)
                            .hasBias(bias)
                            .build()
                    : new SameDiffLocalConv2DVertex.Builder(kernel())
                            .nIn(c.get("in_channels").asInt())
                            .nOut(c.get("out_channels").asInt())
                            .inputSize(inputSize())
                            .stride(ints(c.get("stride")))
                            .padding(ints(c.get("padding")))
                            .dilation(dilation)
                            .hasBias(bias)
                            .build();
        }

        private int[] kernel() {
            int[] given = ints(c.get("kernel_size"));
            return new int[] {given[0], given[given.length - 1]};
        }

        private int[] inputSize() {
            return new int[] {c.get("in_height").asInt(), c.get("in_width").asInt()};
        }

        private INDArray array(String name) {
            return golden.array(name).castTo(type);
        }

        private static INDArray one(INDArray weights) {
            return weights.reshape('c', 1, weights.length());
        }

        private void checkOutput(String what, INDArray output) {
            check(what + "output", output, "output");
            INDArray products = output.castTo(DataType.DOUBLE).mul(golden.array("grad_output"));
            check(what + "loss", products.sum().reshape(1), "loss");
        }

        private void check(String what, INDArray actual, String expected) {
            Close close = golden.tolerance(type);
            problems.collect(() -> close.check(what, actual, golden.array(expected)));
        }
    }
}
