package org.lamina.benchmark;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.layers.Convolution1D;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.lamina.harness.Form;
import org.lamina.spec.ConvGeometry;
import org.lamina.spec.Padding;
import org.nd4j.linalg.activations.Activation;

/** What is measured. */
final class Workloads {

    private static final String[] SIZES = {"small", "typical", "large"};

    static final List<Workload> ALL = all();

    private Workloads() {}

    private static List<Workload> all() {
        List<Workload> all = new ArrayList<>();
        networks(all);
        depthwise(all);
        convolutions(all);
        return List.copyOf(all);
    }

    private static void networks(List<Workload> all) {
        for (Workload.Mode mode : List.of(Workload.Mode.TRAINING, Workload.Mode.INFERENCE)) {
            all.add(new EegNetWorkload(mode, "typical", 64, 1, 22, 256));
            all.add(new EegNetWorkload(mode, "long", 16, 1, 64, 1125));
        }
        all.add(new EegNetWorkload(Workload.Mode.INFERENCE, "single", 1, 1, 22, 256));
    }

    private static void depthwise(List<Workload> all) {
        long[][] images = {{8, 16, 16, 16}, {32, 64, 32, 32}, {16, 128, 56, 56}};
        for (int s = 0; s < images.length; s++) {
            long channels = images[s][1];
            ConvGeometry same = ConvGeometry.ofKernel(3, 3).withPadding(Padding.same());
            add(
                    all,
                    "DepthwiseConv2D 3x3",
                    s,
                    images[s],
                    LayerWorkload.layer("DepthwiseConv2D", ints(3, 3), Map.of()),
                    () ->
                            new DepthwiseConvolution2D.Builder(3, 3)
                                    .hasBias(false)
                                    .convolutionMode(ConvolutionMode.Same)
                                    .activation(Activation.IDENTITY)
                                    .build(),
                    (x, p) -> TorchOps.conv(x, p.get("W"), null, same.withGroups((int) channels)));
            add(
                    all,
                    "SeparableConv2D 3x3",
                    s,
                    images[s],
                    LayerWorkload.layer(
                            "SeparableConv2D", ints(3, 3), Map.of("nOut", (int) channels)),
                    () ->
                            new SeparableConvolution2D.Builder(3, 3)
                                    .nOut(channels)
                                    .hasBias(false)
                                    .convolutionMode(ConvolutionMode.Same)
                                    .activation(Activation.IDENTITY)
                                    .build(),
                    (x, p) ->
                            TorchOps.conv(
                                    TorchOps.conv(
                                            x, p.get("dW"), null, same.withGroups((int) channels)),
                                    p.get("pW"),
                                    null,
                                    ConvGeometry.ofKernel(1, 1)));
        }
        long[][] signals = {{16, 8, 22, 128}, {64, 8, 22, 256}, {64, 8, 64, 512}};
        for (int s = 0; s < signals.length; s++) {
            int height = (int) signals[s][2];
            ConvGeometry column = ConvGeometry.ofKernel(height, 1).withGroups((int) signals[s][1]);
            add(
                    all,
                    "DepthwiseConv2D (C, 1)",
                    s,
                    signals[s],
                    LayerWorkload.layer(
                            "DepthwiseConv2D",
                            ints(height, 1),
                            Map.of("depthMultiplier", 2, "padding", "valid")),
                    () ->
                            new DepthwiseConvolution2D.Builder(height, 1)
                                    .depthMultiplier(2)
                                    .hasBias(false)
                                    .activation(Activation.IDENTITY)
                                    .build(),
                    (x, p) -> TorchOps.conv(x, p.get("W"), null, column));
        }
    }

    private static void convolutions(List<Workload> all) {
        long[][] images = {{8, 16, 16, 16}, {32, 64, 32, 32}, {16, 128, 56, 56}};
        for (int s = 0; s < images.length; s++) {
            long channels = images[s][1];
            ConvGeometry same = ConvGeometry.ofKernel(3, 3).withPadding(Padding.same());
            add(
                    all,
                    "ConstrainedConv2D 3x3",
                    s,
                    images[s],
                    LayerWorkload.layer(
                            "ConstrainedConv2D", ints(3, 3), Map.of("nOut", (int) channels)),
                    () ->
                            new ConvolutionLayer.Builder(3, 3)
                                    .nOut(channels)
                                    .convolutionMode(ConvolutionMode.Same)
                                    .activation(Activation.IDENTITY)
                                    .build(),
                    (x, p) -> TorchOps.conv(x, p.get("W"), p.get("b"), same));
        }
        long[][] series = {{16, 16, 128}, {32, 32, 512}, {32, 64, 2048}};
        for (int s = 0; s < series.length; s++) {
            long channels = series[s][1];
            ConvGeometry same = ConvGeometry.ofKernel(9).withPadding(Padding.same());
            add(
                    all,
                    "ConstrainedConv1D 9",
                    s,
                    series[s],
                    LayerWorkload.layer(
                            "ConstrainedConv1D", ints(9), Map.of("nOut", (int) channels)),
                    () ->
                            new Convolution1D.Builder(9)
                                    .nOut(channels)
                                    .convolutionMode(ConvolutionMode.Same)
                                    .activation(Activation.IDENTITY)
                                    .build(),
                    (x, p) -> TorchOps.conv(x, p.get("W"), p.get("b"), same));
        }
    }

    /** A layer at one size, forward and with its backward pass. */
    private static void add(
            List<Workload> all,
            String name,
            int size,
            long[] shape,
            Function<Form, Layer> lamina,
            Supplier<Layer> builtIn,
            LayerWorkload.TorchLayer torch) {
        for (Workload.Mode mode : List.of(Workload.Mode.FORWARD, Workload.Mode.BACKWARD)) {
            all.add(new LayerWorkload(name, SIZES[size], mode, shape, lamina, builtIn, torch));
        }
    }

    private static int[] ints(int... values) {
        return values;
    }
}
