package org.lamina.benchmark;

import static org.nd4j.linalg.activations.Activation.IDENTITY;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Activation;
import ai.djl.nn.pooling.Pool;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.layers.Convolution1D;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LocallyConnected2D;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.lamina.harness.Form;
import org.lamina.spec.ConvGeometry;
import org.lamina.spec.Padding;

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
        standardized(all);
        grouped(all);
        channelwise(all);
        convModern(all);
        local(all);
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
                                    .activation(IDENTITY)
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
                                    .activation(IDENTITY)
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
                                    .activation(IDENTITY)
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
                                    .activation(IDENTITY)
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
                                    .activation(IDENTITY)
                                    .build(),
                    (x, p) -> TorchOps.conv(x, p.get("W"), p.get("b"), same));
        }
    }

    private static void standardized(List<Workload> all) {
        long[][][] shapes = {
            {{16, 16, 128}, {32, 32, 512}, {32, 64, 2048}},
            {{8, 16, 16, 16}, {32, 64, 32, 32}, {16, 128, 56, 56}},
            {{2, 8, 8, 8, 8}, {4, 16, 16, 16, 16}, {4, 32, 24, 24, 24}}
        };
        for (int rank = 1; rank <= 3; rank++) {
            for (int s = 0; s < 3; s++) {
                long[] shape = shapes[rank - 1][s];
                int[] kernel = new int[rank];
                Arrays.fill(kernel, 3);
                ConvGeometry geometry = ConvGeometry.ofKernel(kernel).withPadding(Padding.of(1));
                add(
                        all,
                        "WSConv" + rank + "D 3",
                        s,
                        shape,
                        LayerWorkload.layer(
                                "WSConv" + rank + "D",
                                kernel,
                                Map.of("nOut", (int) shape[1], "padding", ints(1))),
                        null,
                        (x, p) ->
                                TorchOps.conv(
                                        x,
                                        TorchOps.standardized(p.get("W"), p.get("gain")),
                                        p.get("b"),
                                        geometry));
            }
        }
        long[][] images = {{8, 16, 8, 8}, {16, 64, 16, 16}, {16, 128, 28, 28}};
        for (int s = 0; s < 3; s++) {
            add(
                    all,
                    "WSConvTranspose2D 3x3, stride 2",
                    s,
                    images[s],
                    LayerWorkload.layer(
                            "WSConvTranspose2D",
                            ints(3, 3),
                            Map.of(
                                    "nOut", (int) images[s][1],
                                    "stride", ints(2),
                                    "padding", ints(1),
                                    "outputPadding", ints(1))),
                    null,
                    null); // DJL has no transposed convolution in PyTorch
        }
    }

    private static void grouped(List<Workload> all) {
        long[][] images = {{8, 256, 16, 16}, {8, 512, 14, 14}, {8, 1536, 12, 12}};
        for (int s = 0; s < 3; s++) {
            int channels = (int) images[s][1];
            ConvGeometry same =
                    ConvGeometry.ofKernel(3, 3)
                            .withPadding(Padding.same())
                            .withGroups(channels / 128);
            add(
                    all,
                    "Conv2D 3x3, groups of 128",
                    s,
                    images[s],
                    LayerWorkload.layer(
                            "Conv2D",
                            ints(3, 3),
                            Map.of("nOut", channels, "padding", "same", "groups", channels / 128)),
                    null,
                    (x, p) -> TorchOps.conv(x, p.get("W"), p.get("b"), same));
        }
    }

    private static void channelwise(List<Workload> all) {
        long[][] images = {{8, 32, 16, 16}, {32, 64, 32, 32}, {16, 256, 56, 56}};
        for (int s = 0; s < 3; s++) {
            add(
                    all,
                    "SqueezeExcitation r 4",
                    s,
                    images[s],
                    LayerWorkload.layer("SqueezeExcitation", ints(), Map.of("reduction", 4)),
                    null,
                    (x, p) -> {
                        NDArray mean = Pool.globalAvgPool2d(x);
                        NDArray hidden = mean.matMul(p.get("W1")).add(p.get("b1"));
                        NDArray gate = Activation.relu(hidden).matMul(p.get("W2")).add(p.get("b2"));
                        return x.mul(
                                Activation.sigmoid(gate).reshape(x.getShape().get(0), -1, 1, 1));
                    });
            add(
                    all,
                    "Swish",
                    s,
                    images[s],
                    LayerWorkload.layer("SwishLayer", ints(), Map.of()),
                    null,
                    (x, p) -> x.mul(Activation.sigmoid(x)));
            add(
                    all,
                    "InstanceNorm",
                    s,
                    images[s],
                    LayerWorkload.layer("InstanceNorm", ints(), Map.of()),
                    null,
                    (x, p) -> TorchOps.instanceNorm(x, p.get("gamma"), p.get("beta")));
        }
    }

    private static void convModern(List<Workload> all) {
        long[][][] shapes = {
            {{16, 16, 128}, {32, 32, 512}, {32, 64, 2048}},
            {{8, 16, 16, 16}, {16, 32, 32, 32}, {16, 64, 56, 56}}
        };
        for (int rank = 1; rank <= 2; rank++) {
            for (int s = 0; s < 3; s++) {
                for (String scaler : List.of("down", "up")) {
                    long[] shape = shapes[rank - 1][s];
                    int[] kernel = new int[rank];
                    Arrays.fill(kernel, 3);
                    boolean up = scaler.equals("up");
                    ConvGeometry conv =
                            ConvGeometry.ofKernel(kernel)
                                    .withPadding(Padding.of(1))
                                    .withStride(up ? 1 : 2);
                    add(
                            all,
                            "ConvModern" + rank + "D 3, " + scaler,
                            s,
                            shape,
                            LayerWorkload.layer(
                                    "ConvModern" + rank + "D",
                                    kernel,
                                    Map.of(
                                            "nOut",
                                            (int) shape[1],
                                            "stride",
                                            ints(2),
                                            "padding",
                                            ints(1),
                                            "scaler",
                                            scaler)),
                            null,
                            (x, p) -> {
                                NDArray h = TorchOps.instanceNorm(x, p.get("gamma"), p.get("beta"));
                                h = TorchOps.prelu(h, p.get("slope"));
                                h = up ? TorchOps.doubled(h) : h;
                                return TorchOps.conv(h, p.get("W"), null, conv);
                            });
                }
            }
        }
    }

    private static void local(List<Workload> all) {
        long[][] images = {{8, 4, 10, 10}, {32, 8, 16, 16}, {16, 16, 32, 32}};
        for (int s = 0; s < 3; s++) {
            long channels = images[s][1];
            add(
                    all,
                    "LocalConv2D 3x3",
                    s,
                    images[s],
                    LayerWorkload.layer("LocalConv2D", ints(3, 3), Map.of("nOut", (int) channels)),
                    () ->
                            new LocallyConnected2D.Builder()
                                    .kernelSize(3, 3)
                                    .nOut((int) channels)
                                    .hasBias(true)
                                    .activation(IDENTITY)
                                    .build(),
                    (x, p) -> TorchOps.local3x3(x, p.get("W"), p.get("b")));
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
