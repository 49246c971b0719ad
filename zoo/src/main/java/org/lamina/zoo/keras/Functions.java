package org.lamina.zoo.keras;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.lamina.activations.Elu;
import org.lamina.activations.Gelu;
import org.lamina.activations.SafeLog;
import org.lamina.activations.Square;
import org.lamina.activations.Swish;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationHardSigmoid;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.activations.impl.ActivationLReLU;
import org.nd4j.linalg.activations.impl.ActivationMish;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.activations.impl.ActivationReLU6;
import org.nd4j.linalg.activations.impl.ActivationSELU;
import org.nd4j.linalg.activations.impl.ActivationSigmoid;
import org.nd4j.linalg.activations.impl.ActivationSoftPlus;
import org.nd4j.linalg.activations.impl.ActivationSoftSign;
import org.nd4j.linalg.activations.impl.ActivationSoftmax;
import org.nd4j.linalg.activations.impl.ActivationTanH;
import org.nd4j.linalg.activations.impl.ActivationThresholdedReLU;

/** Activation functions by Keras's names, and layers that are one. */
final class Functions {

    /** Keras's slope of leaky_relu where it is given by name. */
    private static final double LEAKY_SLOPE = 0.2;

    private static final Map<String, Supplier<IActivation>> KERAS = new LinkedHashMap<>();
    private static final Map<String, Supplier<IActivation>> GIVEN = new LinkedHashMap<>();

    static {
        KERAS.put("linear", ActivationIdentity::new);
        KERAS.put("relu", ActivationReLU::new);
        KERAS.put("elu", () -> new Elu(1));
        KERAS.put("selu", ActivationSELU::new);
        KERAS.put("sigmoid", ActivationSigmoid::new);
        KERAS.put("tanh", ActivationTanH::new);
        KERAS.put("softmax", ActivationSoftmax::new);
        KERAS.put("softplus", ActivationSoftPlus::new);
        KERAS.put("softsign", ActivationSoftSign::new);
        KERAS.put("silu", () -> new Swish(1));
        KERAS.put("swish", () -> new Swish(1));
        KERAS.put("gelu", Gelu::new);
        KERAS.put("relu6", ActivationReLU6::new);
        KERAS.put("leaky_relu", () -> new ActivationLReLU(LEAKY_SLOPE));
        KERAS.put("mish", ActivationMish::new);
        GIVEN.put("square", Square::new);
        GIVEN.put("log", () -> new SafeLog(1e-7, 1e4)); // of arl-eegmodels
        GIVEN.put("safe_log", () -> new SafeLog(1e-6)); // of braindecode
        GIVEN.putAll(KERAS);
        GIVEN.remove("linear");
    }

    private final KerasOptions options;
    private final int version;

    /**
     * @param version Keras's, its first number
     */
    Functions(KerasOptions options, int version) {
        this.options = options;
        this.version = version;
    }

    /** Keras's name of a function; null if it has none in all versions. */
    static String name(IActivation function) {
        return KERAS.keySet().stream()
                .filter(name -> !name.equals("leaky_relu")) // of Keras 3
                .filter(name -> KERAS.get(name).get().equals(function))
                .findFirst()
                .orElse(null);
    }

    /** The name of a function that Keras has not; null if there is none. */
    static String given(IActivation function) {
        return GIVEN.keySet().stream()
                .filter(name -> !KERAS.containsKey(name))
                .filter(name -> GIVEN.get(name).get().equals(function))
                .findFirst()
                .orElse(null);
    }

    /** What a user says that a function computes. */
    static IActivation known(String name, String meaning) {
        Supplier<IActivation> function = GIVEN.get(meaning);
        if (function == null) {
            throw new IllegalArgumentException(
                    name + "=" + meaning + ": allowed are " + String.join(", ", GIVEN.keySet()));
        }
        return function.get();
    }

    /** The function that an argument names. */
    IActivation argument(LayerConfig layer, String argument) {
        JsonNode value = layer.get(argument);
        if (value == null) {
            return new ActivationIdentity();
        }
        if (value.isTextual()) {
            return byName(layer, value.asText());
        }
        JsonNode config = value.path("config");
        if (config.isTextual()) {
            return given(layer, config.asText());
        }
        String className = value.path("class_name").asText();
        if (config.isObject() && isLayer(className)) {
            LayerConfig inner = new LayerConfig(layer.name(), className, config);
            IActivation function = layer(inner);
            inner.check();
            return function;
        }
        throw layer.refused(argument + " = " + className + " is not supported");
    }

    private IActivation byName(LayerConfig layer, String name) {
        if (name.equals("hard_sigmoid")) {
            if (version < 3) {
                return new ActivationHardSigmoid();
            }
            throw layer.refused("hard_sigmoid of Keras 3 (a slope of 1/6) is not supported");
        }
        Supplier<IActivation> function = KERAS.get(name);
        return function == null ? given(layer, name) : function.get();
    }

    /** A function that is code, of which the user has said what it computes. */
    private IActivation given(LayerConfig layer, String name) {
        String meaning = options.meaning(name);
        if (meaning == null) {
            throw layer.refused(
                    "the function '%s' is not one of Keras's that are supported; if it is your"
                            + " own,%s",
                    name, say(name));
        }
        return known(name, meaning);
    }

    private static String say(String name) {
        return " say what it computes: --lambda "
                + name
                + "=square (KerasOptions.function), or "
                + String.join(", ", GIVEN.keySet().stream().skip(1).toList());
    }

    /** What a Lambda layer computes, as the user has said. Its code is not looked at. */
    IActivation lambda(LayerConfig layer) {
        JsonNode function = layer.get("function");
        for (String argument : new String[] {"function_type", "module", "output_shape_type"}) {
            layer.get(argument);
        }
        layer.get("output_shape_module");
        layer.get("output_shape");
        String name = function == null ? "" : function.asText();
        if (function != null && function.path("config").isTextual()) {
            name = function.path("config").asText();
        }
        boolean byFunction = options.meaning(layer.name()) == null && options.meaning(name) != null;
        if (!byFunction && options.meaning(layer.name()) == null) {
            throw layer.refused("its code is not run;" + say(layer.name()));
        }
        String key = byFunction ? name : layer.name();
        return known(key, options.meaning(key));
    }

    /** Whether a class of layers is an activation function. */
    static boolean isLayer(String className) {
        return switch (className) {
            case "Activation", "ReLU", "ELU", "LeakyReLU", "ThresholdedReLU", "Softmax", "Lambda" ->
                    true;
            default -> false;
        };
    }

    /** The function that a layer is. */
    IActivation layer(LayerConfig layer) {
        return switch (layer.className()) {
            case "Activation" -> argument(layer, "activation");
            case "ELU" -> new Elu(layer.number("alpha", 1));
            case "LeakyReLU" ->
                    new ActivationLReLU(layer.number("negative_slope", layer.number("alpha", 0.3)));
            case "ThresholdedReLU" -> new ActivationThresholdedReLU(layer.number("theta", 1));
            case "ReLU" -> relu(layer);
            case "Softmax" -> softmax(layer);
            default -> lambda(layer);
        };
    }

    private static IActivation relu(LayerConfig layer) {
        double most = layer.number("max_value", Double.NaN);
        double threshold = layer.number("threshold", 0);
        double slope = layer.number("negative_slope", 0);
        if (Double.isNaN(most) && threshold == 0 && slope == 0) {
            return new ActivationReLU();
        }
        return new ActivationReLU(Double.isNaN(most) ? null : most, threshold, slope);
    }

    private static IActivation softmax(LayerConfig layer) {
        int[] axes = layer.integers("axis", -1);
        if (axes != null && (axes.length != 1 || axes[0] != -1)) {
            throw layer.refused("axis = " + layer.get("axis") + "; allowed is -1, the last one");
        }
        return new ActivationSoftmax();
    }
}
