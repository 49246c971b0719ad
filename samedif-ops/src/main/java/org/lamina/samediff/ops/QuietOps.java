package org.lamina.samediff.ops;

import java.util.Map;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.ops.impl.shape.OnesLike;
import org.nd4j.linalg.api.ops.impl.transforms.Pad;
import org.nd4j.linalg.api.ops.impl.transforms.custom.Reverse;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Ops for which ND4J 1.0.0-M2.1 logs "No fields found for property name" each time it creates a
 * graph's gradients or loads a graph: it copies an op by its properties, and these ops have one
 * without a field. The op's arguments, which are copied too, hold the same value, so the properties
 * are omitted here.
 */
final class QuietOps {

    private QuietOps() {}

    /**
     * Zeros around an array.
     *
     * @param sizes for each dimension the number of zeros before and after
     */
    static SDVariable zeroPadded(SDVariable x, int[][] sizes) {
        SDVariable constant = x.getSameDiff().constant(Nd4j.createFromArray(sizes));
        return new ZeroPad(x, constant).outputVariable();
    }

    /** Ones of an array's shape and type. */
    static SDVariable ones(SDVariable like) {
        return new Ones(like).outputVariable();
    }

    /** The array reversed along one dimension. */
    static SDVariable reversed(SDVariable x, int axis) {
        return new Reversed(x, axis).outputVariable();
    }

    private static final class ZeroPad extends Pad {
        ZeroPad(SDVariable x, SDVariable sizes) {
            super(x.getSameDiff(), x, sizes, Mode.CONSTANT, 0);
        }

        @Override
        public Map<String, Object> propertiesForFunction() {
            return Map.of();
        }
    }

    private static final class Ones extends OnesLike {
        Ones(SDVariable like) {
            super(like.getSameDiff(), like);
        }

        @Override
        public Map<String, Object> propertiesForFunction() {
            return Map.of();
        }
    }

    private static final class Reversed extends Reverse {
        Reversed(SDVariable x, int axis) {
            super(x.getSameDiff(), x, axis);
        }

        @Override
        public Map<String, Object> propertiesForFunction() {
            return Map.of();
        }
    }
}
