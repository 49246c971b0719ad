package org.lamina.benchmark;

import static org.lamina.benchmark.Workload.Mode.BACKWARD;
import static org.lamina.benchmark.Workload.Mode.FORWARD;
import static org.lamina.harness.Option.DEPTH_MULTIPLIER;
import static org.lamina.harness.Option.GROUPS;
import static org.lamina.harness.Option.OUTPUT_PADDING;
import static org.lamina.harness.Option.PADDING;
import static org.lamina.harness.Option.REDUCTION;
import static org.lamina.harness.Option.SCALER;
import static org.lamina.harness.Option.STRIDE;
import static org.nd4j.linalg.activations.Activation.IDENTITY;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.layers.Convolution1D;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.LocallyConnected2D;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;

/** The layers that are measured, each at three sizes, forward and with the backward pass. */
final class Layers {

    private static final long[][] SERIES = {{16, 16, 128}, {32, 32, 512}, {32, 64, 2048}};
    private static final long[][] IMAGES = {{8, 16, 16, 16}, {32, 64, 32, 32}, {16, 128, 56, 56}};
    private static final long[][] VOLUMES = {
        {2, 8, 8, 8, 8}, {4, 16, 16, 16, 16}, {4, 32, 24, 24, 24}
    };

    private final List<Workload> all = new ArrayList<>();
    private final List<Overhead> overheads = new ArrayList<>();

    Layers() {
        depthwise();
        convolutions();
        standardized();
        channelwise();
        convModern();
        local();
    }

    List<Workload> all() {
        return all;
    }

    /** Weight standardization over the plain convolution. */
    List<Overhead> overheads() {
        return overheads;
    }

    private void add(LayerCase layer, long[][] shapes) {
        for (int s = 0; s < shapes.length; s++) {
            all.add(layer.at(s, FORWARD, shapes));
            all.add(layer.at(s, BACKWARD, shapes));
        }
    }

    private void depthwise() {
        add(
                new LayerCase("DepthwiseConv2D 3x3", "DepthwiseConv2D")
                        .kernel(3, 3)
                        .builtIn(
                                shape ->
                                        new DepthwiseConvolution2D.Builder(3, 3)
                                                .hasBias(false)
                                                .convolutionMode(ConvolutionMode.Same)
                                                .activation(IDENTITY)
                                                .build())
                        .torch("torch.conv2d(x, W, None, [1, 1], 'same', [1, 1], x.size(1))"),
                IMAGES);
        add(
                new LayerCase("DepthwiseConv2D (C, 1)", "DepthwiseConv2D")
                        .kernel(shape -> new int[] {(int) shape[2], 1})
                        .option(DEPTH_MULTIPLIER, 2)
                        .option(PADDING, "valid")
                        .builtIn(
                                shape ->
                                        new DepthwiseConvolution2D.Builder((int) shape[2], 1)
                                                .depthMultiplier(2)
                                                .hasBias(false)
                                                .activation(IDENTITY)
                                                .build())
                        .torch("torch.conv2d(x, W, None, [1, 1], [0, 0], [1, 1], x.size(1))"),
                new long[][] {{16, 8, 22, 128}, {64, 8, 22, 256}, {64, 8, 64, 512}});
        add(
                new LayerCase("SeparableConv2D 3x3", "SeparableConv2D")
                        .kernel(3, 3)
                        .sameChannels()
                        .builtIn(
                                shape ->
                                        new SeparableConvolution2D.Builder(3, 3)
                                                .nOut(shape[1])
                                                .hasBias(false)
                                                .convolutionMode(ConvolutionMode.Same)
                                                .activation(IDENTITY)
                                                .build())
                        .torch(
                                "torch.conv2d(torch.conv2d(x, dW, None, [1, 1], 'same', [1, 1],"
                                        + " x.size(1)), pW)"),
                IMAGES);
    }

    private void convolutions() {
        add(
                new LayerCase("ConstrainedConv2D 3x3", "ConstrainedConv2D")
                        .kernel(3, 3)
                        .sameChannels()
                        .builtIn(
                                shape ->
                                        new ConvolutionLayer.Builder(3, 3)
                                                .nOut(shape[1])
                                                .convolutionMode(ConvolutionMode.Same)
                                                .activation(IDENTITY)
                                                .build())
                        .torch("torch.conv2d(x, W, b, [1, 1], 'same')"),
                IMAGES);
        add(
                constrainedConv1d()
                        .sameChannels()
                        .builtIn(
                                shape ->
                                        new Convolution1D.Builder(9)
                                                .nOut(shape[1])
                                                .convolutionMode(ConvolutionMode.Same)
                                                .activation(IDENTITY)
                                                .build())
                        .torch("torch.conv1d(x, W, b, [1], 'same')"),
                SERIES);
        add(
                new LayerCase("Conv2D 3x3, groups of 128", "Conv2D")
                        .kernel(3, 3)
                        .sameChannels()
                        .option(PADDING, "same")
                        .option(GROUPS, c -> c.intValue() / 128)
                        .torch("torch.conv2d(x, W, b, [1, 1], 'same', [1, 1], x.size(1) // 128)"),
                new long[][] {{8, 256, 16, 16}, {8, 512, 14, 14}, {8, 1536, 12, 12}});
    }

    /** The layer whose growth is measured, too. */
    static LayerCase constrainedConv1d() {
        return new LayerCase("ConstrainedConv1D 9", "ConstrainedConv1D").kernel(9);
    }

    private void standardized() {
        long[][][] shapes = {SERIES, IMAGES, VOLUMES};
        String[] axes = {"[1, 2]", "[1, 2, 3]", "[1, 2, 3, 4]"};
        for (int rank = 1; rank <= 3; rank++) {
            long[][] sizes = shapes[rank - 1];
            LayerCase layer =
                    conv("WSConv", rank, "self.standardized(W, gain, " + axes[rank - 1] + ")");
            LayerCase plain = conv("Conv", rank, "W");
            for (int s = 0; s < sizes.length; s++) {
                Workload with = layer.at(s, BACKWARD, sizes);
                all.add(layer.at(s, FORWARD, sizes));
                all.add(with);
                if (s > 0) {
                    Workload without = plain.at(s, BACKWARD, sizes);
                    all.add(without);
                    overheads.add(new Overhead("standardization", with, without, 0.1));
                }
            }
        }
        add(
                new LayerCase("WSConvTranspose2D 3x3, stride 2", "WSConvTranspose2D")
                        .kernel(3, 3)
                        .sameChannels()
                        .option(STRIDE, ints(2))
                        .option(PADDING, ints(1))
                        .option(OUTPUT_PADDING, ints(1))
                        .torch(
                                "torch.conv_transpose2d(x, self.standardized(W, gain,"
                                        + " [0, 2, 3]), b, [2, 2], [1, 1], [1, 1])"),
                new long[][] {{8, 16, 8, 8}, {16, 64, 16, 16}, {16, 128, 28, 28}});
    }

    private static LayerCase conv(String layer, int rank, String weights) {
        String ones = List.of("[1]", "[1, 1]", "[1, 1, 1]").get(rank - 1);
        String call = "torch.conv" + rank + "d(x, " + weights + ", b, " + ones + ", " + ones + ")";
        return new LayerCase(layer + rank + "D 3", layer + rank + "D")
                .kernel(threes(rank))
                .sameChannels()
                .option(PADDING, ints(1))
                .torch(call);
    }

    private void channelwise() {
        long[][] images = {{8, 32, 16, 16}, {32, 64, 32, 32}, {16, 256, 56, 56}};
        add(
                new LayerCase("SqueezeExcitation r 4", "SqueezeExcitation")
                        .option(REDUCTION, 4)
                        .torch("self.squeeze_excitation(x, W1, b1, W2, b2)"),
                images);
        add(new LayerCase("Swish", "SwishLayer").torch("torch.silu(x)"), images);
        add(
                new LayerCase("InstanceNorm", "InstanceNorm")
                        .torch("self.instance_norm(x, gamma, beta)"),
                images);
    }

    private void convModern() {
        long[][] images = {{8, 16, 16, 16}, {16, 32, 32, 32}, {16, 64, 56, 56}};
        for (int rank = 1; rank <= 2; rank++) {
            for (String scaler : List.of("down", "up")) {
                String input = "torch.prelu(self.instance_norm(x, gamma, beta), slope)";
                boolean up = scaler.equals("up");
                String stride = up ? "1" : "2";
                String output =
                        "torch.conv%dd(%s, W, None, [%s], [%s])"
                                .formatted(
                                        rank,
                                        up ? "self.doubled(" + input + ")" : input,
                                        rank == 1 ? stride : stride + ", " + stride,
                                        rank == 1 ? "1" : "1, 1");
                add(
                        new LayerCase(
                                        "ConvModern" + rank + "D 3, " + scaler,
                                        "ConvModern" + rank + "D")
                                .kernel(threes(rank))
                                .sameChannels()
                                .option(STRIDE, ints(2))
                                .option(PADDING, ints(1))
                                .option(SCALER, scaler)
                                .torch(output),
                        rank == 1 ? SERIES : images);
            }
        }
    }

    private void local() {
        add(
                new LayerCase("LocalConv2D 3x3", "LocalConv2D")
                        .kernel(3, 3)
                        .sameChannels()
                        .builtIn(
                                shape ->
                                        new LocallyConnected2D.Builder()
                                                .kernelSize(3, 3)
                                                .nOut((int) shape[1])
                                                .hasBias(true)
                                                .activation(IDENTITY)
                                                .build())
                        .torch("self.local(x, W, b)"),
                new long[][] {{8, 4, 10, 10}, {32, 8, 16, 16}, {16, 16, 32, 32}});
    }

    private static int[] threes(int rank) {
        int[] sizes = new int[rank];
        Arrays.fill(sizes, 3);
        return sizes;
    }

    private static int[] ints(int... values) {
        return values;
    }
}
