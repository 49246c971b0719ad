package org.lamina.zoo.keras;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.lamina.activations.Elu;
import org.lamina.activations.ScaledActivation;
import org.lamina.zoo.weights.WeightsException;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationELU;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.activations.impl.ActivationLReLU;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.activations.impl.ActivationSwish;
import org.nd4j.linalg.activations.impl.ActivationThresholdedReLU;

/** Activation functions as Keras has them: by name, as a layer, or as code of the program's own. */
final class FunctionWriter {

    private FunctionWriter() {}

    static boolean isIdentity(IActivation f) {
        return f == null || f instanceof ActivationIdentity;
    }

    /** Keras's name; null if the function has none. */
    static String name(IActivation f) {
        if (isIdentity(f)) {
            return "linear";
        } else if (alpha(f) == 1) {
            return "elu";
        }
        return f instanceof ActivationSwish ? "silu" : Functions.name(f);
    }

    private static double alpha(IActivation f) {
        return f instanceof Elu own
                ? own.getAlpha()
                : f instanceof ActivationELU elu ? elu.getAlpha() : Double.NaN;
    }

    /**
     * Adds what a layer does to its output; nothing if the function is none.
     *
     * @param name of the layer
     */
    static String after(KerasModel model, String name, IActivation f, String from, long[] shape) {
        return isIdentity(f) ? from : add(model, name + "-activation", f, from, shape);
    }

    /**
     * Adds a layer that is the function.
     *
     * @throws WeightsException if Keras has nothing for it
     */
    static String add(KerasModel model, String name, IActivation f, String from, long[] shape) {
        ObjectNode arguments = LayerWriter.arguments();
        String className = "Activation";
        if (name(f) != null) {
            arguments.put("activation", name(f));
        } else if (!Double.isNaN(alpha(f))) {
            className = "ELU";
            arguments.put("alpha", alpha(f));
        } else if (f instanceof ActivationLReLU leaky) {
            className = "LeakyReLU";
            arguments.put("negative_slope", leaky.getAlpha());
        } else if (f instanceof ActivationThresholdedReLU threshold) {
            className = "ReLU";
            arguments.put("threshold", threshold.getTheta());
        } else if (f instanceof ActivationReLU relu) {
            className = "ReLU";
            arguments.put("max_value", relu.getMax());
            arguments.put("threshold", relu.getThreshold() == null ? 0 : relu.getThreshold());
            arguments.put(
                    "negative_slope",
                    relu.getNegativeSlope() == null ? 0 : relu.getNegativeSlope());
        } else if (f instanceof ScaledActivation scaled) {
            String inner =
                    isIdentity(scaled.function())
                            ? from
                            : add(model, name + "-function", scaled.function(), from, shape);
            return rescaled(model, name, scaled.gamma(), inner, shape);
        } else if (Functions.given(f) != null) {
            arguments.set("activation", code(Functions.given(f)));
        } else {
            throw new WeightsException(
                    "layer \"" + name + "\": Keras has nothing for the function " + f);
        }
        return model.add(className, name, arguments, List.of(from), shape);
    }

    /** Adds a layer that multiplies by a number. */
    static String rescaled(KerasModel model, String name, double scale, String from, long[] shape) {
        ObjectNode arguments = LayerWriter.arguments().put("scale", scale).put("offset", 0.0);
        return model.add("Rescaling", name, arguments, List.of(from), shape);
    }

    /** A function that whoever loads the model gives by this name. */
    private static ObjectNode code(String name) {
        return LayerWriter.arguments()
                .put("module", "builtins")
                .put("class_name", "function")
                .put("config", name)
                .put("registered_name", "function");
    }
}
