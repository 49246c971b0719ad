package org.lamina.constraints;

import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.layers.LayerConstraint;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Applies constraints outside training, where DL4J does not: to initial or averaged weights. */
public final class Constraints {

    private Constraints() {}

    /**
     * Applies every constraint of an initialized network once, now, as DL4J does after an update:
     * after {@code init()}, after loading or averaging parameters. Frozen layers are left
     * unchanged.
     *
     * @throws IllegalArgumentException if the model is neither a MultiLayerNetwork nor a
     *     ComputationGraph
     */
    public static void project(Model network) {
        if (network instanceof MultiLayerNetwork net) {
            net.applyConstraints(net.getIterationCount(), net.getEpochCount());
            projectForwardConstrained(net.getLayers());
        } else if (network instanceof ComputationGraph net) {
            net.applyConstraints(
                    net.getConfiguration().getIterationCount(),
                    net.getConfiguration().getEpochCount());
            projectForwardConstrained(net.getLayers());
        } else {
            throw new IllegalArgumentException(
                    "Constraints.project: "
                            + (network == null ? "null" : network.getClass().getName())
                            + " is neither a MultiLayerNetwork nor a ComputationGraph");
        }
    }

    private static void projectForwardConstrained(org.deeplearning4j.nn.api.Layer[] layers) {
        for (org.deeplearning4j.nn.api.Layer layer : layers) {
            Layer conf = layer.conf().getLayer();
            if (constrainsOnForward(conf)) {
                project(conf, layer.paramTable());
            }
        }
    }

    private static boolean constrainsOnForward(Layer conf) {
        return conf instanceof OutputUnitLayout layout && layout.constrainsOnForward();
    }

    /**
     * Applies a layer's constraints after an update, except those that its forward pass applies. To
     * be called by {@code applyConstraints} of custom layers.
     */
    public static void afterUpdate(
            org.deeplearning4j.nn.api.Layer layer, int iteration, int epoch) {
        Layer conf = layer.conf().getLayer();
        List<LayerConstraint> constraints = conf.getConstraints();
        if (constraints == null) {
            return;
        }
        for (LayerConstraint constraint : constraints) {
            if (!(constraint instanceof NormConstraint && constrainsOnForward(conf))) {
                constraint.applyConstraint(layer, iteration, epoch);
            }
        }
    }

    /**
     * Applies the norm constraints of a layer configuration once to its parameters. To be called by
     * custom layers at the end of their parameter initialization.
     *
     * @param conf layer configuration that holds the constraints
     * @param params the layer's parameters by name, changed in place
     */
    public static void project(Layer conf, Map<String, INDArray> params) {
        List<LayerConstraint> constraints = conf.getConstraints();
        if (constraints == null) {
            return;
        }
        for (LayerConstraint constraint : constraints) {
            if (constraint instanceof NormConstraint norm) {
                norm.project(conf, params);
            }
        }
    }
}
