package org.lamina.golden;

import java.util.List;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.lamina.harness.Close;
import org.lamina.harness.LinearLoss;
import org.lamina.harness.Nets;
import org.lamina.harness.Problems;
import org.lamina.optimize.TorchAdaMax;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.shade.jackson.databind.JsonNode;

/**
 * PyTorch's Adamax against {@link TorchAdaMax} in DL4J's training path; PyTorch's weight decay is
 * DL4J's L2 regularization.
 *
 * <p>A dense layer with one output, no bias and {@link LinearLoss} has its input as the gradient of
 * its weights, so that {@code fit} takes the case's gradients as they are.
 */
final class Adamax implements Family {

    @Override
    public boolean matches(String family) {
        return family.equals("torch_adamax");
    }

    @Override
    public List<String> forms() {
        return List.of("updater");
    }

    @Override
    public void run(GoldenCase golden, DataType type, String form) {
        int steps = golden.field("steps").asInt();
        List<String> parameters = golden.names("param");
        if (parameters.isEmpty()) {
            throw new IllegalArgumentException("no array with role 'param'");
        }
        Problems problems = new Problems();
        for (String parameter : parameters) {
            String number = parameter.substring("param".length());
            runParameter(golden, type, number, steps, problems);
        }
        problems.report();
    }

    private static void runParameter(
            GoldenCase golden, DataType type, String number, int steps, Problems problems) {
        INDArray start = golden.array("param" + number);
        long length = start.length();
        MultiLayerNetwork net = network(golden.constructor(), length, type);
        net.getParam("0_W").assign(start.reshape(length, 1));
        INDArray one = Nd4j.ones(type, 1, 1);
        Close close = golden.tolerance(type);
        for (int k = 0; k < steps; k++) {
            net.fit(row(golden, "grads" + number, k, length).castTo(type), one);
            INDArray state = net.getUpdater().getStateViewArray();
            check(golden, close, "param" + number + "_after", k, net.getParam("0_W"), problems);
            check(golden, close, "exp_avg" + number, k, half(state, 0, length), problems);
            check(golden, close, "exp_inf" + number, k, half(state, 1, length), problems);
        }
    }

    private static void check(
            GoldenCase golden,
            Close close,
            String sequence,
            int step,
            INDArray actual,
            Problems problems) {
        INDArray expected = row(golden, sequence, step, actual.length());
        problems.collect(
                () ->
                        close.check(
                                sequence + " at step " + (step + 1),
                                actual.reshape(1, actual.length()),
                                expected));
    }

    private static MultiLayerNetwork network(JsonNode c, long length, DataType type) {
        JsonNode betas = c.get("betas");
        return Nets.init(
                Nets.config(
                                type,
                                new TorchAdaMax(
                                        c.get("lr").asDouble(),
                                        betas.get(0).asDouble(),
                                        betas.get(1).asDouble(),
                                        c.get("eps").asDouble()))
                        .l2(c.get("weight_decay").asDouble())
                        .list()
                        .layer(
                                new DenseLayer.Builder()
                                        .nIn(length)
                                        .nOut(1)
                                        .hasBias(false)
                                        .activation(Activation.IDENTITY)
                                        .build())
                        .layer(
                                new LossLayer.Builder(new LinearLoss())
                                        .activation(Activation.IDENTITY)
                                        .build()));
    }

    /** Value k of a sequence, as a row. */
    private static INDArray row(GoldenCase golden, String name, int k, long length) {
        INDArray sequence = golden.array(name);
        return sequence.reshape(sequence.size(0), length).getRow(k, true).dup();
    }

    /** The updater keeps the first moment, then the infinity norm. */
    private static INDArray half(INDArray state, int which, long length) {
        return state.reshape(2 * length)
                .get(NDArrayIndex.interval(which * length, (which + 1) * length));
    }
}
