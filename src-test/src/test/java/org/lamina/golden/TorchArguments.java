package org.lamina.golden;

import static org.lamina.harness.Option.DILATION;
import static org.lamina.harness.Option.GROUPS;
import static org.lamina.harness.Option.HAS_BIAS;
import static org.lamina.harness.Option.N_IN;
import static org.lamina.harness.Option.N_OUT;
import static org.lamina.harness.Option.OUTPUT_PADDING;
import static org.lamina.harness.Option.PADDING;
import static org.lamina.harness.Option.PADDING_MODE;
import static org.lamina.harness.Option.STRIDE;

import java.util.Locale;
import org.lamina.harness.Form;
import org.lamina.harness.LayerBuilder;
import org.lamina.spec.PaddingMode;
import org.nd4j.shade.jackson.databind.JsonNode;

/** Constructor arguments of PyTorch's convolutions in this project's terms. */
final class TorchArguments {

    private TorchArguments() {}

    /**
     * Input channels, kernel, stride, padding, dilation and padding mode.
     *
     * @param name name of this project's native configuration
     * @param rank number of spatial dimensions
     * @param c the constructor's arguments
     */
    static LayerBuilder conv(String name, int rank, JsonNode c, Form form) {
        JsonNode padding = c.path("padding");
        String mode = c.path("padding_mode").asText("zeros").toUpperCase(Locale.ROOT);
        return LayerBuilder.of(form, name, kernel(c, rank))
                .set(N_IN, number(c, "in_channels"))
                .set(PADDING, padding.isTextual() ? padding.asText() : ints(padding))
                .set(STRIDE, ints(c.path("stride")))
                .set(DILATION, ints(c.path("dilation")))
                .set(PADDING_MODE, PaddingMode.valueOf(mode));
    }

    /** The same, with output channels, groups, bias and a transposed convolution's padding. */
    static LayerBuilder groupedConv(String name, int rank, JsonNode c, Form form) {
        LayerBuilder builder =
                conv(name, rank, c, form)
                        .set(N_OUT, number(c, "out_channels"))
                        .set(GROUPS, number(c, "groups"))
                        .set(HAS_BIAS, flag(c, "bias"));
        return c.has("output_padding")
                ? builder.set(OUTPUT_PADDING, ints(c.get("output_padding")))
                : builder;
    }

    private static int[] kernel(JsonNode c, int rank) {
        int[] given = ints(c.path("kernel_size"));
        int[] kernel = new int[rank];
        for (int d = 0; d < rank; d++) {
            kernel[d] = given[given.length == 1 ? 0 : d];
        }
        return kernel;
    }

    static int number(JsonNode c, String name) {
        return c.get(name).asInt();
    }

    static boolean flag(JsonNode c, String name) {
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
}
