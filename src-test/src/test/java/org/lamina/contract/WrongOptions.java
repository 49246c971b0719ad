package org.lamina.contract;

import static org.lamina.contract.LayerFamily.ints;
import static org.lamina.harness.Option.DILATION;
import static org.lamina.harness.Option.GEOMETRY;
import static org.lamina.harness.Option.MAX_NORM;
import static org.lamina.harness.Option.MIN_MAX_RATE;
import static org.lamina.harness.Option.MIN_NORM;
import static org.lamina.harness.Option.NORM_AXES;
import static org.lamina.harness.Option.NORM_EPS;
import static org.lamina.harness.Option.PADDING;
import static org.lamina.harness.Option.PADDING_MODE;
import static org.lamina.harness.Option.STRIDE;

import java.util.List;
import org.lamina.contract.LayerFamily.Invalid;
import org.lamina.spec.ConvGeometry;
import org.lamina.spec.NormAxes;

/**
 * Wrong values of options that several layers share, each with what its error says.
 *
 * @param message part of the error's message: field, value and what is allowed
 * @param options options and values
 */
record WrongOptions(String message, Object... options) {

    /** Stride, dilation and padding of a layer with a kernel of two dimensions. */
    static final List<WrongOptions> GEOMETRY_2D =
            List.of(
                    wrong("stride = [0]; each must be 1 or greater", STRIDE, ints(0)),
                    wrong("stride = [1, -2]; each must be 1 or", STRIDE, ints(1, -2)),
                    wrong("stride = null; give one number or 2", STRIDE, null),
                    wrong("stride = []; give one number or 2", STRIDE, ints()),
                    wrong("stride = [1, 1, 1]; give one number or 2", STRIDE, ints(1, 1, 1)),
                    wrong("dilation = [0, 1]; each must be 1 or", DILATION, ints(0, 1)),
                    wrong("dilation = null; give one number or 2", DILATION, null),
                    wrong("dilation = [2, 2, 2]; give one", DILATION, ints(2, 2, 2)),
                    wrong(
                            "dilation * (kernel - 1) + 1 must be at most",
                            DILATION,
                            ints(Integer.MAX_VALUE, 1)),
                    wrong("each must be 0 or greater", PADDING, ints(-1)),
                    wrong("give one number or 2, one per", PADDING, ints(1, 1, 1)),
                    wrong("at least one", PADDING, ints()),
                    wrong("padding = null; allowed are 'same', 'valid'", PADDING, null),
                    wrong("padding = 'full'; allowed are 'same', 'valid'", PADDING, "full"),
                    wrong("padding = 'causal' with 2 spatial", PADDING, "causal"),
                    wrong("'same' needs stride 1", PADDING, "same", STRIDE, ints(1, 2)),
                    wrong("paddingMode = null; allowed are [ZEROS, ", PADDING_MODE, null),
                    wrong(
                            "kernel = [3, 3, 3]; give one number or 2",
                            GEOMETRY,
                            ConvGeometry.ofKernel(3, 3, 3)));

    /** The norm constraint of a layer with one weight. */
    static final List<WrongOptions> NORM =
            List.of(
                    wrong("max = 0.0, must be greater than 0", MAX_NORM, 0.0),
                    wrong("max = -1.0, must be greater than 0", MAX_NORM, -1.0),
                    wrong("max = NaN, must be greater than 0", MAX_NORM, Double.NaN),
                    wrong("min = 0.0, must be greater than 0", MIN_NORM, 0.0),
                    wrong("min = -0.5, must be greater than 0", MIN_NORM, -0.5),
                    wrong("min = NaN, must be greater than 0", MIN_NORM, Double.NaN),
                    wrong("min = 1.0 without a max", MIN_NORM, 1.0, MAX_NORM, null),
                    wrong("min = 2.0 is greater than max = 1.0", MIN_NORM, 2.0, MAX_NORM, 1.0),
                    wrong("rate = 0.0, must be in (0, 1]", MIN_MAX_RATE, 0.0),
                    wrong("rate = 1.5, must be in (0, 1]", MIN_MAX_RATE, 1.5),
                    wrong("rate = NaN, must be in (0, 1]", MIN_MAX_RATE, Double.NaN),
                    wrong("eps = -1.0E-9, must be 0 or greater", NORM_EPS, -1e-9),
                    wrong("eps = NaN, must be 0 or greater", NORM_EPS, Double.NaN),
                    wrong("axes = null; give NormAxes", NORM_AXES, null),
                    wrong("norm axes = [0, 9]; the weight has", NORM_AXES, NormAxes.of(9, 0)));

    static WrongOptions wrong(String message, Object... options) {
        return new WrongOptions(message, options);
    }

    /** A working configuration made wrong. */
    Invalid in(Row row) {
        return new Invalid(row.with(options), message);
    }
}
