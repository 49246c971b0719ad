package org.lamina.harness;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.common.util.ArrayUtil;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Gradients against central differences of {@code L = sum(output * outputGradient)}, in training
 * mode, for every parameter and the input; DL4J's own check leaves the input out. The differences
 * are taken along random directions: two passes for each test all elements of an array.
 */
public final class Gradients {

    private static final int DIRECTIONS = 3;
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
        Map<String, INDArray> variables = new LinkedHashMap<>();
        pass.gradients().keySet().forEach(key -> variables.put(key, net.getParam(key)));
        variables.put("the input", x);
        Map<String, INDArray> gradients = new LinkedHashMap<>(pass.gradients());
        gradients.put("the input", pass.inputGradient());
        Random random = new Random(12345);
        Problems problems = new Problems();
        variables.forEach(
                (key, variable) -> {
                    INDArray gradient = gradients.get(key);
                    double[] expected = new double[DIRECTIONS];
                    double[] actual = new double[DIRECTIONS];
                    for (int i = 0; i < DIRECTIONS; i++) {
                        INDArray direction = direction(random, variable.shape());
                        expected[i] = difference(net, x, mask, outputGradient, variable, direction);
                        INDArray sameShape = direction.reshape(gradient.shape());
                        actual[i] = gradient.mul(sameShape).sumNumber().doubleValue();
                    }
                    problems.collect(
                            () ->
                                    CLOSE.check(
                                            "gradient of " + key + " along random directions",
                                            Nd4j.createFromArray(actual),
                                            Nd4j.createFromArray(expected)));
                });
        problems.report();
    }

    /** Of length 1. */
    private static INDArray direction(Random random, long[] shape) {
        double[] values = random.doubles(ArrayUtil.prodLong(shape), -1, 1).toArray();
        INDArray direction = Nd4j.createFromArray(values).reshape(shape);
        return direction.divi(direction.norm2Number());
    }

    /** The derivative of L along the direction in which an array that the network reads moves. */
    private static double difference(
            MultiLayerNetwork net,
            INDArray x,
            INDArray mask,
            INDArray g,
            INDArray variable,
            INDArray direction) {
        INDArray original = variable.dup();
        variable.addi(direction.mul(STEP));
        double above = loss(net, x, mask, g);
        variable.assign(original).subi(direction.mul(STEP));
        double below = loss(net, x, mask, g);
        variable.assign(original);
        return (above - below) / (2 * STEP);
    }

    private static double loss(MultiLayerNetwork net, INDArray x, INDArray mask, INDArray g) {
        INDArray output = net.output(x, true, mask, null);
        if (output.dataType() != DataType.DOUBLE) {
            throw new IllegalArgumentException("finite differences need double");
        }
        return output.mul(g).sumNumber().doubleValue();
    }
}
