package org.lamina.zoo.keras;

import org.deeplearning4j.nn.conf.layers.BaseOutputLayer;
import org.deeplearning4j.nn.conf.layers.CnnLossLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.RnnLossLayer;
import org.lamina.layers.Nonlinearity;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.activations.impl.ActivationSigmoid;
import org.nd4j.linalg.activations.impl.ActivationSoftmax;
import org.nd4j.linalg.lossfunctions.ILossFunction;
import org.nd4j.linalg.lossfunctions.impl.LossBinaryXENT;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;
import org.nd4j.linalg.lossfunctions.impl.LossMSE;

/** The layers with a loss that a network needs in order to be trained. */
final class Outputs {

    private Outputs() {}

    /**
     * Makes a model's output one of the network.
     *
     * @return the vertex
     */
    static String add(
            NetworkAssembly network, String output, LayerReader reader, KerasGraph graph) {
        Tensor x = reader.tensor(output);
        int axis = x.rank() == 1 ? 0 : reader.channelAxis(x.rank());
        boolean asIs = x.hasInFront(axis) && graph.uses().get(output) == 1;
        NetworkAssembly.Vertex last = network.vertex(x.source());
        if (asIs && last != null && last.layer instanceof DenseLayer dense) {
            last.layer = outputLayer(dense);
            return last.name;
        }
        if (asIs && last != null && last.layer instanceof Nonlinearity function) {
            last.layer = lossLayer(x.rank(), function.getActivationFn());
            last.layer.setLayerName(last.name);
            return last.name;
        }
        Rearrangement shaping = x.hasInFront(axis) ? null : x.toFront(axis);
        String name = output + "-output";
        network.layer(name, lossLayer(x.rank(), new ActivationIdentity()), shaping, x.source());
        return name;
    }

    private static BaseOutputLayer outputLayer(DenseLayer dense) {
        OutputLayer layer =
                new OutputLayer.Builder(loss(dense.getActivationFn()))
                        .nIn(dense.getNIn())
                        .nOut(dense.getNOut())
                        .hasBias(dense.hasBias())
                        .activation(dense.getActivationFn())
                        .build();
        layer.setLayerName(dense.getLayerName());
        layer.setConstraints(dense.getConstraints());
        layer.setRegularization(dense.getRegularization());
        layer.setRegularizationBias(dense.getRegularizationBias());
        return layer;
    }

    private static Layer lossLayer(int rank, IActivation function) {
        ILossFunction loss = loss(function);
        return switch (rank) {
            case 1 -> new LossLayer.Builder(loss).activation(function).build();
            case 2 -> new RnnLossLayer.Builder(loss).activation(function).build();
            default -> new CnnLossLayer.Builder(loss).activation(function).build();
        };
    }

    /** As Keras's examples pair them. */
    private static ILossFunction loss(IActivation function) {
        if (function instanceof ActivationSoftmax) {
            return new LossMCXENT();
        }
        return function instanceof ActivationSigmoid ? new LossBinaryXENT() : new LossMSE();
    }
}
