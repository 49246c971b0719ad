package org.lamina.kernels;

import java.io.Serializable;
import java.util.function.Function;
import org.lamina.arrays.ExampleSizes;
import org.lamina.spec.ConvGeometry;
import org.lamina.spec.Padding;
import org.lamina.spec.PaddingMode;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A convolution with reflect, replicate or circular padding of a padded minibatch: each example is
 * padded where it ends, then convolved without padding.
 */
final class ExamplePadding implements Serializable {

    private static final long serialVersionUID = 1L;

    /** A convolution with filters of some kind. */
    interface Convolution extends Serializable {

        void forward(INDArray x, INDArray w, INDArray b, INDArray y);

        void backward(INDArray x, INDArray w, INDArray dy, INDArray dx, INDArray dw, INDArray db);
    }

    private final ConvGeometry geometry;

    /** Null for zero padding, which needs no special handling: masked positions are zeros. */
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

    /** Returns false, having done nothing, if the examples' actual sizes make no difference. */
    boolean forward(INDArray x, INDArray mask, INDArray w, INDArray b, INDArray y) {
        ExampleSizes exampleSizes = sizes(mask);
        if (exampleSizes == null) {
            return false;
        }
        unpadded.forward(padded(x, exampleSizes), w, b, y);
        return true;
    }

    /** Returns false, having done nothing, if the examples' actual sizes make no difference. */
    boolean backward(
            INDArray x,
            INDArray mask,
            INDArray w,
            INDArray dy,
            INDArray dx,
            INDArray dw,
            INDArray db) {
        ExampleSizes exampleSizes = sizes(mask);
        if (exampleSizes == null) {
            return false;
        }
        INDArray padded = padded(x, exampleSizes);
        INDArray dPadded = dx == null ? null : Nd4jOps.scratch(x.dataType(), padded.shape());
        unpadded.backward(padded, w, dy, dPadded, dw, db);
        if (dx != null) {
            PaddingKernel.backward(
                    dPadded,
                    exampleSizes,
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

    private INDArray padded(INDArray x, ExampleSizes exampleSizes) {
        return PaddingKernel.forward(
                x, exampleSizes, geometry.padBefore(), geometry.padAfter(), geometry.paddingMode());
    }
}
