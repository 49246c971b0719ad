package org.lamina.contract;

import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.lamina.harness.Form;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A layer with weights that checks build and drive. */
interface Subject {

    /** Examples in a minibatch. */
    int BATCH = 3;

    /** The layer, in one configuration. */
    Layer build(Form form);

    /** Type of the input, channels first. */
    InputType input();

    /** A minibatch of inputs. */
    INDArray batch(DataType type, long seed);

    /** Random values for all parameters; variances are positive. */
    void randomize(MultiLayerNetwork net, long seed);

    /** Copies of a layer's parameters that an updater changes, by name. */
    Map<String, INDArray> trained(org.deeplearning4j.nn.api.Layer layer);

    /** Names of the weights, which l1 and l2 count. */
    List<String> weights();

    /** Type of the output, channels first. */
    default InputType output(Form form) {
        Layer built = build(form);
        built.setNIn(input(), false);
        return built.getOutputType(0, input());
    }

    /** An array of the shape of the output for {@link #batch}, to serve as its gradient. */
    default INDArray outputGradient(DataType type, Form form, long seed) {
        return Row.random(type, seed, Row.withBatch(BATCH, output(form).getShape()));
    }
}
