package org.lamina.golden;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;
import static org.lamina.harness.Option.ACTIVATION;
import static org.lamina.harness.Option.HAS_BIAS;
import static org.lamina.harness.Option.INPUT_SIZE;
import static org.lamina.harness.Option.N_IN;
import static org.lamina.harness.Option.N_OUT;
import static org.lamina.harness.Option.PADDING;
import static org.lamina.harness.Option.STRIDE;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.lamina.harness.Close;
import org.lamina.harness.Form;
import org.lamina.harness.LayerBuilder;
import org.lamina.harness.Nets;
import org.lamina.layers.base.AbstractSpecLayer;
import org.lamina.spec.ConvModernSpec;
import org.lamina.zoo.EEGNet;
import org.lamina.zoo.weights.NameMap;
import org.lamina.zoo.weights.NameMaps;
import org.lamina.zoo.weights.StateDict;
import org.lamina.zoo.weights.Weights;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.shade.jackson.databind.JsonNode;

/**
 * State dicts of the original layers, imported: the originals' outputs, and out again what went in.
 */
class ImportedWeightsTest {

    @TestFactory
    List<DynamicTest> cases() {
        List<DynamicTest> tests = new ArrayList<>();
        for (GoldenCase golden : GoldenCase.discover(GoldenTest.directory())) {
            for (Form form : Form.values()) {
                String family = golden.family();
                boolean layer =
                        family.startsWith("elektronn3_wsconv")
                                || family.equals("torch_conv_transpose")
                                || family.equals("timm_stdconv")
                                || family.equals("mdnc_convmodern")
                                || family.equals("hypnettorch_local2d")
                                        && golden.field("weights").asText().equals("internal");
                boolean network = family.equals("selfeeg_eegnet") && form == Form.NATIVE;
                if (layer || network) {
                    tests.add(
                            dynamicTest(
                                    golden.id() + " " + form,
                                    () -> check(golden, form, DataType.DOUBLE)));
                }
            }
        }
        return tests;
    }

    private static void check(GoldenCase golden, Form form, DataType type) {
        StateDict state = new StateDict();
        for (String role : List.of("param", "buffer")) {
            golden.names(role).forEach(name -> state.put(name, golden.array(name)));
        }
        if (golden.family().equals("hypnettorch_local2d")) {
            // The original has its parameters in a ParameterList, too.
            int count = 0;
            for (String name : List.copyOf(state.names())) {
                state.put("_weights." + count++, state.get(name));
            }
        }
        INDArray x = golden.array("input").castTo(type);
        MultiLayerNetwork net;
        NameMap names;
        if (golden.family().equals("selfeeg_eegnet")) {
            net = eegNet(golden.constructor(), type);
            names = NameMaps.SELFEEG_EEGNET;
            x = x.reshape(x.size(0), 1, x.size(1), x.size(2));
            Weights.importInto(net, state, names);
        } else {
            Layer layer = layer(golden, form);
            net = Nets.single(layer, Nets.inputType(x.shape()), type);
            names = names(golden, net.getLayer(0).conf().getLayer());
            Weights.importInto(net.getLayer(0), state, names);
        }
        boolean training = golden.field("mode").asText().equals("train");
        Close close = golden.tolerance(type);
        close.check("output", net.output(x, training), golden.array("output"));

        StateDict back =
                Weights.export(
                        golden.family().equals("selfeeg_eegnet") ? net : net.getLayer(0), names);
        assertEquals(new TreeSet<>(state.names()), new TreeSet<>(back.names()));
        for (String name : state.names()) {
            boolean projected = golden.has(name + "_after") && !name.contains("running");
            if (!name.contains("tracked") && !projected) {
                assertEquals(state.get(name), back.get(name), name);
            }
        }
    }

    private static Layer layer(GoldenCase golden, Form form) {
        JsonNode c = golden.constructor();
        switch (golden.family()) {
            case "mdnc_convmodern":
                return ConvModernLayers.layer(golden.layer(), c, form);
            case "hypnettorch_local2d":
                int[] kernel = TorchArguments.ints(c.get("kernel_size"));
                int[] size = {c.get("in_height").asInt(), c.get("in_width").asInt()};
                return LayerBuilder.of(form, "LocalConv2D", kernel)
                        .set(N_IN, c.get("in_channels").asInt())
                        .set(N_OUT, c.get("out_channels").asInt())
                        .set(INPUT_SIZE, size)
                        .set(STRIDE, TorchArguments.ints(c.get("stride")))
                        .set(PADDING, TorchArguments.ints(c.get("padding")))
                        .set(HAS_BIAS, golden.has("bias"))
                        .set(ACTIVATION, Activation.IDENTITY)
                        .build();
            default:
                return Convolutions.builder(golden, form).build();
        }
    }

    private static NameMap names(GoldenCase golden, Layer layer) {
        switch (golden.family()) {
            case "mdnc_convmodern":
                Object spec = ((AbstractSpecLayer<?>) layer).getSpec();
                return NameMaps.mdncConvModern((ConvModernSpec) spec);
            case "hypnettorch_local2d":
                return NameMaps.HYPNETTORCH_LOCALCONV2D;
            default:
                return NameMaps.ELEKTRONN3_WSCONV;
        }
    }

    private static MultiLayerNetwork eegNet(JsonNode c, DataType type) {
        return EEGNet.builder()
                .preset(EEGNet.Preset.SELFEEG)
                .classes(c.get("nb_classes").asInt())
                .channels(c.get("Chans").asInt())
                .samples(c.get("Samples").asInt())
                .kernelLength(c.get("kernLength").asInt())
                .dropout(0)
                .f1(c.get("F1").asInt())
                .d(c.get("D").asInt())
                .f2(c.get("F2").asInt())
                .denseMaxNorm(norm(c.get("norm_rate")))
                .depthwiseMaxNorm(norm(c.get("depthwise_max_norm")))
                .eluAlpha(c.get("ELUalpha").asDouble())
                .pool1(c.get("pool1").asInt())
                .pool2(c.get("pool2").asInt())
                .separableKernel(c.get("separable_kernel").asInt())
                .logits(c.get("return_logits").asBoolean())
                .build()
                .init()
                .convertDataType(type);
    }

    private static Double norm(JsonNode node) {
        return node.isNumber() ? Double.valueOf(node.asDouble()) : null;
    }
}
