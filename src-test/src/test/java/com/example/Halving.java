package com.example;

import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.BaseActivationFunction;
import org.nd4j.linalg.api.ndarray.INDArray;

/** An activation function of a user's own; says when its class was initialized. */
public final class Halving extends BaseActivationFunction {
    private static final long serialVersionUID = 1L;

    static {
        System.setProperty("com.example.initialized", "true");
    }

    @Override
    public INDArray getActivation(INDArray in, boolean training) {
        return in.muli(0.5);
    }

    @Override
    public Pair<INDArray, INDArray> backprop(INDArray in, INDArray epsilon) {
        return new Pair<>(epsilon.muli(0.5), null);
    }
}
