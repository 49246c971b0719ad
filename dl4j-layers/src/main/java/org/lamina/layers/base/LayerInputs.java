package org.lamina.layers.base;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Names of a layer's inputs other than its activations and parameters. */
public final class LayerInputs {

    /** Random factors of the examples, {@code [N, 1, ...]}; in training passes only. */
    public static final String EXAMPLE_FACTORS = "factors";

    private LayerInputs() {}

    /** The mask after this number of the layer's windows, as a factor. */
    public static String mask(int windows) {
        return "mask" + windows;
    }

    /** Masks by name: of the input and after each of the layer's windows. */
    public static Map<String, INDArray> masks(List<INDArray> factors) {
        Map<String, INDArray> named = new LinkedHashMap<>();
        factors.forEach(factor -> named.put(mask(named.size()), factor));
        return named;
    }
}
