package org.lamina.golden;

import static org.lamina.harness.Option.ACTIVATION;
import static org.lamina.harness.Option.CONSTRAIN_ON_FORWARD;
import static org.lamina.harness.Option.DEPTH_MAX_NORM;
import static org.lamina.harness.Option.DEPTH_MIN_MAX_RATE;
import static org.lamina.harness.Option.DEPTH_MIN_NORM;
import static org.lamina.harness.Option.DEPTH_MULTIPLIER;
import static org.lamina.harness.Option.GROUPS;
import static org.lamina.harness.Option.HAS_BIAS;
import static org.lamina.harness.Option.MAX_NORM;
import static org.lamina.harness.Option.MIN_MAX_RATE;
import static org.lamina.harness.Option.MIN_NORM;
import static org.lamina.harness.Option.NORM_AXES;
import static org.lamina.harness.Option.NORM_EPS;
import static org.lamina.harness.Option.N_IN;
import static org.lamina.harness.Option.N_OUT;
import static org.lamina.harness.Option.POINT_MAX_NORM;
import static org.lamina.harness.Option.POINT_MIN_MAX_RATE;
import static org.lamina.harness.Option.POINT_MIN_NORM;

import java.util.LinkedHashMap;
import java.util.Map;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.lamina.harness.Form;
import org.lamina.harness.LayerBuilder;
import org.lamina.spec.NormAxes;
import org.lamina.spec.NormSpec;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.shade.jackson.databind.JsonNode;

/** selfEEG's constrained layers in this project's terms: arguments, parameter names, layouts. */
final class SelfEegLayers {

    private SelfEegLayers() {}

    /**
     * The layer that a case's original and its arguments describe.
     *
     * @param onForward whether the constraint is applied at the start of each forward pass (as the
     *     original does) rather than after each update
     */
    static Layer layer(GoldenCase golden, Form form, boolean onForward) {
        String name = golden.layer();
        JsonNode c = golden.constructor();
        LayerBuilder builder;
        switch (name) {
            case "DepthwiseConv2d":
                builder = TorchArguments.conv("DepthwiseConv2D", 2, c, form);
                builder.set(DEPTH_MULTIPLIER, TorchArguments.number(c, "depth_multiplier"));
                norm(builder, c, 4);
                break;
            case "SeparableConv2d":
                builder = TorchArguments.conv("SeparableConv2D", 2, c, form);
                builder.set(N_OUT, TorchArguments.number(c, "out_channels"));
                builder.set(DEPTH_MULTIPLIER, TorchArguments.number(c, "depth_multiplier"));
                builder.set(DEPTH_MAX_NORM, bound(c, "depth_max_norm"))
                        .set(DEPTH_MIN_NORM, lowerBound(c, "depth_"))
                        .set(DEPTH_MIN_MAX_RATE, rate(c, "depth_"))
                        .set(POINT_MAX_NORM, bound(c, "point_max_norm"))
                        .set(POINT_MIN_NORM, lowerBound(c, "point_"))
                        .set(POINT_MIN_MAX_RATE, rate(c, "point_"));
                builder.set(NORM_AXES, axes(c, 4));
                break;
            case "ConstrainedConv2d":
                builder = constrainedConv("ConstrainedConv2D", 2, c, form);
                break;
            case "ConstrainedConv1d":
                builder = constrainedConv("ConstrainedConv1D", 1, c, form);
                break;
            case "ConstrainedDense":
                builder = LayerBuilder.of(form, "ConstrainedDense");
                builder.set(N_IN, TorchArguments.number(c, "in_features"));
                builder.set(N_OUT, TorchArguments.number(c, "out_features"));
                norm(builder, c, 2);
                break;
            default:
                throw new IllegalArgumentException(
                        "selfEEG layer '" + name + "' is not known here");
        }
        return builder.set(NORM_EPS, eps(golden))
                .set(HAS_BIAS, TorchArguments.flag(c, "bias"))
                .set(CONSTRAIN_ON_FORWARD, onForward)
                .set(ACTIVATION, Activation.IDENTITY)
                .build();
    }

    /** What the original adds to norms: an argument, or a property of the case. */
    private static double eps(GoldenCase golden) {
        JsonNode argument = golden.constructor().path("constraint_eps");
        JsonNode given = argument.isNumber() ? argument : golden.field("constraint_eps");
        return given.asDouble(NormSpec.DEFAULT_EPS);
    }

    private static LayerBuilder constrainedConv(String name, int rank, JsonNode c, Form form) {
        LayerBuilder builder = TorchArguments.conv(name, rank, c, form);
        builder.set(N_OUT, TorchArguments.number(c, "out_channels"));
        builder.set(GROUPS, TorchArguments.number(c, "groups"));
        norm(builder, c, rank + 2);
        return builder;
    }

    private static void norm(LayerBuilder builder, JsonNode c, int rank) {
        builder.set(MAX_NORM, bound(c, "max_norm"))
                .set(MIN_NORM, lowerBound(c, ""))
                .set(MIN_MAX_RATE, rate(c, ""))
                .set(NORM_AXES, axes(c, rank));
    }

    /** Axes of the weight as this project stores it; PyTorch's dense weight is its transpose. */
    private static NormAxes axes(JsonNode c, int rank) {
        int[] axes = TorchArguments.ints(c.path("axis_norm"));
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
