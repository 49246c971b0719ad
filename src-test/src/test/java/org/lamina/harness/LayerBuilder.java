package org.lamina.harness;

import java.util.Map;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.lamina.layers.base.AbstractSpecLayer;

/** Builds a layer in either form from one description. */
public final class LayerBuilder {

    private final AbstractSpecLayer.Builder<?, ?> builder;

    private LayerBuilder(AbstractSpecLayer.Builder<?, ?> builder) {
        this.builder = builder;
    }

    /**
     * The builder of a layer.
     *
     * @param layer name of the native configuration, for example "DepthwiseConv2D"
     * @param kernel the constructor's kernel; none for a layer without one
     */
    public static LayerBuilder of(Form form, String layer, int... kernel) {
        return new LayerBuilder(LayerTypes.builder(form, layer, kernel));
    }

    /** Sets an option. */
    public LayerBuilder set(Option option, Object value) {
        option.set(builder, value);
        return this;
    }

    /** Sets several options. */
    public LayerBuilder set(Map<Option, ?> options) {
        options.forEach(this::set);
        return this;
    }

    /** Whether the builder has this option. */
    public boolean has(Option option) {
        return option.isOf(builder);
    }

    /** Whether the builder is of this kind. */
    public boolean is(Class<?> kind) {
        return kind.isInstance(builder);
    }

    /** The layer. */
    public Layer build() {
        return builder.build();
    }
}
