package org.lamina.kernels;

import java.io.Serializable;
import java.util.function.Function;
import org.lamina.arrays.ExampleSizes;
import org.lamina.spec.ConvGeometry;
import org.lamina.spec.Padding;
import org.lamina.spec.PaddingMode;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A convolution of a padded minibatch whose own padding continues the input (reflect, replicate,
 * circular): each example is continued where it ends, then convolved without padding.
 */
final class ExamplePadding implements Serializable {

    private static final long serialVersionUID = 1L;

    /** A convolution with filters of some kind. */
    interface Convolution extends Serializable {

        void forward(INDArray x, INDArray w, INDArray b, INDArray y);

        void backward(INDArray x, INDArray w, INDArray dy, INDArray dx, INDArray dw, INDArray db);
    }

    private final ConvGeometry geometry;

    /** Null where padding is zeros, as masked positions are. */
    private final Convolution unpadded;

    ExamplePadding(ConvGeometry geometry, Function<ConvGeometry, Convolution> kernel) {
        this.geometry = geometry;
        this.unpadded =
                geometry.paddingMode() == PaddingMode.ZEROS
                        ? null
                        : kernel.apply(
                                geometry.withPadding(Padding.valid())
                                        .withPaddingMode(PaddingMode.ZEROS));
    }

    /** False, and nothing is done, if the examples' own sizes make no difference. */
    boolean forward(INDArray x, INDArray mask, INDArray w, INDArray b, INDArray y) {
        ExampleSizes own = sizes(mask);
        if (own == null) {
            return false;
        }
        unpadded.forward(padded(x, own), w, b, y);
        return true;
    }

    /** False, and nothing is done, if the examples' own sizes make no difference. */
    boolean backward(
            INDArray x,
            INDArray mask,
            INDArray w,
            INDArray dy,
            INDArray dx,
            INDArray dw,
            INDArray db) {
        ExampleSizes own = sizes(mask);
        if (own == null) {
            return false;
        }
        INDArray padded = padded(x, own);
        INDArray dPadded = dx == null ? null : Nd4jOps.scratch(x.dataType(), padded.shape());
        unpadded.backward(padded, w, dy, dPadded, dw, db);
        if (dx != null) {
            PaddingKernel.backward(
                    dPadded,
                    own,
                    geometry.padBefore(),
                    geometry.padAfter(),
                    geometry.paddingMode(),
                    dx);
        }
        return true;
    }

    private ExampleSizes sizes(INDArray mask) {
        return unpadded == null ? null : ExampleSizes.of(mask);
    }

    private INDArray padded(INDArray x, ExampleSizes own) {
        return PaddingKernel.forward(
                x, own, geometry.padBefore(), geometry.padAfter(), geometry.paddingMode());
    }
}
