package org.lamina.zoo.onnx;

import static org.lamina.zoo.onnx.OnnxGraph.attribute;

import java.util.List;
import org.lamina.activations.Elu;
import org.lamina.activations.Gelu;
import org.lamina.activations.GeluTanh;
import org.lamina.activations.SafeLog;
import org.lamina.activations.ScaledActivation;
import org.lamina.activations.Square;
import org.lamina.activations.Swish;
import org.lamina.zoo.weights.WeightsException;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationCube;
import org.nd4j.linalg.activations.impl.ActivationELU;
import org.nd4j.linalg.activations.impl.ActivationGELU;
import org.nd4j.linalg.activations.impl.ActivationHardSigmoid;
import org.nd4j.linalg.activations.impl.ActivationHardTanH;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.activations.impl.ActivationLReLU;
import org.nd4j.linalg.activations.impl.ActivationMish;
import org.nd4j.linalg.activations.impl.ActivationRReLU;
import org.nd4j.linalg.activations.impl.ActivationRationalTanh;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.activations.impl.ActivationReLU6;
import org.nd4j.linalg.activations.impl.ActivationRectifiedTanh;
import org.nd4j.linalg.activations.impl.ActivationSELU;
import org.nd4j.linalg.activations.impl.ActivationSigmoid;
import org.nd4j.linalg.activations.impl.ActivationSoftPlus;
import org.nd4j.linalg.activations.impl.ActivationSoftSign;
import org.nd4j.linalg.activations.impl.ActivationSoftmax;
import org.nd4j.linalg.activations.impl.ActivationSwish;
import org.nd4j.linalg.activations.impl.ActivationTanH;
import org.nd4j.linalg.activations.impl.ActivationThresholdedReLU;

/** Activation functions as nodes, as they are in evaluation. */
final class Activations {

    private Activations() {}

    /**
     * The function of a value.
     *
     * @param name of the node that gives the result, and of the layer in errors
     * @throws WeightsException if ONNX has no nodes for the function
     */
    static Value apply(OnnxGraph graph, String name, IActivation f, Value x) {
        if (f == null || f instanceof ActivationIdentity) {
            return x;
        }
        if (f instanceof ScaledActivation scaled) {
            return apply(graph, name, scaled.function(), x).times(scaled.gamma());
        }
        Value plain = graph.plain(x);
        Value y = simple(graph, name, f, plain);
        if (y == null) {
            y = composed(graph, name, f, plain);
        }
        if (y == null) {
            throw new WeightsException(
                    "layer \"" + name + "\": activation function " + f + " cannot be written");
        }
        return y;
    }

    /** A function that ONNX has. */
    private static Value simple(OnnxGraph graph, String name, IActivation f, Value x) {
        if (f.equals(new ActivationReLU())) {
            return graph.map("Relu", name, x);
        } else if (f instanceof ActivationSigmoid) {
            return graph.map("Sigmoid", name, x);
        } else if (f instanceof ActivationTanH) {
            return graph.map("Tanh", name, x);
        } else if (f instanceof Elu elu) {
            return graph.map("Elu", name, x, attribute("alpha", elu.getAlpha()));
        } else if (f instanceof ActivationELU elu) {
            return graph.map("Elu", name, x, attribute("alpha", elu.getAlpha()));
        } else if (f instanceof ActivationLReLU leaky) {
            return graph.map("LeakyRelu", name, x, attribute("alpha", leaky.getAlpha()));
        } else if (f instanceof ActivationRReLU random) {
            // ND4J's rectifier with this as its threshold, not the mean slope.
            return graph.with("Max", name, x, (random.getL() + random.getU()) / 2);
        } else if (f instanceof ActivationSELU) {
            return graph.map("Selu", name, x);
        } else if (f instanceof ActivationSoftPlus) {
            return graph.map("Softplus", name, x);
        } else if (f instanceof ActivationSoftSign) {
            return graph.map("Softsign", name, x);
        } else if (f instanceof ActivationHardSigmoid) {
            return graph.map(
                    "HardSigmoid", name, x, attribute("alpha", 0.2), attribute("beta", 0.5));
        } else if (f instanceof ActivationHardTanH) {
            return clip(graph, name, x, -1, 1);
        } else if (f instanceof ActivationReLU6) {
            return clip(graph, name, x, 0, 6);
        } else if (f instanceof ActivationThresholdedReLU threshold) {
            return graph.map("ThresholdedRelu", name, x, attribute("alpha", threshold.getTheta()));
        } else if (f instanceof ActivationSoftmax) {
            // ND4J's goes along the last axis of what it is given.
            return graph.map("Softmax", name, x, attribute("axis", -1L));
        }
        return null;
    }

    private static Value clip(OnnxGraph graph, String name, Value x, double low, double high) {
        List<String> inputs =
                List.of(
                        x.tensor(),
                        graph.scalar(name + ".low", low),
                        graph.scalar(name + ".high", high));
        return x.like(graph.node("Clip", name, inputs));
    }

    /** A function of several nodes. */
    private static Value composed(OnnxGraph graph, String name, IActivation f, Value x) {
        if (f instanceof Swish swish) {
            return swish(graph, name, x, swish.beta());
        } else if (f instanceof ActivationSwish) {
            return swish(graph, name, x, 1);
        } else if (f instanceof Gelu) {
            Value scaled = graph.with("Mul", name + ".scaled", x, Math.sqrt(0.5));
            Value erf = graph.map("Erf", name + ".erf", scaled);
            Value above = graph.with("Add", name + ".above", erf, 1);
            return graph.zip("Mul", name, x, above).times(0.5);
        } else if (f instanceof GeluTanh) {
            return tanhGelu(graph, name, x, 0.044715);
        } else if (f instanceof ActivationGELU gelu) {
            return gelu.isPrecise()
                    ? tanhGelu(graph, name, x, Math.pow(0.044715, 3)) // ND4J cubes it, too
                    : swish(graph, name, x, 1.702);
        } else if (f instanceof Square) {
            return graph.zip("Mul", name, x, x);
        } else if (f instanceof ActivationCube) {
            return graph.zip("Mul", name, graph.zip("Mul", name + ".square", x, x), x);
        } else if (f instanceof SafeLog log) {
            Value inside =
                    Double.isInfinite(log.max())
                            ? graph.with("Max", name + ".above", x, log.eps())
                            : clip(graph, name + ".inside", x, log.eps(), log.max());
            return graph.map("Log", name, inside);
        } else if (f instanceof ActivationMish) {
            Value softplus = graph.map("Softplus", name + ".softplus", x);
            return graph.zip("Mul", name, x, graph.map("Tanh", name + ".tanh", softplus));
        } else if (f instanceof ActivationRectifiedTanh) {
            return graph.map("Relu", name, graph.map("Tanh", name + ".tanh", x));
        } else if (f instanceof ActivationRationalTanh) {
            return rationalTanh(graph, name, x);
        } else if (f instanceof ActivationReLU relu) {
            return relu(graph, name, x, relu);
        }
        return null;
    }

    static Value swish(OnnxGraph graph, String name, Value x, double beta) {
        Value slope = beta == 1 ? x : graph.with("Mul", name + ".slope", x, beta);
        return graph.zip("Mul", name, x, graph.map("Sigmoid", name + ".gate", slope));
    }

    /** {@code x / 2 * (1 + tanh(sqrt(2 / pi) * (x + cubic * x^3)))}. */
    private static Value tanhGelu(OnnxGraph graph, String name, Value x, double cubic) {
        Value square = graph.zip("Mul", name + ".square", x, x);
        Value curved = graph.with("Mul", name + ".curved", square, cubic);
        Value factor = graph.with("Add", name + ".factor", curved, 1);
        Value inner = graph.zip("Mul", name + ".inner", x, factor);
        Value scaled = graph.with("Mul", name + ".scaled", inner, Math.sqrt(2 / Math.PI));
        Value tanh = graph.map("Tanh", name + ".tanh", scaled);
        Value above = graph.with("Add", name + ".above", tanh, 1);
        return graph.zip("Mul", name, x, above).times(0.5);
    }

    /** {@code 1.7159 * sign(y) * (1 - 1 / (1 + |y| + y^2 + 1.41645 y^4))} of {@code y = 2x/3}. */
    private static Value rationalTanh(OnnxGraph graph, String name, Value x) {
        Value y = graph.with("Mul", name + ".y", x, 2.0 / 3);
        Value absolute = graph.map("Abs", name + ".abs", y);
        Value square = graph.zip("Mul", name + ".square", y, y);
        Value fourth = graph.zip("Mul", name + ".fourth", square, square);
        Value sum = graph.with("Add", name + ".one", absolute, 1);
        sum = graph.zip("Add", name + ".two", sum, square);
        sum = graph.zip("Add", name + ".sum", sum, fourth.times(1.41645));
        Value inverse = graph.map("Reciprocal", name + ".inverse", sum);
        Value size = graph.with("Add", name + ".size", inverse.times(-1), 1);
        Value sign = graph.map("Sign", name + ".sign", y);
        return graph.zip("Mul", name, sign, size).times(1.7159);
    }

    /** ND4J's ReLU with a slope below a threshold and a maximum. */
    private static Value relu(OnnxGraph graph, String name, Value x, ActivationReLU relu) {
        double threshold = relu.getThreshold() == null ? 0 : relu.getThreshold();
        double slope = relu.getNegativeSlope() == null ? 0 : relu.getNegativeSlope();
        String bound = graph.scalar(name + ".threshold", threshold);
        String above = graph.node("GreaterOrEqual", name + ".above", List.of(x.tensor(), bound));
        Value below = graph.with("Sub", name + ".distance", x, threshold);
        below = graph.with("Mul", name + ".below", below, slope);
        String chosen = relu.getMax() == null ? name : name + ".rectified";
        Value y = x.like(graph.node("Where", chosen, List.of(above, x.tensor(), below.tensor())));
        return relu.getMax() == null ? y : graph.with("Min", name, y, relu.getMax());
    }
}
