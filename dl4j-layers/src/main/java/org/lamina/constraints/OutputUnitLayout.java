package org.lamina.constraints;

/**
 * Declares which axes of a layer's parameters index output units, so that {@link
 * org.lamina.spec.NormAxes#perOutputUnit()} can be resolved. A layer configuration implements it;
 * the layouts of DL4J's built-in layers are known.
 *
 * <p>A layer that stores weights as PyTorch does, {@code [out, in / groups, k...]}, returns {@code
 * {0}} for its weights and for its bias {@code [out]}.
 */
public interface OutputUnitLayout {

    /**
     * The axes of a parameter that index its output units. The norm of a unit is taken over all
     * other axes; if there are none, every element is a unit.
     *
     * @param param name of the parameter in this layer
     * @param shape shape of the parameter as stored
     * @return the axes, each in {@code [0, shape.length)}; or null if the parameter has no output
     *     units, which a constraint reports as an error
     */
    int[] outputAxes(String param, long[] shape);

    /**
     * Whether the layer itself projects its initial weights (see {@link
     * Constraints#project(org.deeplearning4j.nn.conf.layers.Layer, java.util.Map)}). {@link
     * ConstraintAudit} does not change the weight initialization of such a layer.
     */
    default boolean projectsInitialWeights() {
        return false;
    }

    /**
     * Whether the layer applies its norm constraints at the start of each forward pass instead of
     * after each update.
     */
    default boolean constrainsOnForward() {
        return false;
    }
}
