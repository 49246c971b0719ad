package org.lamina.golden;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.lamina.harness.Close;
import org.lamina.harness.LinearLoss;
import org.lamina.harness.Problems;
import org.lamina.zoo.EEGNet;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.shade.jackson.databind.JsonNode;

/**
 * selfEEG's EEGNet: output, constrained weights, gradients of the input and all parameters, running
 * statistics.
 *
 * <p>The loss is {@link LinearLoss}, so that the case's output gradient is the labels. Gradients in
 * evaluation mode, which DL4J has no call for, are taken layer by layer.
 */
final class EegNet implements Family {

    @Override
    public boolean matches(String family) {
        return family.equals("selfeeg_eegnet");
    }

    @Override
    public List<String> forms() {
        return List.of("network");
    }

    @Override
    public void run(GoldenCase golden, DataType type, String form) {
        new Run(golden, type).all();
    }

    private static final class Run {
        private final GoldenCase golden;
        private final DataType type;
        private final boolean training;
        private final Close close;
        private final Problems problems = new Problems();

        Run(GoldenCase golden, DataType type) {
            this.golden = golden;
            this.type = type;
            this.training = golden.field("mode").asText().equals("train");
            this.close = golden.tolerance(type);
        }

        void all() {
            MultiLayerNetwork net = constrained(dropout());
            checkSize(net);
            checkState("after the constraint", net, golden.names("param"));
            check("output", net.output(input(), training), golden.array("output").castTo(type));
            if (training) {
                checkGradients(net, net.calculateGradients(input(), outputGradient(), null, null));
                checkState("after a gradient", net, statistics());
                MultiLayerNetwork fitted = constrained(dropout());
                fitted.fit(input(), outputGradient());
                checkState("after a training step", fitted, statistics());
            } else {
                // DL4J's dropout layer has no gradient in evaluation, where dropout does nothing.
                MultiLayerNetwork plain = constrained(0);
                checkGradients(plain, EvaluationGradients.of(plain, input(), outputGradient()));
                checkState("after evaluation", net, statistics());
            }
            problems.report();
        }

        private MultiLayerNetwork constrained(double dropout) {
            MultiLayerNetwork net = network(dropout);
            net.applyConstraints(0, 0);
            return net;
        }

        private double dropout() {
            return golden.constructor().get("dropRate").asDouble();
        }

        private MultiLayerNetwork network(double dropout) {
            JsonNode c = golden.constructor();
            MultiLayerNetwork net =
                    EEGNet.builder()
                            .preset(EEGNet.Preset.SELFEEG)
                            .classes(c.get("nb_classes").asInt())
                            .channels(c.get("Chans").asInt())
                            .samples(c.get("Samples").asInt())
                            .kernelLength(c.get("kernLength").asInt())
                            .dropout(dropout)
                            .f1(c.get("F1").asInt())
                            .d(c.get("D").asInt())
                            .f2(c.get("F2").asInt())
                            .denseMaxNorm(number(c.get("norm_rate")))
                            .dropoutType(dropoutType(c.get("dropType").asText()))
                            .eluAlpha(c.get("ELUalpha").asDouble())
                            .pool1(c.get("pool1").asInt())
                            .pool2(c.get("pool2").asInt())
                            .separableKernel(c.get("separable_kernel").asInt())
                            .depthwiseMaxNorm(number(c.get("depthwise_max_norm")))
                            .logits(c.get("return_logits").asBoolean())
                            .lossFunction(new LinearLoss())
                            .inputGradient(true)
                            .build()
                            .init()
                            .convertDataType(type);
            for (String name : state()) {
                net.getParam(key(net, name)).assign(stored(golden.array(name)));
            }
            return net;
        }

        private static Double number(JsonNode node) {
            return node.isNumber() ? Double.valueOf(node.asDouble()) : null;
        }

        private static EEGNet.DropoutType dropoutType(String name) {
            switch (name) {
                case "Dropout":
                    return EEGNet.DropoutType.ELEMENT;
                case "SpatialDropout2D":
                    return EEGNet.DropoutType.SPATIAL;
                default:
                    throw new IllegalArgumentException("dropType '" + name + "'");
            }
        }

        /** All parameters and running statistics of the original that have a counterpart here. */
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

        /** The key of the parameter that the original calls by this name. */
        private static String key(MultiLayerNetwork net, String name) {
            int dot = name.lastIndexOf('.');
            String module = name.substring(0, dot);
            String array = name.substring(dot + 1);
            Map<String, String> layers = new LinkedHashMap<>();
            layers.put("encoder.conv1", "temporal");
            layers.put("encoder.batchnorm1", "temporal-norm");
            layers.put("encoder.conv2", "spatial");
            layers.put("encoder.batchnorm2", "spatial-norm");
            layers.put("encoder.sepconv3.depthwise", "separable");
            layers.put("encoder.sepconv3.pointwise", "separable");
            layers.put("encoder.batchnorm3", "separable-norm");
            layers.put("Dense", "classifier");
            String layer = layers.get(module);
            if (layer == null) {
                throw new IllegalArgumentException("EEGNet has no '" + name + "' here");
            }
            return net.getLayer(layer).getIndex() + "_" + parameter(module, array);
        }

        private static String parameter(String module, String array) {
            if (module.contains("batchnorm")) {
                switch (array) {
                    case "weight":
                        return "gamma";
                    case "bias":
                        return "beta";
                    case "running_mean":
                        return "mean";
                    default:
                        return "var";
                }
            }
            String part =
                    module.endsWith("depthwise") ? "d" : module.endsWith("pointwise") ? "p" : "";
            return part + (array.equals("weight") ? "W" : "b");
        }

        private INDArray stored(INDArray parameter) {
            return (parameter.rank() == 2 ? parameter.transpose().dup() : parameter).castTo(type);
        }

        private INDArray input() {
            return images(golden.array("input"));
        }

        private INDArray outputGradient() {
            return golden.array("grad_output").castTo(type);
        }

        /** {@code [N, channels, samples]} as the network takes it, with one feature map. */
        private INDArray images(INDArray epochs) {
            return epochs.reshape(epochs.size(0), 1, epochs.size(1), epochs.size(2)).castTo(type);
        }

        private void checkSize(MultiLayerNetwork net) {
            long running =
                    statistics().stream().mapToLong(name -> golden.array(name).length()).sum();
            long trained = net.numParams() - running;
            if (trained != golden.field("num_params").asLong()) {
                throw new AssertionError(
                        trained + " trainable parameters, expected " + golden.field("num_params"));
            }
        }

        private void checkState(String when, MultiLayerNetwork net, List<String> names) {
            for (String name : names) {
                boolean changed = golden.has(name + "_after");
                INDArray expected = stored(golden.array(changed ? name + "_after" : name));
                check(name + " " + when, net.getParam(key(net, name)), expected);
            }
        }

        private void checkGradients(MultiLayerNetwork net, Pair<Gradient, INDArray> actual) {
            check("gradient of input", actual.getSecond(), images(golden.array("grad_input")));
            for (String name : golden.names("param")) {
                check(
                        "gradient of " + name,
                        actual.getFirst().getGradientFor(key(net, name)),
                        stored(golden.array("grad_" + name)));
            }
        }

        private void check(String what, INDArray actual, INDArray expected) {
            problems.collect(() -> close.check(what, actual, expected));
        }
    }
}
