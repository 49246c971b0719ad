package org.lamina.samediff.execution;

import java.util.List;
import org.lamina.arrays.LayerArrays;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.api.ops.OpContext;
import org.nd4j.linalg.api.ops.impl.transforms.same.Identity;
import org.nd4j.linalg.factory.Nd4j;

/** An op that changes only the shape: a view of its input. */
final class ViewStep extends Step {

    private final DynamicCustomOp op;
    private long[] shape;

    ViewStep(DynamicCustomOp op, List<String> inputs, List<String> outputs) {
        super(inputs, outputs);
        this.op = op;
    }

    @Override
    boolean givesView() {
        return true;
    }

    @Override
    void run(CompiledGraph graph) {
        INDArray array = graph.value(in[0]);
        if (op instanceof Identity) {
            graph.set(out[0], array);
            return;
        }
        if (graph.shapesChanged() || shape == null) {
            shape = shape(inputs(graph));
        }
        graph.set(out[0], LayerArrays.contiguous(array).reshape('c', shape));
    }

    private long[] shape(INDArray[] arguments) {
        try (OpContext context = Nd4j.getExecutioner().buildContext()) {
            context.setArgs(arguments, op.iArgs(), op.dArgs(), op.tArgs(), op.bArgs());
            return op.calculateOutputShape(context).get(0).getShape();
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
