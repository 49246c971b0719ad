package org.lamina.harness;

import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Gradients against central differences of {@code L = sum(output * outputGradient)}, in training
 * mode, for every parameter and the input; DL4J's own check leaves the input out.
 */
public final class Gradients {

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
        pass.gradients()
                .forEach(
                        (key, gradient) -> {
                            INDArray expected =
                                    differences(net, x, mask, outputGradient, net.getParam(key));
                            problems.collect(
                                    () -> CLOSE.check("gradient of " + key, gradient, expected));
                        });
        INDArray expected = differences(net, x, mask, outputGradient, x);
        problems.collect(
                () -> CLOSE.check("gradient of the input", pass.inputGradient(), expected));
        problems.report();
    }

    /** The derivative of L with respect to each element of an array that the network reads. */
    private static INDArray differences(
            MultiLayerNetwork net, INDArray x, INDArray mask, INDArray g, INDArray variable) {
        INDArray result = variable.dup();
        for (long i = 0; i < variable.length(); i++) {
            double original = variable.getDouble(i);
            variable.putScalar(i, original + STEP);
            double above = loss(net, x, mask, g);
            variable.putScalar(i, original - STEP);
            double below = loss(net, x, mask, g);
            variable.putScalar(i, original);
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
