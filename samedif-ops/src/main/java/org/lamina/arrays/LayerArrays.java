package org.lamina.arrays;

import java.util.Arrays;
import java.util.Map;
import org.deeplearning4j.exception.DL4JInvalidInputException;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.lamina.spec.LayerSpec;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Checks of the arrays passed to a layer. */
public final class LayerArrays {

    private static final String[] SPATIAL = {
        "", ", time", ", height, width", ", depth, height, width"
    };

    private LayerArrays() {}

    /** The array itself if it is contiguous in 'c' order, otherwise a copy that is. */
    public static INDArray contiguous(INDArray array) {
        return isContiguous(array) ? array : array.dup('c');
    }

    /** Whether the array is contiguous in 'c' order. */
    public static boolean isContiguous(INDArray array) {
        // The order of a vector, which ND4J sometimes calls 'f', means nothing.
        if (array.rank() > 1 && array.ordering() != 'c') {
            return false;
        }
        long[] shape = array.shape();
        long[] strides = array.stride();
        long dense = 1;
        for (int d = shape.length - 1; d >= 0; d--) {
            if (shape[d] != 1 && strides[d] != dense) {
                return false;
            }
            dense *= shape[d];
        }
        return true;
    }

    /**
     * A layer's input in the layer's data type: the array itself or a copy that is kept for the
     * backward pass.
     */
    public static INDArray cast(INDArray input, DataType type, LayerWorkspaceMgr workspaceMgr) {
        if (input.dataType() == type) {
            return input;
        }
        // Not castTo: its result is in memory that the next layer overwrites. Nor
        // ArrayType.INPUT, which is such memory in feedForward.
        return workspaceMgr
                .createUninitialized(ArrayType.ACTIVATIONS, type, input.shape(), 'c')
                .assign(input);
    }

    /**
     * Checks that the layer supports an input's rank, number of channels and size.
     *
     * @param training whether the layer is to be trained on it
     * @param channelsLast whether channels are the last dimension
     * @param layer name of the layer for error messages
     * @throws DL4JInvalidInputException naming the layer, the actual shape and the expected one
     */
    public static void checkInput(
            INDArray input, LayerSpec spec, boolean training, boolean channelsLast, String layer) {
        boolean anyRank = spec.spatialRank() == LayerSpec.ANY_RANK;
        int rank = anyRank ? Math.max(2, input.rank()) : 2 + spec.spatialRank();
        boolean last = channelsLast && rank > 2;
        if (input.rank() != rank || input.size(last ? rank - 1 : 1) != spec.inChannels()) {
            String dims = anyRank ? ", ..." : SPATIAL[spec.spatialRank()];
            throw new DL4JInvalidInputException(
                    String.format(
                            "%s: input has rank %s, shape %s; expected %s%s",
                            layer,
                            input.rank(),
                            Arrays.toString(input.shape()),
                            anyRank ? "" : "rank " + rank + ", ",
                            last
                                    ? "[minibatch" + dims + ", " + spec.inChannels() + "]"
                                    : "[minibatch, " + spec.inChannels() + dims + "]"));
        }
        int first = last ? 1 : 2;
        long[] size = Arrays.copyOfRange(input.shape(), first, first + rank - 2);
        try {
            spec.outputSize(size);
            if (training) {
                spec.checkTraining(input.size(0), size);
            }
        } catch (IllegalArgumentException e) {
            throw new DL4JInvalidInputException(
                    String.format(
                            "%s: input of shape %s: %s",
                            layer, Arrays.toString(input.shape()), e.getMessage()));
        }
    }

    /**
     * Assigns a parameter.
     *
     * @param params the layer's parameters by name
     * @throws IllegalArgumentException if there is no such parameter or its shape differs
     */
    public static void setParam(
            Map<String, INDArray> params, String name, INDArray value, String layer) {
        INDArray param = params.get(name);
        if (param == null) {
            throw new IllegalArgumentException(
                    layer + ": no parameter '" + name + "'; there are " + params.keySet());
        }
        if (!Arrays.equals(param.shape(), value.shape())) {
            throw new IllegalArgumentException(
                    String.format(
                            "%s: parameter '%s' has shape %s, got %s",
                            layer,
                            name,
                            Arrays.toString(param.shape()),
                            Arrays.toString(value.shape())));
        }
        param.assign(value);
    }
}
