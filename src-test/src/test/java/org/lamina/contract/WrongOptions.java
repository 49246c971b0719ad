package org.lamina.contract;

import static org.lamina.contract.LayerFamily.ints;

import java.util.List;
import org.lamina.contract.LayerFamily.Invalid;
import org.lamina.spec.ConvGeometry;
import org.lamina.spec.NormAxes;

/**
 * Wrong values of options that several layers share, each with what its error says.
 *
 * @param message part of the error's message: field, value and what is allowed
 * @param options names and values
 */
record WrongOptions(String message, Object... options) {

    /** Stride, dilation and padding of a layer with a kernel of two dimensions. */
    static final List<WrongOptions> GEOMETRY_2D =
            List.of(
                    wrong("stride = [0]; each must be 1 or greater", "stride", ints(0)),
                    wrong("stride = [1, -2]; each must be 1 or", "stride", ints(1, -2)),
                    wrong("stride = null; give one number or 2", "stride", null),
                    wrong("stride = []; give one number or 2", "stride", ints()),
                    wrong("stride = [1, 1, 1]; give one number or 2", "stride", ints(1, 1, 1)),
                    wrong("dilation = [0, 1]; each must be 1 or", "dilation", ints(0, 1)),
                    wrong("dilation = null; give one number or 2", "dilation", null),
                    wrong("dilation = [2, 2, 2]; give one", "dilation", ints(2, 2, 2)),
                    wrong(
                            "dilation * (kernel - 1) + 1 must be at most",
                            "dilation",
                            ints(Integer.MAX_VALUE, 1)),
                    wrong("each must be 0 or greater", "padding", ints(-1)),
                    wrong("give one number or 2, one per", "padding", ints(1, 1, 1)),
                    wrong("at least one", "padding", ints()),
                    wrong("padding = null; allowed are 'same', 'valid'", "padding", null),
                    wrong("padding = 'full'; allowed are 'same', 'valid'", "padding", "full"),
                    wrong("padding = 'causal' with 2 spatial", "padding", "causal"),
                    wrong("'same' needs stride 1", "padding", "same", "stride", ints(1, 2)),
                    wrong("paddingMode = null; allowed are [ZEROS, ", "paddingMode", null),
                    wrong(
                            "kernel = [3, 3, 3]; give one number or 2",
                            "geometry",
                            ConvGeometry.ofKernel(3, 3, 3)));

    /** The norm constraint of a layer with one weight. */
    static final List<WrongOptions> NORM =
            List.of(
                    wrong("max = 0.0, must be greater than 0", "maxNorm", 0.0),
                    wrong("max = -1.0, must be greater than 0", "maxNorm", -1.0),
                    wrong("max = NaN, must be greater than 0", "maxNorm", Double.NaN),
                    wrong("min = 0.0, must be greater than 0", "minNorm", 0.0),
                    wrong("min = -0.5, must be greater than 0", "minNorm", -0.5),
                    wrong("min = NaN, must be greater than 0", "minNorm", Double.NaN),
                    wrong("min = 1.0 without a max", "minNorm", 1.0, "maxNorm", null),
                    wrong("min = 2.0 is greater than max = 1.0", "minNorm", 2.0, "maxNorm", 1.0),
                    wrong("rate = 0.0, must be in (0, 1]", "minMaxRate", 0.0),
                    wrong("rate = 1.5, must be in (0, 1]", "minMaxRate", 1.5),
                    wrong("rate = NaN, must be in (0, 1]", "minMaxRate", Double.NaN),
                    wrong("eps = -1.0E-9, must be 0 or greater", "normEps", -1e-9),
                    wrong("eps = NaN, must be 0 or greater", "normEps", Double.NaN),
                    wrong("axes = null; give NormAxes", "normAxes", null),
                    wrong("norm axes = [0, 9]; the weight has", "normAxes", NormAxes.of(9, 0)));

    static WrongOptions wrong(String message, Object... options) {
        return new WrongOptions(message, options);
    }

    /** A working configuration made wrong. */
    Invalid in(Row row) {
        return new Invalid(row.with(options), message);
    }
}
