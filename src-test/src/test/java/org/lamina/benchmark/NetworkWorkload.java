package org.lamina.benchmark;

import java.util.List;
import java.util.function.Function;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.lamina.inference.CompiledNetwork;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A network: a training step with Adam, or inference.
 *
 * <p>Lamina and PyTorch begin with the same parameters, and their outputs in inference are
 * compared.
 */
record NetworkWorkload(Network network, Mode mode, String size, long... shape) implements Workload {

    /**
     * A network for a shape of input.
     *
     * @param name in the table
     * @param classes number of outputs
     * @param lamina the network
     * @param parameters its parameters, without making it
     * @param builtIn the same from DL4J's own layers, or null
     * @param torch name of the file with the Python function logits, or null
     * @param smallest shape of an input that takes next to no memory
     */
    record Network(
            String name,
            int classes,
            Function<long[], Model> lamina,
            Function<long[], List<Parameter>> parameters,
            Function<long[], Model> builtIn,
            String torch,
            long... smallest) {

        NetworkWorkload tiny() {
            return new NetworkWorkload(this, Mode.TRAINING, "tiny", smallest);
        }
    }

    @Override
    public String name() {
        return network.name;
    }

    @Override
    public Workload tiny() {
        return network.tiny();
    }

    @Override
    public boolean alone() {
        return true;
    }

    @Override
    public boolean isFor(Competitor competitor) {
        switch (competitor) {
            case PYTORCH:
                return network.torch != null;
            case DL4J:
            case DL4J_DEFAULT:
                return network.builtIn != null;
            case ONNX_RUNTIME:
            case LAMINA_COMPILED:
                return mode == Mode.INFERENCE;
            case LAMINA_SAMEDIFF:
                return false; // networks have one form
            default:
                return true;
        }
    }

    @Override
    public Step prepare(Competitor competitor) {
        if (competitor == Competitor.PYTORCH) {
            return new TorchNetworkStep(
                    network.torch,
                    network.parameters.apply(shape),
                    shape,
                    network.classes,
                    mode == Mode.TRAINING);
        }
        INDArray x = array("x", shape);
        if (competitor == Competitor.DL4J || competitor == Competitor.DL4J_DEFAULT) {
            return step(network.builtIn.apply(shape), x, Double.NaN);
        }
        Model lamina = network.lamina.apply(shape);
        double fingerprint = start(lamina, x);
        return switch (competitor) {
            case ONNX_RUNTIME -> new OnnxNetworkStep(lamina, x);
            case LAMINA_COMPILED -> compiled(lamina, x);
            default -> step(lamina, x, fingerprint);
        };
    }

    /** Gives the network the parameters that PyTorch's has, and tells its output. */
    private double start(Model model, INDArray x) {
        for (Parameter param : network.parameters.apply(shape)) {
            if (param.trained()) {
                model.getParam(param.name()).assign(array(param.name(), param.shape()));
            }
        }
        return Values.fingerprint(output(model, x).dup('c').data().asFloat());
    }

    private static Step compiled(Model model, INDArray x) {
        CompiledNetwork compiled =
                model instanceof ComputationGraph
                        ? CompiledNetwork.of((ComputationGraph) model)
                        : CompiledNetwork.of((MultiLayerNetwork) model);
        double fingerprint = Values.fingerprint(compiled.output(x).data().asFloat());
        return new Step() {
            @Override
            public void run() {
                compiled.output(x);
            }

            @Override
            public double fingerprint() {
                return fingerprint;
            }
        };
    }

    private Step step(Model model, INDArray x, double fingerprint) {
        INDArray y = Nd4j.zeros(DataType.FLOAT, shape[0], network.classes);
        for (long i = 0; i < shape[0]; i++) {
            y.putScalar(i, i % network.classes, 1);
        }
        DataSet data = new DataSet(x, y);
        return new Step() {
            @Override
            public void run() {
                if (mode == Mode.INFERENCE) {
                    output(model, x);
                } else if (model instanceof ComputationGraph) {
                    ((ComputationGraph) model).fit(data);
                } else {
                    ((MultiLayerNetwork) model).fit(data);
                }
            }

            @Override
            public double fingerprint() {
                return fingerprint;
            }
        };
    }

    private static INDArray output(Model model, INDArray x) {
        return model instanceof ComputationGraph
                ? ((ComputationGraph) model).outputSingle(x)
                : ((MultiLayerNetwork) model).output(x);
    }

    private static INDArray array(String name, long... shape) {
        return Nd4j.createFromArray(Values.of(name, shape)).reshape('c', shape);
    }
}
