package org.lamina.layers;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A sequence of one or more {@link LayerOperation}s.
 *
 * <p>In training, intermediate results are kept for the backward pass, in DL4J's memory for
 * activations. After a forward pass in evaluation the backward pass recomputes them, because DL4J
 * then frees activations early.
 */
class SequentialLayer extends SpecLayerImpl<SpecLayer<?>> {

    private static final long serialVersionUID = 1L;

    private final List<LayerOperation> operations;

    /** Inputs of all operations but the first in the last training pass. */
    private transient List<INDArray> kept = List.of();

    /** Where they are allocated; null if nothing is to be kept. */
    private transient LayerWorkspaceMgr memory;

    /** Creates a layer without parameters. */
    public SequentialLayer(NeuralNetConfiguration conf, DataType dataType) {
        super(conf, dataType);
        this.operations = LayerOperations.of(layerConf().getSpec());
    }

    @Override
    protected long[] outputShape(long[] input) {
        long[] shape = input;
        for (LayerOperation operation : operations) {
            shape = operation.outputShape(shape);
        }
        return shape;
    }

    @Override
    public INDArray activate(boolean training, LayerWorkspaceMgr workspaceMgr) {
        memory = training ? workspaceMgr : null;
        try {
            return super.activate(training, workspaceMgr);
        } finally {
            memory = null;
        }
    }

    @Override
    protected void forward(INDArray x, Params params, boolean training, INDArray z) {
        List<INDArray> between = between(x, this::allocate);
        LayerOperation.Pass pass = pass(params, training);
        INDArray input = x;
        for (int i = 0; i < operations.size(); i++) {
            INDArray output = i < between.size() ? between.get(i) : z;
            operations.get(i).forward(input, pass, output);
            input = output;
        }
        kept = training ? between : List.of();
    }

    private LayerOperation.Pass pass(Params params, boolean training) {
        return new LayerOperation.Pass(params, training, maskFactors(), this::moveStatistic);
    }

    /** Allocates arrays for the intermediate results. */
    private List<INDArray> between(INDArray x, Function<long[], INDArray> allocator) {
        List<INDArray> arrays = new ArrayList<>();
        long[] shape = x.shape();
        for (LayerOperation operation : operations.subList(0, operations.size() - 1)) {
            shape = operation.outputShape(shape);
            arrays.add(allocator.apply(shape));
        }
        return arrays;
    }

    private INDArray allocate(long[] shape) {
        return memory == null
                ? scratch(shape)
                : memory.createUninitialized(ArrayType.ACTIVATIONS, dataType, shape, 'c');
    }

    private INDArray scratch(long[] shape) {
        return Nd4j.createUninitialized(dataType, shape, 'c');
    }

    @Override
    protected void backward(
            INDArray x,
            Params params,
            boolean training,
            INDArray dz,
            INDArray dx,
            Params gradients) {
        LayerOperation.Pass pass = pass(params, training);
        List<INDArray> inputs = new ArrayList<>(List.of(x));
        inputs.addAll(training ? kept : between(x, this::scratch));
        for (int i = 1; i < inputs.size() && !training; i++) {
            operations.get(i - 1).forward(inputs.get(i - 1), pass, inputs.get(i));
        }
        INDArray gradient = dz;
        for (int i = operations.size() - 1; i >= 0; i--) {
            INDArray input = inputs.get(i);
            INDArray inputGradient = i == 0 ? dx : scratch(input.shape());
            operations.get(i).backward(input, pass, gradient, inputGradient, gradients);
            gradient = inputGradient;
        }
    }

    @Override
    public void clear() {
        super.clear();
        kept = List.of();
    }
}
