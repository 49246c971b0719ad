package org.lamina.golden;

import java.util.LinkedHashMap;
import java.util.Map;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.lamina.harness.Form;
import org.lamina.layers.conf.ConstrainedConv1D;
import org.lamina.layers.conf.ConstrainedConv2D;
import org.lamina.layers.conf.ConstrainedDense;
import org.lamina.layers.conf.DepthwiseConv2D;
import org.lamina.layers.conf.SeparableConv2D;
import org.lamina.samediff.layers.SameDiffConstrainedConv1D;
import org.lamina.samediff.layers.SameDiffConstrainedConv2D;
import org.lamina.samediff.layers.SameDiffConstrainedDense;
import org.lamina.samediff.layers.SameDiffDepthwiseConv2D;
import org.lamina.samediff.layers.SameDiffSeparableConv2D;
import org.lamina.spec.ConvOptions;
import org.lamina.spec.NormAxes;
import org.lamina.spec.NormOptions;
import org.lamina.spec.PaddingMode;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.shade.jackson.databind.JsonNode;

/** selfEEG's constrained layers in this project's terms: arguments, parameter names, layouts. */
final class SelfEegLayers {

    private SelfEegLayers() {}

    /**
     * The layer that an original's arguments describe.
     *
     * @param name class name in selfEEG
     * @param c its constructor arguments
     * @param onForward whether the constraint is applied at the start of each forward pass (as the
     *     original does) rather than after each update
     */
    static Layer layer(String name, JsonNode c, Form form, boolean onForward) {
        boolean nativeForm = form == Form.NATIVE;
        switch (name) {
            case "DepthwiseConv2d":
                return nativeForm
                        ? norm(conv(new DepthwiseConv2D.Builder(kernel(c, 2)), c), c, 4)
                                .nIn(number(c, "in_channels"))
                                .depthMultiplier(number(c, "depth_multiplier"))
                                .hasBias(flag(c, "bias"))
                                .constrainOnForward(onForward)
                                .activation(Activation.IDENTITY)
                                .build()
                        : norm(conv(new SameDiffDepthwiseConv2D.Builder(kernel(c, 2)), c), c, 4)
                                .nIn(number(c, "in_channels"))
                                .depthMultiplier(number(c, "depth_multiplier"))
                                .hasBias(flag(c, "bias"))
                                .constrainOnForward(onForward)
                                .activation(Activation.IDENTITY)
                                .build();
            case "ConstrainedConv2d":
                return nativeForm
                        ? norm(conv(new ConstrainedConv2D.Builder(kernel(c, 2)), c), c, 4)
                                .nIn(number(c, "in_channels"))
                                .nOut(number(c, "out_channels"))
                                .groups(number(c, "groups"))
                                .hasBias(flag(c, "bias"))
                                .constrainOnForward(onForward)
                                .activation(Activation.IDENTITY)
                                .build()
                        : norm(conv(new SameDiffConstrainedConv2D.Builder(kernel(c, 2)), c), c, 4)
                                .nIn(number(c, "in_channels"))
                                .nOut(number(c, "out_channels"))
                                .groups(number(c, "groups"))
                                .hasBias(flag(c, "bias"))
                                .constrainOnForward(onForward)
                                .activation(Activation.IDENTITY)
                                .build();
            case "ConstrainedConv1d":
                return nativeForm
                        ? norm(conv(new ConstrainedConv1D.Builder(kernel(c, 1)), c), c, 3)
                                .nIn(number(c, "in_channels"))
                                .nOut(number(c, "out_channels"))
                                .groups(number(c, "groups"))
                                .hasBias(flag(c, "bias"))
                                .constrainOnForward(onForward)
                                .activation(Activation.IDENTITY)
                                .build()
                        : norm(conv(new SameDiffConstrainedConv1D.Builder(kernel(c, 1)), c), c, 3)
                                .nIn(number(c, "in_channels"))
                                .nOut(number(c, "out_channels"))
                                .groups(number(c, "groups"))
                                .hasBias(flag(c, "bias"))
                                .constrainOnForward(onForward)
                                .activation(Activation.IDENTITY)
                                .build();
            case "ConstrainedDense":
                return nativeForm
                        ? norm(new ConstrainedDense.Builder(), c, 2)
                                .nIn(number(c, "in_features"))
                                .nOut(number(c, "out_features"))
                                .hasBias(flag(c, "bias"))
                                .constrainOnForward(onForward)
                                .activation(Activation.IDENTITY)
                                .build()
                        : norm(new SameDiffConstrainedDense.Builder(), c, 2)
                                .nIn(number(c, "in_features"))
                                .nOut(number(c, "out_features"))
                                .hasBias(flag(c, "bias"))
                                .constrainOnForward(onForward)
                                .activation(Activation.IDENTITY)
                                .build();
            case "SeparableConv2d":
                return nativeForm
                        ? conv(new SeparableConv2D.Builder(kernel(c, 2)), c)
                                .nIn(number(c, "in_channels"))
                                .nOut(number(c, "out_channels"))
                                .depthMultiplier(number(c, "depth_multiplier"))
                                .hasBias(flag(c, "bias"))
                                .depthMaxNorm(bound(c, "depth_max_norm"))
                                .depthMinNorm(lowerBound(c, "depth_"))
                                .depthMinMaxRate(rate(c, "depth_"))
                                .pointMaxNorm(bound(c, "point_max_norm"))
                                .pointMinNorm(lowerBound(c, "point_"))
                                .pointMinMaxRate(rate(c, "point_"))
                                .normAxes(axes(c, 4))
                                .constrainOnForward(onForward)
                                .activation(Activation.IDENTITY)
                                .build()
                        : conv(new SameDiffSeparableConv2D.Builder(kernel(c, 2)), c)
                                .nIn(number(c, "in_channels"))
                                .nOut(number(c, "out_channels"))
                                .depthMultiplier(number(c, "depth_multiplier"))
                                .hasBias(flag(c, "bias"))
                                .depthMaxNorm(bound(c, "depth_max_norm"))
                                .depthMinNorm(lowerBound(c, "depth_"))
                                .depthMinMaxRate(rate(c, "depth_"))
                                .pointMaxNorm(bound(c, "point_max_norm"))
                                .pointMinNorm(lowerBound(c, "point_"))
                                .pointMinMaxRate(rate(c, "point_"))
                                .normAxes(axes(c, 4))
                                .constrainOnForward(onForward)
                                .activation(Activation.IDENTITY)
                                .build();
            default:
                throw new IllegalArgumentException("selfEEG layer '" + name + "' is not known here");
        }
    }

    /** Stride, padding, dilation and padding mode. */
    private static <B extends ConvOptions<B>> B conv(B builder, JsonNode c) {
        B b = builder.stride(ints(c.path("stride"))).dilation(ints(c.path("dilation")));
        JsonNode padding = c.path("padding");
        b = padding.isTextual() ? b.padding(padding.asText()) : b.padding(ints(padding));
        String mode = c.path("padding_mode").asText("zeros");
        return b.paddingMode(PaddingMode.valueOf(mode.toUpperCase()));
    }

    /** The norm constraint. */
    private static <B extends NormOptions<B>> B norm(B builder, JsonNode c, int rank) {
        return builder.maxNorm(bound(c, "max_norm"))
                .minNorm(lowerBound(c, ""))
                .minMaxRate(rate(c, ""))
                .normAxes(axes(c, rank));
    }

    private static int[] kernel(JsonNode c, int rank) {
        int[] given = ints(c.path("kernel_size"));
        int[] kernel = new int[rank];
        for (int d = 0; d < rank; d++) {
            kernel[d] = given[given.length == 1 ? 0 : d];
        }
        return kernel;
    }

    /** Axes of the weight as this project stores it; PyTorch's dense weight is its transpose. */
    private static NormAxes axes(JsonNode c, int rank) {
        int[] axes = ints(c.path("axis_norm"));
        for (int i = 0; i < axes.length; i++) {
            axes[i] = Math.floorMod(axes[i], rank);
            if (rank == 2) {
                axes[i] = 1 - axes[i];
            }
        }
        return NormAxes.of(axes);
    }

    private static Double bound(JsonNode c, String name) {
        JsonNode value = c.path(name);
        return value.isNumber() ? Double.valueOf(value.asDouble()) : null;
    }

    /** The original ignores a minimum without a maximum; here that is an error, so leave it out. */
    private static Double lowerBound(JsonNode c, String prefix) {
        return bound(c, prefix + "max_norm") == null ? null : bound(c, prefix + "min_norm");
    }

    private static double rate(JsonNode c, String prefix) {
        return c.path(prefix + "minmax_rate").asDouble(1.0);
    }

    private static int number(JsonNode c, String name) {
        return c.get(name).asInt();
    }

    private static boolean flag(JsonNode c, String name) {
        return c.get(name).asBoolean();
    }

    /** A number or an array of numbers; PyTorch takes either. */
    static int[] ints(JsonNode node) {
        if (node.isNumber()) {
            return new int[] {node.asInt()};
        }
        if (!node.isArray() || node.isEmpty()) {
            throw new IllegalArgumentException("expected a number or numbers, found " + node);
        }
        int[] values = new int[node.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = node.get(i).asInt();
        }
        return values;
    }

    /** PyTorch's parameter names and this project's, for the named layer. */
    static Map<String, String> parameters(String layer) {
        Map<String, String> names = new LinkedHashMap<>();
        if (layer.equals("SeparableConv2d")) {
            names.put("depthwise.weight", "dW");
            names.put("depthwise.bias", "db");
            names.put("pointwise.weight", "pW");
            names.put("pointwise.bias", "pb");
        } else {
            names.put("weight", "W");
            names.put("bias", "b");
        }
        return names;
    }

    /** A parameter as this project stores it. */
    static INDArray stored(String layer, INDArray parameter) {
        boolean denseWeight = layer.equals("ConstrainedDense") && parameter.rank() == 2;
        return denseWeight ? parameter.transpose().dup() : parameter;
    }

    /** A dense layer here takes one row per sample: leading axes become rows. */
    static INDArray folded(String layer, INDArray activations) {
        return layer.equals("ConstrainedDense") && activations.rank() > 2
                ? activations.reshape(-1, activations.size(-1))
                : activations;
    }
}
