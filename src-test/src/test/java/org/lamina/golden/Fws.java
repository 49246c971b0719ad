package org.lamina.golden;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.lamina.harness.Close;
import org.lamina.harness.Form;
import org.lamina.harness.Nets;
import org.lamina.harness.Option;
import org.lamina.harness.Problems;
import org.lamina.layers.FWS;
import org.lamina.layers.samediff.SameDiffFWS;
import org.lamina.layers.wrapper.StandardizedWeights;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.shade.jackson.databind.JsonNode;

/**
 * elektronn3's in-place weight standardization around a convolution, plain or transposed: the
 * weights and the output after each of several forward passes, then the gradients of the last. The
 * native wrapper is run around this project's convolution and, where DL4J has the same, around
 * DL4J's.
 */
final class Fws implements Family {

    private static final String WEIGHT = "layer.weight";

    @Override
    public boolean matches(String family) {
        return family.equals("elektronn3_fws");
    }

    @Override
    public List<String> forms() {
        return Arrays.stream(Form.values()).map(Form::toString).toList();
    }

    @Override
    public void run(GoldenCase golden, DataType type, String formName) {
        Form form = Form.valueOf(formName.toUpperCase(Locale.ROOT));
        List<Layer> wrapped = new ArrayList<>(List.of(convolution(golden, form)));
        if (form == Form.NATIVE && dl4jHas(golden)) {
            wrapped.add(dl4jConvolution(golden));
        }
        Problems problems = new Problems();
        for (Layer layer : wrapped) {
            StandardizedWeights.Builder<?> builder =
                    form == Form.NATIVE ? new FWS.Builder(layer) : new SameDiffFWS.Builder(layer);
            JsonNode c = golden.constructor();
            Layer fws =
                    builder.standardization(Convolutions.formula(golden))
                            .learnableGain(TorchArguments.flag(c, "learnable_gain"))
                            .constEval(TorchArguments.flag(c, "const_eval"))
                            .build();
            check(golden, fws, type, problems);
        }
        problems.report();
    }

    private static void check(GoldenCase golden, Layer fws, DataType type, Problems problems) {
        String of = " of " + fws;
        Close close = golden.tolerance(type);
        MultiLayerNetwork net =
                Nets.single(fws, Nets.inputType(golden.array("input_1").shape()), type);
        Map<String, String> keys = new LinkedHashMap<>();
        List<String> stored = new ArrayList<>(golden.names("param"));
        stored.addAll(golden.names("buffer"));
        for (String name : stored) {
            String key = Map.of(WEIGHT, "0_W", "layer.bias", "0_b", "gain", "0_gain").get(name);
            keys.put(name, key);
            INDArray param = net.getParam(key);
            INDArray value = golden.array(name).castTo(type);
            if (name.equals(WEIGHT) && storesReversed(net)) {
                value = value.permute(2, 1, 0).dup('c');
            }
            param.assign(value.reshape('c', param.shape()));
        }
        assertEquals(keys.values().size(), net.paramTable().size(), "parameters" + of);

        JsonNode modes = golden.field("modes");
        for (int step = 1; step <= modes.size(); step++) {
            String suffix = "_" + step;
            net.setInput(golden.array("input" + suffix).castTo(type));
            boolean training = modes.get(step - 1).asText().equals("train");
            INDArray output = net.feedForward(training, false).get(1).dup();
            check(problems, close, golden, "output" + suffix, of, output);
            check(
                    problems,
                    close,
                    golden,
                    WEIGHT + "_after" + suffix,
                    of,
                    stored(net, net.getParam("0_W")));
        }
        INDArray outputGradient = golden.array("grad_output").castTo(type);
        Pair<Gradient, INDArray> back = net.backpropGradient(outputGradient, null);
        check(problems, close, golden, "grad_input_" + modes.size(), of, back.getSecond());
        List<String> none = new ArrayList<>();
        golden.field("no_grad_params").forEach(name -> none.add(name.asText()));
        none.addAll(golden.names("buffer"));
        keys.forEach(
                (name, key) -> {
                    INDArray raw = back.getFirst().getGradientFor(key);
                    INDArray gradient = name.equals(WEIGHT) ? stored(net, raw) : raw;
                    if (none.contains(name)) {
                        problems.collect(
                                () ->
                                        assertEquals(
                                                0,
                                                gradient.amaxNumber().doubleValue(),
                                                "gradient of " + name + of));
                    } else {
                        check(problems, close, golden, "grad_" + name, of, gradient);
                    }
                });
    }

    /** DL4J's 1-D convolution keeps its weight as [k, in, out], whatever its shape says. */
    private static boolean storesReversed(MultiLayerNetwork net) {
        Layer conf = net.getLayer(0).conf().getLayer();
        return ((StandardizedWeights) conf).getUnderlying() instanceof Convolution1DLayer;
    }

    /** A weight as PyTorch has it. */
    private static INDArray stored(MultiLayerNetwork net, INDArray weight) {
        return storesReversed(net)
                ? weight.reshape('c', weight.size(2), weight.size(1), weight.size(0))
                        .permute(2, 1, 0)
                        .dup('c')
                : weight;
    }

    private static void check(
            Problems problems,
            Close close,
            GoldenCase golden,
            String name,
            String of,
            INDArray actual) {
        INDArray expected = golden.array(name);
        problems.collect(() -> close.check(name + of, actual.reshape(expected.shape()), expected));
    }

    private static int rank(GoldenCase golden) {
        return golden.array("input_1").rank() - 2;
    }

    private static Layer convolution(GoldenCase golden, Form form) {
        String layer = golden.field("inner_layer").asText().replaceFirst("d$", "D");
        return TorchArguments.groupedConv(
                        layer, rank(golden), golden.field("inner_constructor"), form)
                .set(Option.ACTIVATION, Activation.IDENTITY)
                .build();
    }

    private static boolean dl4jHas(GoldenCase golden) {
        JsonNode c = golden.field("inner_constructor");
        return !golden.field("inner_layer").asText().contains("Transpose")
                && TorchArguments.number(c, "groups") == 1
                && !c.path("padding").isTextual()
                && c.path("padding_mode").asText().equals("zeros");
    }

    private static Layer dl4jConvolution(GoldenCase golden) {
        JsonNode c = golden.field("inner_constructor");
        int rank = rank(golden);
        int[] kernel = all(c, "kernel_size", rank);
        int[] stride = all(c, "stride", rank);
        int[] padding = all(c, "padding", rank);
        int[] dilation = all(c, "dilation", rank);
        boolean bias = TorchArguments.flag(c, "bias");
        int out = TorchArguments.number(c, "out_channels");
        return switch (rank) {
            case 1 ->
                    new Convolution1DLayer.Builder(kernel[0], stride[0], padding[0])
                            .dilation(dilation[0])
                            .nOut(out)
                            .hasBias(bias)
                            .activation(Activation.IDENTITY)
                            .build();
            case 2 ->
                    new ConvolutionLayer.Builder(kernel, stride, padding)
                            .dilation(dilation)
                            .nOut(out)
                            .hasBias(bias)
                            .activation(Activation.IDENTITY)
                            .build();
            default ->
                    new Convolution3D.Builder(kernel, stride, padding)
                            .dilation(dilation)
                            .dataFormat(Convolution3D.DataFormat.NCDHW)
                            .nOut(out)
                            .hasBias(bias)
                            .activation(Activation.IDENTITY)
                            .build();
        };
    }

    private static int[] all(JsonNode c, String name, int rank) {
        int[] given = TorchArguments.ints(c.path(name));
        int[] values = new int[rank];
        Arrays.setAll(values, d -> given[given.length == 1 ? 0 : d]);
        return values;
    }
}
