package org.lamina.benchmark;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.List;

/** A training step with Adam, or inference, of a network in PyTorch. */
final class TorchNetworkStep implements Workload.Step {

    private final TorchScript script;
    private final NDList arguments = new NDList();
    private final double fingerprint;

    /**
     * Compiles the network.
     *
     * @param network name of the file with the function logits
     */
    TorchNetworkStep(
            String network, List<Parameter> params, long[] shape, int classes, boolean training) {
        NDList x = new NDList(TorchScript.tensor("", "x", shape));
        NDList states = new NDList();
        for (Parameter param : params) {
            states.add(
                    param.trained()
                            ? TorchScript.tensor("p", param.name(), param.shape())
                            : filled("s", param, param.initial()));
        }
        states.add(TorchScript.named("s", "steps", TorchScript.MEMORY.zeros(new Shape(1))));
        NDList inputs = new NDList(x).addAll(states);
        TorchScript inference = compile(network, "inference.py", false);
        try (NDArray output = inference.call(inputs).head()) {
            this.fingerprint = Values.fingerprint(output.toFloatArray());
        }
        if (!training) {
            this.script = inference;
            arguments.addAll(inputs);
            return;
        }
        inference.close();
        this.script = compile(network, "training.py", true);
        arguments.addAll(x);
        arguments.add(labels(shape[0], classes));
        arguments.addAll(states);
        states.stream()
                .filter(a -> a.getName().startsWith("p."))
                .forEach(a -> a.setRequiresGradient(true));
        for (String moment : List.of("m", "v")) {
            params.stream()
                    .filter(Parameter::trained)
                    .forEach(param -> arguments.add(filled(moment, param, 0)));
        }
    }

    private static TorchScript compile(String network, String step, boolean gradients) {
        return new TorchScript(
                gradients, TorchScript.resource(network), TorchScript.resource(step));
    }

    private static NDArray filled(String dictionary, Parameter param, double value) {
        return TorchScript.named(
                dictionary,
                param.name(),
                TorchScript.MEMORY.full(new Shape(param.shape()), (float) value));
    }

    private static NDArray labels(long examples, int classes) {
        long[] labels = new long[(int) examples];
        for (int i = 0; i < labels.length; i++) {
            labels[i] = i % classes;
        }
        return TorchScript.MEMORY.create(labels).toType(DataType.INT64, false);
    }

    @Override
    public void run() {
        script.call(arguments).close();
    }

    /** Of the output of inference with the first parameters. */
    @Override
    public double fingerprint() {
        return fingerprint;
    }

    @Override
    public void close() {
        script.close();
        arguments.close();
    }
}
