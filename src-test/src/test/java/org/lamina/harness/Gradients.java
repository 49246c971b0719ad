package org.lamina.harness;

import java.util.LinkedHashMap;
import java.util.Map;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.shape.Shape;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Gradients against central differences of {@code L = sum(output * outputGradient)}, in training
 * mode, for every parameter and the input; DL4J's own check leaves the input out.
 */
public final class Gradients {

    /** So many elements of each array are checked. */
    private static final long SAMPLES = 25;

    private static final double STEP = 1e-5;
    private static final Close CLOSE = new Close(1e-6, 1e-8);

    private Gradients() {}

    /**
     * Checks a network without a loss layer.
     *
     * @param net network in double
     * @param mask mask of the input, or null
     */
    public static void check(
            MultiLayerNetwork net, INDArray input, INDArray mask, INDArray outputGradient) {
        INDArray x = input.dup('c');
        Nets.Pass pass = Nets.pass(net, x, mask, outputGradient);
        Problems problems = new Problems();
        Map<String, INDArray> variables = new LinkedHashMap<>();
        Map<String, INDArray> gradients = new LinkedHashMap<>();
        pass.gradients().keySet().forEach(key -> variables.put(key, net.getParam(key)));
        gradients.putAll(pass.gradients());
        variables.put("the input", x);
        gradients.put("the input", pass.inputGradient());
        variables.forEach(
                (key, variable) -> {
                    INDArray expected = differences(net, x, mask, outputGradient, variable);
                    INDArray actual = sample(gradients.get(key));
                    problems.collect(() -> CLOSE.check("gradient of " + key, actual, expected));
                });
        problems.report();
    }

    /** Every so many elements, so that no array gives more than {@link #SAMPLES}. */
    private static long step(INDArray array) {
        return (array.length() + SAMPLES - 1) / SAMPLES;
    }

    private static INDArray sample(INDArray array) {
        long step = step(array);
        double[] values = new double[(int) ((array.length() + step - 1) / step)];
        for (int i = 0; i < values.length; i++) {
            values[i] = array.getDouble(Shape.ind2subC(array.shape(), i * step));
        }
        return Nd4j.createFromArray(values);
    }

    /**
     * The derivative of L with respect to the sampled elements of an array that the network reads.
     */
    private static INDArray differences(
            MultiLayerNetwork net, INDArray x, INDArray mask, INDArray g, INDArray variable) {
        INDArray result = sample(variable);
        long step = step(variable);
        for (int i = 0; i < result.length(); i++) {
            long[] index = Shape.ind2subC(variable.shape(), i * step);
            double original = variable.getDouble(index);
            variable.putScalar(index, original + STEP);
            double above = loss(net, x, mask, g);
            variable.putScalar(index, original - STEP);
            double below = loss(net, x, mask, g);
            variable.putScalar(index, original);
            result.putScalar(i, (above - below) / (2 * STEP));
        }
        return result;
    }

    private static double loss(MultiLayerNetwork net, INDArray x, INDArray mask, INDArray g) {
        INDArray output = net.output(x, true, mask, null);
        if (output.dataType() != DataType.DOUBLE) {
            throw new IllegalArgumentException("finite differences need double");
        }
        return output.mul(g).sumNumber().doubleValue();
    }
}
