package org.lamina.benchmark;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.lamina.harness.Option;

/** A layer to measure, as functions of its number of input channels and their size. */
final class LayerCase {

    private static final List<String> SIZES = List.of("small", "typical", "large");

    private final String name;
    private final String layer;
    private Function<long[], int[]> kernel = shape -> new int[0];
    private final Map<Option, Function<Long, Object>> options = new LinkedHashMap<>();
    private Function<long[], Layer> builtIn;
    private String torch;

    /**
     * Begins a case.
     *
     * @param name in the table
     * @param layer name of Lamina's builder
     */
    LayerCase(String name, String layer) {
        this.name = name;
        this.layer = layer;
    }

    LayerCase kernel(int... size) {
        return kernel(shape -> size);
    }

    LayerCase kernel(Function<long[], int[]> size) {
        this.kernel = size;
        return this;
    }

    /** An option of Lamina's builder. */
    LayerCase option(Option option, Object value) {
        return option(option, channels -> value);
    }

    /** An option of Lamina's builder that depends on the number of channels. */
    LayerCase option(Option option, Function<Long, Object> value) {
        options.put(option, value);
        return this;
    }

    /** As many output channels as input channels. */
    LayerCase sameChannels() {
        return option(Option.N_OUT, Long::intValue);
    }

    /** DL4J's layer for the same. */
    LayerCase builtIn(Function<long[], Layer> value) {
        this.builtIn = value;
        return this;
    }

    /** PyTorch's, as an expression of x and Lamina's parameters. */
    LayerCase torch(String value) {
        this.torch = value;
        return this;
    }

    /** The workload at a size of input. */
    LayerWorkload at(String size, Workload.Mode mode, long... shape) {
        Map<Option, Object> values = new LinkedHashMap<>();
        options.forEach((option, value) -> values.put(option, value.apply(shape[1])));
        return new LayerWorkload(
                name,
                size,
                mode,
                shape,
                LayerWorkload.layer(layer, kernel.apply(shape), values),
                builtIn == null ? null : () -> builtIn.apply(shape),
                torch);
    }

    /** The workload at one of a small, a typical and a large size. */
    LayerWorkload at(int size, Workload.Mode mode, long[][] shapes) {
        return at(SIZES.get(size), mode, shapes[size]);
    }
}
