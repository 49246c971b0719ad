package org.lamina.samediff.execution;

import java.util.List;
import org.nd4j.autodiff.functions.DifferentialFunction;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.BaseOp;
import org.nd4j.linalg.api.ops.CustomOp;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.api.ops.Op;
import org.nd4j.linalg.api.ops.OpContext;
import org.nd4j.linalg.api.ops.ReduceOp;
import org.nd4j.linalg.api.ops.ScalarOp;
import org.nd4j.linalg.api.ops.impl.shape.OnesAs;
import org.nd4j.linalg.api.ops.impl.shape.OnesLike;
import org.nd4j.linalg.api.ops.impl.shape.Rank;
import org.nd4j.linalg.api.ops.impl.shape.Shape;
import org.nd4j.linalg.api.ops.impl.shape.ShapeN;
import org.nd4j.linalg.api.ops.impl.shape.Size;
import org.nd4j.linalg.api.ops.impl.shape.SizeAt;
import org.nd4j.linalg.api.ops.impl.shape.ZerosLike;
import org.nd4j.linalg.api.shape.LongShapeDescriptor;
import org.nd4j.linalg.factory.Nd4j;

/** One of SameDiff's ops. Its context and output shapes are kept between runs. */
final class OpStep extends Step {

    private static final List<Class<?>> OF_SHAPES =
            List.of(
                    Shape.class,
                    ShapeN.class,
                    Size.class,
                    SizeAt.class,
                    Rank.class,
                    OnesLike.class,
                    OnesAs.class,
                    ZerosLike.class);

    private final DifferentialFunction op;
    private final DataType[] types;
    private OpContext context;
    private long[][] shapes;

    /**
     * A step.
     *
     * @param types types of the outputs
     */
    OpStep(DifferentialFunction op, List<String> inputs, List<String> outputs, DataType... types) {
        super(inputs, outputs);
        this.op = op;
        this.types = types;
    }

    @Override
    boolean dependsOnShapesOnly() {
        return OF_SHAPES.contains(op.getClass());
    }

    @Override
    void run(CompiledGraph graph) {
        INDArray[] arguments = inputs(graph);
        boolean first = context == null;
        if (first) {
            context = Nd4j.getExecutioner().buildContext();
        }
        boolean custom = op instanceof CustomOp;
        int operands = custom ? arguments.length : configure(arguments);
        for (int i = 0; i < operands; i++) {
            context.setInputArray(i, arguments[i]);
        }
        if (graph.shapesChanged() || first) {
            if (custom) {
                DynamicCustomOp dynamic = (DynamicCustomOp) op;
                context.setArgs(
                        arguments,
                        dynamic.iArgs(),
                        dynamic.dArgs(),
                        dynamic.tArgs(),
                        dynamic.bArgs());
            }
            shapes = shapes();
        }
        for (int i = 0; i < shapes.length; i++) {
            context.setOutputArray(i, graph.allocate(out[i], types[i], shapes[i]));
        }
        if (custom) {
            Nd4j.exec((CustomOp) op, context);
        } else {
            Op legacy = (Op) op;
            // A reduction of a single row reads them here, not from the context.
            legacy.setX(arguments[0]);
            legacy.setZ(context.getOutputArray(0));
            Nd4j.exec(legacy, context);
            op.clearArrays();
        }
        context.purge(); // only the arrays, which would otherwise accumulate
    }

    /**
     * Takes the second operand of a reduction (its dimensions) or of an op with a number (that
     * number), as SameDiff's session does.
     *
     * @return number of arrays that remain operands
     */
    private int configure(INDArray[] arguments) {
        if (arguments.length == 2 && op instanceof ScalarOp) {
            ((ScalarOp) op).setScalar(arguments[1]);
        } else if (arguments.length == 2
                && op instanceof ReduceOp
                && ((ReduceOp) op).getOpType() != Op.Type.REDUCE3) {
            op.setDimensions(
                    org.nd4j.linalg.api.shape.Shape.normalizeAxis(
                            arguments[0].rank(), arguments[1].toIntVector()));
            return 1;
        }
        return arguments.length;
    }

    private long[][] shapes() {
        List<LongShapeDescriptor> descriptors =
                op instanceof CustomOp
                        ? ((DynamicCustomOp) op).calculateOutputShape(context)
                        : ((BaseOp) op).calculateOutputShape(context);
        if (descriptors == null || descriptors.size() != out.length) {
            throw new IllegalStateException(
                    String.format(
                            "op %s gives no shapes for its %s outputs",
                            op.getOwnName(), out.length));
        }
        return descriptors.stream().map(LongShapeDescriptor::getShape).toArray(long[][]::new);
    }
}
