package org.lamina.arrays;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.exception.DL4JInvalidInputException;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.lamina.spec.Window;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.BooleanIndexing;
import org.nd4j.linalg.indexing.conditions.Conditions;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * DL4J's mask of a layer's input, and how it changes from window to window within the layer. With a
 * mask, each example of a padded minibatch gives the same result as it does alone, without padding.
 *
 * <ul>
 *   <li>Masked positions of the input count as zero padding, whatever their value, NaN included;
 *       statistics and means exclude them; their gradient is 0.
 *   <li>After a mask of L ones and then zeros, the outputs that an input of length L has count;
 *       none if it is shorter than an unpadded kernel. In general, gaps included, an output counts
 *       where its {@linkplain Window#anchors anchor} does: the centre of a 'same' kernel, the last
 *       tap of a 'causal' or unpadded one, the last tap minus the padding after the input with
 *       explicit padding. Outputs that do not count are 0.
 *   <li>Padding that continues the input (reflect, replicate, circular) and upsampling use the
 *       example's {@linkplain ExampleSizes actual size}, up to the last unmasked position.
 * </ul>
 *
 * <p>Shapes: {@code [N, T]} for a time series, {@code [N, 1]} for vectors, {@code [N, 1,
 * spatial...]} for images and volumes, in any data format; there a dimension of size 1 applies to
 * all positions and is kept. DL4J's masked mean over an image divides by the number of ones in the
 * mask, so that a mask in front of it needs the sizes of all dimensions that are larger than 1.
 */
public final class Masks {

    /** All positions of all examples count. */
    public static final Masks NONE = new Masks(List.of(), List.of(), "");

    /** The masks in DL4J's shape: of the layer's input, then after each window. */
    private final List<INDArray> masks;

    private final List<Window> windows;
    private final String layer;

    /** The masks as factors of activations, by window; created when the input size is known. */
    private final List<INDArray> factors = new ArrayList<>();

    private Masks(List<INDArray> masks, List<Window> windows, String layer) {
        this.masks = masks;
        this.windows = windows;
        this.layer = layer;
    }

    /**
     * The masks within a layer.
     *
     * @param mask of its input, or null
     * @param windows of the layer's parts, in order
     * @param layer name of the layer for error messages
     * @throws DL4JInvalidInputException if the rank of the mask does not fit such an input, or an
     *     example is too small for the layer's padding mode
     */
    public static Masks of(INDArray mask, List<Window> windows, String layer) {
        if (mask == null) {
            return NONE;
        }
        List<INDArray> masks = new ArrayList<>(List.of(mask));
        try (MemoryWorkspace none = Nd4j.getWorkspaceManager().scopeOutOfWorkspaces()) {
            for (Window window : windows) {
                masks.add(after(window, masks.get(masks.size() - 1), layer));
            }
        }
        return new Masks(masks, windows, layer);
    }

    /** These masks if they belong to the given mask, otherwise new ones. */
    public Masks forMask(INDArray mask, List<Window> through, String layerName) {
        boolean same = masks.isEmpty() ? mask == null : masks.get(0) == mask;
        return same ? this : of(mask, through, layerName);
    }

    /** Whether all positions count. */
    public boolean isNone() {
        return masks.isEmpty();
    }

    /** The mask of the layer's output, in DL4J's shape; null for none. */
    public INDArray output() {
        return isNone() ? null : masks.get(windows.size());
    }

    // ---- from window to window ------------------------------------------------------------------

    private static INDArray after(Window window, INDArray mask, String layer) {
        boolean sequence = window.rank() == 1;
        int rank = sequence ? 2 : 2 + window.rank();
        if (mask.rank() != rank || !sequence && mask.size(1) != 1) {
            throw new DL4JInvalidInputException(
                    String.format(
                            "%s: mask has shape %s; expected %s",
                            layer,
                            Arrays.toString(mask.shape()),
                            sequence ? "[minibatch, time]" : "[minibatch, 1, spatial...]"));
        }
        int first = rank - window.rank();
        long[] shape = mask.shape().clone();
        long[] size = Arrays.copyOfRange(shape, first, rank);
        float[] values = mask.castTo(DataType.FLOAT).dup('c').data().asFloat();
        long[][] own = ExampleSizes.of(values, (int) shape[0], size).sizes();
        boolean changed = false;
        for (int d = 0; d < window.rank(); d++) {
            if (sequence || size[d] > 1) {
                long[][] anchors = anchors(window, d, size[d], own, layer);
                int outputs = (int) window.outputLength(d, size[d]);
                if (!isIdentity(anchors, own, d, size[d], outputs)) {
                    values = along(values, shape, first + d, anchors, outputs);
                    shape[first + d] = outputs;
                    changed = true;
                }
            }
        }
        return changed ? Nd4j.create(values, shape, 'c').castTo(mask.dataType()) : mask;
    }

    /** The anchors of each example; examples of the same size share an array. */
    private static long[][] anchors(
            Window window, int dimension, long inputSize, long[][] own, String layer) {
        Map<Long, long[]> bySize = new HashMap<>();
        long[][] anchors = new long[own.length][];
        for (int n = 0; n < own.length; n++) {
            long exampleSize = own[n][dimension];
            try {
                anchors[n] = bySize.get(exampleSize);
                if (anchors[n] == null && exampleSize > 0) {
                    window.checkExampleSize(dimension, exampleSize);
                    anchors[n] = window.anchors(dimension, inputSize, exampleSize);
                } else if (anchors[n] == null) {
                    anchors[n] = new long[0];
                }
            } catch (IllegalArgumentException e) {
                throw new DL4JInvalidInputException(
                        String.format(
                                "%s: the mask leaves %s positions of example %s: %s; leave such"
                                        + " examples out",
                                layer, exampleSize, n, e.getMessage()));
            }
            bySize.put(exampleSize, anchors[n]);
        }
        return anchors;
    }

    private static boolean isIdentity(
            long[][] anchors, long[][] own, int dimension, long inputs, int outputs) {
        boolean identity = inputs == outputs;
        for (int n = 0; identity && n < anchors.length; n++) {
            identity = anchors[n].length == own[n][dimension];
            for (int p = 0; identity && p < anchors[n].length; p++) {
                identity = anchors[n][p] == p;
            }
        }
        return identity;
    }

    /** The values at the anchors along one axis; 0 at positions without one. */
    private static float[] along(
            float[] mask, long[] shape, int axis, long[][] anchors, int outputs) {
        int size = (int) shape[axis];
        int inner = (int) Arrays.stream(shape).skip(axis + 1L).reduce(1, (a, b) -> a * b);
        int outer = (int) (mask.length / shape[0] / inner / size);
        float[] result = new float[mask.length / size * outputs];
        for (int n = 0; n < anchors.length; n++) {
            for (int o = n * outer; o < (n + 1) * outer; o++) {
                for (int p = 0; p < Math.min(outputs, anchors[n].length); p++) {
                    System.arraycopy(
                            mask,
                            (o * size + (int) anchors[n][p]) * inner,
                            result,
                            (o * outputs + p) * inner,
                            inner);
                }
            }
        }
        return result;
    }

    // ---- activations ----------------------------------------------------------------------------

    /**
     * The input with masked positions zeroed. A copy if there is a mask.
     *
     * @throws DL4JInvalidInputException if the mask does not fit such an input
     */
    public INDArray applied(INDArray input, boolean channelsLast, LayerWorkspaceMgr workspaceMgr) {
        if (isNone()) {
            return input;
        }
        check(input, channelsLast);
        INDArray copy = workspaceMgr.dup(ArrayType.ACTIVATIONS, input);
        INDArray factor = factor(0, ChannelOrder.shapeFirst(input, channelsLast), input.dataType());
        multiply(copy, factor, channelsLast);
        if (Double.isNaN(copy.sumNumber().doubleValue())) { // 0 times NaN or infinity is NaN
            zeroMasked(copy, factor, channelsLast);
        }
        return copy;
    }

    private static void zeroMasked(INDArray array, INDArray factor, boolean channelsLast) {
        INDArray view = channelsLast ? ChannelOrder.first(array) : array;
        INDArray values = view.dup('c');
        INDArray counts = factor.broadcast(view.shape().clone());
        BooleanIndexing.assignIf(values, counts, Conditions.equals(0));
        view.assign(values);
    }

    /** Zeroes masked positions of the layer's output or its gradient. */
    public void applyToOutput(INDArray output, INDArray input, boolean channelsLast) {
        apply(windows.size(), output, input, channelsLast);
    }

    /** Zeroes masked positions of the gradient of the layer's input. */
    public void applyToInput(INDArray gradient, boolean channelsLast) {
        apply(0, gradient, gradient, channelsLast);
    }

    private void apply(int window, INDArray array, INDArray input, boolean channelsLast) {
        if (!isNone()) {
            long[] shape = ChannelOrder.shapeFirst(input, channelsLast);
            multiply(array, factor(window, shape, array.dataType()), channelsLast);
        }
    }

    private static void multiply(INDArray array, INDArray factor, boolean channelsLast) {
        array.muli(channelsLast ? ChannelOrder.last(factor) : factor);
    }

    /**
     * The masks as factors of activations, of the input and after each window: {@code [N, 1,
     * spatial...]} or, for vectors, {@code [N, 1]}. Empty if there are none.
     *
     * @param input shape of the layer's input, channels first
     */
    public List<INDArray> factors(long[] input, DataType type) {
        List<INDArray> all = new ArrayList<>();
        for (int i = 0; i < masks.size(); i++) {
            all.add(factor(i, input, type));
        }
        return all;
    }

    private INDArray factor(int window, long[] input, DataType type) {
        long[] shape = input.clone();
        shape[1] = 1;
        if (factors.isEmpty() || !Arrays.equals(factors.get(0).shape(), shape)) {
            factors.clear();
            try (MemoryWorkspace none = Nd4j.getWorkspaceManager().scopeOutOfWorkspaces()) {
                for (int i = 0; i < masks.size(); i++) {
                    for (int d = 2; i > 0 && d < shape.length; d++) {
                        shape[d] = windows.get(i - 1).outputLength(d - 2, shape[d]);
                    }
                    // A copy, since ND4J keeps it.
                    factors.add(spread(masks.get(i).castTo(type), shape.clone()));
                }
            }
        }
        return factors.get(window).castTo(type);
    }

    /** Expands dimensions of size 1 to all positions. */
    private static INDArray spread(INDArray mask, long[] shape) {
        long[] own = mask.shape();
        if (mask.rank() != shape.length || shape.length == 2) {
            own = shape;
        }
        INDArray reshaped = mask.dup('c').reshape('c', own);
        return Arrays.equals(own, shape) ? reshaped : reshaped.broadcast(shape);
    }

    private void check(INDArray input, boolean channelsLast) {
        long[] expected = ChannelOrder.shapeFirst(input, channelsLast);
        expected[1] = 1;
        INDArray mask = masks.get(0);
        boolean fits;
        if (expected.length == 3) {
            expected = new long[] {expected[0], expected[2]};
            fits = Arrays.equals(mask.shape(), expected);
        } else if (expected.length == 2) {
            fits = mask.length() == expected[0];
        } else {
            fits = mask.rank() == expected.length;
            for (int d = 0; fits && d < expected.length; d++) {
                fits = mask.size(d) == expected[d] || d > 1 && mask.size(d) == 1;
            }
        }
        if (!fits) {
            throw new DL4JInvalidInputException(
                    String.format(
                            "%s: mask has shape %s; expected %s%s%s for input of shape %s",
                            layer,
                            Arrays.toString(mask.shape()),
                            input.rank() == 3
                                    ? "[minibatch, time] = "
                                    : input.rank() == 2
                                            ? "[minibatch, 1] = "
                                            : "[minibatch, 1, spatial...] = ",
                            Arrays.toString(expected),
                            input.rank() > 3 ? ", or 1 for all positions," : "",
                            Arrays.toString(input.shape())));
        }
    }

    /**
     * Number of positions of each example that count, {@code [N, 1]}, at least 1; null without a
     * mask.
     *
     * @param factor one of the {@link #factors}, or null
     */
    public static INDArray count(INDArray factor) {
        if (factor == null) {
            return null;
        }
        INDArray perExample = factor.reshape(factor.size(0), factor.length() / factor.size(0));
        return Transforms.max(perExample.sum(true, 1), 1.0, false);
    }
}
