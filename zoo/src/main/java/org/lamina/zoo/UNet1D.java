package org.lamina.zoo;

import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.layers.RnnLossLayer;
import org.deeplearning4j.nn.conf.layers.convolutional.Cropping1D;
import org.deeplearning4j.nn.conf.preprocessor.ComposableInputPreProcessor;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.lossfunctions.impl.LossMSE;

/**
 * U-Net for signals: stages of convolutions that halve the length, stages that double it again,
 * each with a skip connection from the stage of the same length.
 *
 * <pre>
 * [N, channels, length]
 *   conv (kernel + 2), width filters, no bias
 *   down1, down2, ...: {@link org.lamina.layers.ConvModern1D}, width, 2 width, ... filters;
 *     the last convolution of each has stride 2
 *   middle: its last convolution upsamples by 2
 *   ..., up2, up1: input beside the input of the last convolution of down2, down1; the last
 *     convolution upsamples by 2 and halves the channels, but not up1's
 *   conv (kernel + 2) with bias
 * [N, outputs, length]
 * </pre>
 *
 * <p>Where a length was odd on the way down, the extra step after upsampling is cropped at the end.
 * The loss is the mean squared error. The {@link Preset}s state their numbers of parameters with
 * one channel, one output and width 64.
 *
 * <pre>{@code
 * ComputationGraph net = UNet1D.builder().preset(UNet1D.Preset.UNET_12).width(8).length(256).build().init();
 * }</pre>
 *
 * <p>Source: MDNC 0.1, {@code mdnc.modules.conv.UNet1d}, {@code unet12} to {@code unet29} with
 * order 1, https://github.com/cainmagi/MDNC.
 *
 * <p>Differs from the source in: a length that is no multiple of 2^(stages - 1) is fixed in the
 * network rather than taken from each signal.
 */
@SuppressWarnings("unchecked") // DL4J lets the caller choose the type that init() returns
public final class UNet1D extends SignalModel<UNet1D.Builder> {

    /** The source's networks, by their number of layers. */
    public enum Preset {
        /** 459,137 parameters. */
        UNET_12(2, 2, 2),
        /** 1,840,001 parameters. */
        UNET_16(2, 2, 2, 2),
        /** 780,545 parameters. */
        UNET_17(3, 3, 3),
        /** 3,146,753 parameters. */
        UNET_23(3, 3, 3, 3),
        /** 12,597,761 parameters. */
        UNET_29(3, 3, 3, 3, 3);

        private final int[] depths;

        Preset(int... depths) {
            this.depths = depths;
        }
    }

    private UNet1D(Builder options) {
        super(options);
    }

    /** A builder with the defaults of {@link Preset#UNET_12}. */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    String build(GraphBuilder graph, String input) {
        int stages = options.depths.size() - 1;
        String[] seen = new String[stages];
        int[] lengths = new int[stages];
        String last = input;
        int length = options.length;
        for (int i = 0; i < stages; i++) {
            String name = "down" + (i + 1);
            int depth = options.depths.get(i);
            int filters = options.width << i;
            last = stage(graph, name, depth, filters, filters, Scaling.HALVE, last);
            seen[i] = conv(name, depth - 1);
            lengths[i] = length;
            length = (length + 1) / 2;
        }
        int width = options.width << (stages - 1);
        int deepest = options.depths.get(stages);
        last = stage(graph, "middle", deepest, 2 * width, width, Scaling.DOUBLE, last);
        for (int i = stages - 1; i >= 0; i--) {
            String name = "up" + (i + 1);
            if (lengths[i] % 2 == 1) {
                // With a preprocessor that does nothing DL4J does not warn that it finds none.
                graph.addLayer(
                        name + "-crop",
                        new Cropping1D(0, 1),
                        new ComposableInputPreProcessor(),
                        last);
                last = name + "-crop";
            }
            graph.addVertex(name + "-merge", new MergeVertex(), last, seen[i]);
            int outputs = i == 0 ? width : width / 2;
            Scaling scaling = i == 0 ? Scaling.NONE : Scaling.DOUBLE;
            int depth = options.depths.get(i);
            last = stage(graph, name, depth, width, outputs, scaling, name + "-merge");
            width /= 2;
        }
        RnnLossLayer loss =
                new RnnLossLayer.Builder(options.lossFunction)
                        .activation(Activation.IDENTITY)
                        .build();
        graph.addLayer("last", outerConv(options.outputs).build(), last)
                .addLayer("loss", loss, "last");
        return "loss";
    }

    /** Builder. */
    public static final class Builder extends SignalModel.Builder<Builder> {

        private Builder() {
            super("UNet1D", 1, new LossMSE());
            preset(Preset.UNET_12);
        }

        /** Numbers of convolutions in the stages. Default {@link Preset#UNET_12}. */
        public Builder preset(Preset value) {
            present("preset", value);
            return depths(value.depths);
        }

        /** Number of channels of the output. Default 1. */
        public Builder outputs(int value) {
            this.outputs = value;
            return this;
        }

        @Override
        public UNet1D build() {
            return new UNet1D(this);
        }

        @Override
        void checkOwn() {
            for (int depth : depths.subList(0, depths.size() - 1)) {
                require(depth > 1, "depths", depths, "must be 2 or more in all but the last stage");
            }
        }
    }
}
