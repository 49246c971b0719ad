package org.lamina.property;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.lamina.harness.Form;
import org.lamina.harness.LayerBuilder;
import org.lamina.harness.NaiveConv;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A convolutional layer under random geometries: how a case is given to its builder, and its output
 * by loops. Adding a layer is adding a line to {@link #ALL}.
 *
 * @param name name of the native configuration
 * @param rank number of spatial dimensions
 */
record ConvLayer(String name, int rank, BiConsumer<LayerBuilder, ConvCase> options, Loops loops) {

    static final List<ConvLayer> ALL =
            List.of(
                    conv("ConstrainedConv1D", 1),
                    conv("ConstrainedConv2D", 2),
                    new ConvLayer("DepthwiseConv2D", 2, ConvLayer::depthwise, ConvLayer::depthwise),
                    new ConvLayer(
                            "SeparableConv2D", 2, ConvLayer::separable, ConvLayer::separable));

    /** A layer's output by its definition. */
    interface Loops {

        /**
         * The output, before the activation.
         *
         * @param params the layer's parameters by name
         */
        INDArray output(ConvCase c, INDArray x, Map<String, INDArray> params);
    }

    /** The layer for a case, with identity activation and without a constraint. */
    LayerBuilder builder(Form form, ConvCase c) {
        LayerBuilder builder = LayerBuilder.of(form, name, c.kernel());
        builder.set("activation", Activation.IDENTITY).set("hasBias", c.bias());
        if (builder.has("maxNorm")) {
            builder.set("maxNorm", null);
        }
        options.accept(builder, c);
        return builder;
    }

    private static ConvLayer conv(String name, int rank) {
        return new ConvLayer(
                name,
                rank,
                (builder, c) -> builder.set("geometry", c.geometry()).set("nOut", c.out()),
                (c, x, params) -> c.naive().output(x, params.get("W"), params.get("b")));
    }

    private static void depthwise(LayerBuilder builder, ConvCase c) {
        builder.set("geometry", c.geometry().withGroups(1));
        builder.set("depthMultiplier", c.groupOutputs());
    }

    private static INDArray depthwise(ConvCase c, INDArray x, Map<String, INDArray> params) {
        return c.naive().withGroups(c.in()).output(x, params.get("W"), params.get("b"));
    }

    private static void separable(LayerBuilder builder, ConvCase c) {
        depthwise(builder, c);
        builder.set("nOut", c.out());
    }

    private static INDArray separable(ConvCase c, INDArray x, Map<String, INDArray> params) {
        NaiveConv depthwise = c.naive().withGroups(c.in());
        INDArray deep = depthwise.output(x, params.get("dW"), params.get("db"));
        int[] ones = new int[c.rank()];
        Arrays.fill(ones, 1);
        int[] none = new int[c.rank()];
        NaiveConv pointwise = new NaiveConv(ones, ones, none, none, c.mode(), 1);
        return pointwise.output(deep, params.get("pW"), params.get("pb"));
    }
}
