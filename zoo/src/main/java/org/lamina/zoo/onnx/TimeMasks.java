package org.lamina.zoo.onnx;

import static org.lamina.zoo.onnx.OnnxGraph.attribute;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.lamina.arrays.Masks;
import org.lamina.spec.ConvGeometry;
import org.lamina.spec.ConvTransposeGeometry;
import org.lamina.spec.PaddingMode;
import org.lamina.zoo.weights.WeightsException;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Nodes for the mask of padded time series, {@code [N, 1, T]} of ones and zeros: what {@link Masks}
 * does, for windows whose anchors do not depend on an example's own length.
 */
final class TimeMasks {

    private final OnnxGraph graph;

    /** Values that are 0 where their mask is. */
    private final Set<String> zeroed = new HashSet<>();

    /** Masks by what they are made of: equal ones are one tensor. */
    private final Map<String, String> known = new HashMap<>();

    TimeMasks(OnnxGraph graph) {
        this.graph = graph;
    }

    /** The value with zeros where its mask is 0, whatever it has there; itself without a mask. */
    Value zeroed(String name, Value x) {
        if (x.mask() == null || zeroed.contains(x.tensor())) {
            return x;
        }
        String zero = graph.scalar(name + ".zero", 0);
        String output = graph.node("Where", name + ".masked", List.of(counts(x), x.tensor(), zero));
        zeroed.add(output);
        return x.like(output).times(x.factor());
    }

    /** The mask as truth values. */
    String counts(Value x) {
        return known.computeIfAbsent(
                "truth of " + x.mask(),
                key ->
                        graph.node(
                                "Cast",
                                x.mask() + ".counts",
                                List.of(x.mask()),
                                attribute("to", 9L)));
    }

    /** Number of positions that count, at least 1: {@code [N, 1]}. */
    String count(Value x) {
        return known.computeIfAbsent(
                "count " + x.mask(),
                key -> {
                    String axis = graph.integers(x.mask() + ".axis", 2);
                    String sum =
                            graph.node(
                                    "ReduceSum",
                                    x.mask() + ".sum",
                                    List.of(x.mask(), axis),
                                    attribute("keepdims", 0L));
                    String one = graph.scalar(x.mask() + ".one", 1);
                    return graph.node("Max", x.mask() + ".count", List.of(sum, one));
                });
    }

    /** An output of a convolution counts where the kernel's last tap less the padding does. */
    String after(String name, ConvGeometry geometry, Value x) {
        if (x.mask() == null) {
            return null;
        }
        if (geometry.paddingMode() != PaddingMode.ZEROS) {
            throw refused(name, "padding mode " + geometry.paddingMode());
        }
        int reach = geometry.dilation()[0] * (geometry.kernelSize()[0] - 1);
        int first = reach - geometry.padBefore()[0] - geometry.padAfter()[0];
        int stride = geometry.stride()[0];
        if (first == 0 && stride == 1) {
            return x.mask();
        }
        return known.computeIfAbsent(
                "every " + stride + " from " + first + " of " + x.mask(),
                key -> {
                    String from = shifted(name, x.mask(), Math.max(0, -first));
                    long start = Math.max(0, first);
                    return sliced(name + ".mask", from, start, Long.MAX_VALUE, stride);
                });
    }

    /** An output of a transposed convolution counts where the last input that it needs does. */
    String after(String name, ConvTransposeGeometry geometry, int outputPadding, Value x) {
        if (x.mask() == null) {
            return null;
        }
        ConvGeometry conv = geometry.convolution();
        int stride = conv.stride()[0];
        int ofOne =
                conv.dilation()[0] * (conv.kernelSize()[0] - 1)
                        + 1
                        - conv.padBefore()[0]
                        - conv.padAfter()[0]
                        + outputPadding;
        return known.computeIfAbsent(
                "each " + stride + " times, " + ofOne + " of the first of " + x.mask(),
                key -> {
                    String wide = stride == 1 ? x.mask() : repeated(name, x.mask(), stride);
                    wide = shifted(name, wide, Math.max(0, ofOne - stride));
                    int cut = Math.max(0, stride - ofOne);
                    return cut == 0 ? wide : sliced(name + ".mask", wide, cut, Long.MAX_VALUE, 1);
                });
    }

    private String repeated(String name, String mask, int times) {
        String scales =
                graph.constant(
                        name + ".mask-scales", Nd4j.createFromArray(new float[] {1, 1, times}));
        return graph.node(
                "Resize",
                name + ".mask-wide",
                List.of(mask, "", scales),
                attribute("mode", "nearest"),
                attribute("coordinate_transformation_mode", "asymmetric"),
                attribute("nearest_mode", "floor"));
    }

    /** The first position several times more. */
    private String shifted(String name, String mask, int times) {
        if (times == 0) {
            return mask;
        }
        String pads = graph.integers(name + ".mask-pads", 0, 0, times, 0, 0, 0);
        return graph.node(
                "Pad", name + ".mask-padded", List.of(mask, pads), attribute("mode", "edge"));
    }

    private String sliced(String name, String mask, long start, long end, long step) {
        return graph.node(
                "Slice",
                name,
                List.of(
                        mask,
                        graph.integers(name + ".from", start),
                        graph.integers(name + ".to", end),
                        graph.integers(name + ".along", 2),
                        graph.integers(name + ".step", step)));
    }

    static WeightsException refused(String name, String what) {
        return new WeightsException(
                "layer \"" + name + "\": " + what + " cannot be written with a mask");
    }
}
