package org.lamina.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.lamina.harness.Option.INPUT_SIZE;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.MaskState;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.function.Executable;
import org.lamina.harness.Close;
import org.lamina.harness.Form;
import org.lamina.harness.Nets;
import org.lamina.harness.Option;
import org.lamina.spec.LocalConvSpec;
import org.lamina.spec.ParamSpec;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.INDArrayIndex;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.config.Sgd;

/** Padded and masked, examples of different sizes give what each gives alone. */
final class Padded implements Contract {

    private static final DataType TYPE = DataType.DOUBLE;
    private static final Close CLOSE = Close.of(TYPE);
    private static final double RATE = 0.1;

    @Override
    public Map<String, Executable> checks(Row row, Form form) {
        Map<String, Executable> checks = new LinkedHashMap<>();
        for (boolean[] axes : maskedAxes(row)) {
            long[] half = smaller(row, axes, 2);
            if (half != null) {
                String name = "padded and masked along " + Arrays.toString(axes);
                checks.put(
                        name + ", as each alone",
                        () ->
                                different(
                                        row,
                                        form,
                                        axes,
                                        List.of(full(row), half, near(row, axes))));
                checks.put(name + ", as all unpadded", () -> equal(row, form, axes, half));
            }
        }
        if (row.spatialRank() == 0) {
            checks.put("a masked example, as if left out", () -> leftOut(row, form));
        }
        return checks;
    }

    private static void leftOut(Row row, Form form) {
        MultiLayerNetwork all = Nets.trainable(row.build(form), row.input(), TYPE, new Sgd(RATE));
        MultiLayerNetwork some = Nets.trainable(row.build(form), row.input(), TYPE, new Sgd(RATE));
        row.randomize(all, 67);
        some.setParams(all.params());
        INDArray x = row.batch(TYPE, 68);
        INDArray labels = Row.random(TYPE, 69, all.output(x).shape());
        labels.getRow(2).assign(0);
        all.fit(x, labels, Nd4j.createFromArray(new double[][] {{1}, {1}, {0}}), null);
        some.fit(head(x), head(labels));
        CLOSE.check("loss", Nd4j.scalar(3 * all.score()), Nd4j.scalar(2 * some.score()));
        if (all.numParams() > 0) {
            CLOSE.check("parameters", all.params(), some.params());
        }
    }

    private static INDArray head(INDArray array) {
        return array.get(NDArrayIndex.interval(0, 2)).dup('c');
    }

    /** Each dimension of an image masked by itself, and all of them. */
    private static List<boolean[]> maskedAxes(Row row) {
        int rank = row.spatialRank();
        List<boolean[]> all = new ArrayList<>();
        for (int d = 0; d < rank && rank == 2; d++) {
            boolean[] one = new boolean[rank];
            one[d] = true;
            all.add(one);
        }
        boolean[] every = new boolean[rank];
        Arrays.fill(every, true);
        if (rank > 0) {
            all.add(every);
        }
        return all;
    }

    private static long[] full(Row row) {
        return Arrays.copyOfRange(row.size(), 1, row.size().length);
    }

    private static long[] near(Row row, boolean[] axes) {
        long[] size = smaller(row, axes, 1);
        return size == null ? full(row) : size;
    }

    /** A size that is smaller by a part along these axes, which the layer can take; or null. */
    private static long[] smaller(Row row, boolean[] axes, int divisor) {
        long[] size = full(row);
        for (int d = 0; d < size.length; d++) {
            long start = divisor == 1 ? size[d] - 1 : (size[d] + 1) / divisor;
            for (long s = start; axes[d] && size[d] == full(row)[d] && s < full(row)[d]; s++) {
                if (s > 0 && isPossible(row, size, d, s)) {
                    size[d] = s;
                }
            }
        }
        return Arrays.equals(size, full(row)) ? null : size;
    }

    private static boolean isPossible(Row row, long[] size, int dimension, long value) {
        long[] changed = size.clone();
        changed[dimension] = value;
        try {
            sized(row, changed).output(Form.NATIVE);
            return true;
        } catch (RuntimeException e) {
            return false;
        }
    }

    /** The layer for input of that size. */
    private static Row sized(Row row, long... spatial) {
        long[] size = row.size().clone();
        System.arraycopy(spatial, 0, size, 1, spatial.length);
        Map<Option, Object> options = new LinkedHashMap<>(row.options());
        options.remove(INPUT_SIZE);
        return new Row(row.layer(), row.kernel(), size, options);
    }

    // ---- examples of different sizes ------------------------------------------------------------

    private static void different(Row row, Form form, boolean[] axes, List<long[]> sizes) {
        MultiLayerNetwork net = Nets.single(row.build(form), row.input(), TYPE);
        row.randomize(net, 61);
        INDArray x = row.batch(TYPE, 62, sizes.size());
        INDArray mask = mask(row, axes, sizes);
        INDArray g = Row.random(TYPE, 63, net.output(x).shape());
        INDArray evaluated = net.output(x, false, mask, null);
        MultiLayerNetwork trained = Nets.single(row.build(form), row.input(), TYPE);
        row.randomize(trained, 61); // a network of its own: a pass moves running statistics
        Nets.Pass pass = Nets.pass(trained, x, mask, g);
        INDArray counted =
                net.getLayer(0).feedForwardMaskArray(mask, MaskState.Active, 3).getFirst();
        net.clearLayerMaskArrays();
        Map<String, INDArray> gradients = new LinkedHashMap<>();
        for (int n = 0; n < sizes.size(); n++) {
            long[] size = sizes.get(n);
            Row own = sized(row, size);
            MultiLayerNetwork alone = Nets.single(own.build(form), own.input(), TYPE);
            copyParams(row, net, own, alone);
            INDArray part = corner(x, n, size);
            INDArray expected = alone.output(part);
            long[] out = spatial(expected);
            checkCorner("output " + n, evaluated.slice(n), expected.slice(0), out);
            checkMask(counted.slice(n), axes, out);
            if (!row.trainsOtherwise()) {
                Nets.Pass single = Nets.pass(alone, part, corner(g, n, out));
                checkCorner("output " + n, pass.output().slice(n), single.output().slice(0), out);
                checkCorner(
                        "input gradient " + n,
                        pass.inputGradient().slice(n),
                        single.inputGradient().slice(0),
                        size);
                single.gradients()
                        .forEach(
                                (key, value) ->
                                        gradients.merge(
                                                key,
                                                ofPositions(
                                                        row, own, value, pass.gradients().get(key)),
                                                INDArray::add));
            }
        }
        gradients.forEach((key, sum) -> CLOSE.check(key, pass.gradients().get(key), sum));
    }

    /** Filters of their own positions: those of the positions that there are. */
    private static void copyParams(Row row, MultiLayerNetwork from, Row own, MultiLayerNetwork to) {
        if (!(row.spec() instanceof LocalConvSpec)) {
            to.setParams(from.params());
            return;
        }
        to.paramTable()
                .forEach(
                        (key, value) ->
                                value.assign(
                                        positions(row, own, from.getParam(key))
                                                .reshape(value.shape())));
    }

    private static INDArray ofPositions(Row row, Row own, INDArray gradient, INDArray shape) {
        if (!(row.spec() instanceof LocalConvSpec)) {
            return gradient.dup();
        }
        INDArray all = Nd4j.zeros(TYPE, shape.shape());
        INDArray part = positions(row, own, all);
        part.assign(gradient.reshape(part.shape()));
        return all;
    }

    /** A view of the last dimension's first positions, each spatial dimension by itself. */
    private static INDArray positions(Row row, Row own, INDArray array) {
        long[] all = outputSize(row);
        long[] some = outputSize(own);
        long[] shape = Arrays.copyOf(new long[] {array.length()}, 1 + all.length);
        for (int d = 0; d < all.length; d++) {
            shape[0] /= all[d];
            shape[1 + d] = all[d];
        }
        INDArrayIndex[] index = new INDArrayIndex[shape.length];
        index[0] = NDArrayIndex.all();
        for (int d = 0; d < all.length; d++) {
            index[1 + d] = NDArrayIndex.interval(0, some[d]);
        }
        return array.reshape('c', shape).get(index);
    }

    private static long[] outputSize(Row row) {
        return row.spec().outputSize(full(row));
    }

    private static void checkMask(INDArray mask, boolean[] axes, long[] out) {
        long expected = 1;
        for (int d = 0; d < axes.length; d++) {
            expected *= axes[d] ? out[d] : 1;
        }
        assertEquals(expected, mask.sumNumber().longValue(), () -> "mask " + mask);
        INDArrayIndex[] first = new INDArrayIndex[axes.length];
        for (int d = 0; d < axes.length; d++) {
            first[d] = NDArrayIndex.interval(0, axes[d] ? out[d] : 1);
        }
        INDArray spatial = axes.length == 1 ? mask : mask.slice(0);
        assertEquals(expected, spatial.get(first).sumNumber().longValue(), () -> "mask " + mask);
    }

    /** The first positions are as expected, the others 0. */
    private static void checkCorner(String what, INDArray actual, INDArray expected, long[] size) {
        INDArray wanted = Nd4j.zeros(TYPE, actual.shape());
        first(wanted, 1, size).assign(expected);
        CLOSE.check(what, actual, wanted);
    }

    // ---- examples of one size -------------------------------------------------------------------

    /** Statistics of batches, too; and one update. */
    private static void equal(Row row, Form form, boolean[] axes, long[] size) {
        Row own = sized(row, size);
        MultiLayerNetwork padded =
                Nets.trainable(row.build(form), row.input(), TYPE, new Sgd(RATE));
        MultiLayerNetwork unpadded =
                Nets.trainable(own.build(form), own.input(), TYPE, new Sgd(RATE));
        row.randomize(padded, 64);
        copyParams(row, padded, own, unpadded);
        INDArray before = padded.params().dup();
        INDArray x = row.batch(TYPE, 65);
        INDArray part = first(x, 2, size).dup('c');
        INDArray mask = mask(row, axes, List.of(size, size, size));
        INDArray expected = unpadded.output(part);
        long[] out = spatial(expected);
        INDArray g = Nd4j.zeros(TYPE, padded.output(x).shape());
        INDArray labels = Row.random(TYPE, 66, expected.shape());
        first(g, 2, out).assign(labels);
        padded.fit(x, g, mask, null);
        unpadded.fit(part, labels);
        CLOSE.check("loss", Nd4j.scalar(padded.score()), Nd4j.scalar(unpadded.score()));
        unpadded.paramTable()
                .forEach(
                        (key, value) -> {
                            INDArray all = padded.getParam(key);
                            INDArray trained =
                                    row.spec() instanceof LocalConvSpec
                                            ? positions(row, own, all).reshape(value.shape())
                                            : all;
                            CLOSE.check(key, trained, value);
                        });
        if (row.has(ParamSpec::weight)) {
            assertEquals(false, before.equals(padded.params()), "nothing was trained");
        }
    }

    // ---- arrays ---------------------------------------------------------------------------------

    private static INDArray mask(Row row, boolean[] axes, List<long[]> sizes) {
        long[] shape = Row.withBatch(sizes.size(), row.size());
        shape[1] = 1;
        for (int d = 0; d < axes.length; d++) {
            shape[2 + d] = axes[d] ? shape[2 + d] : 1;
        }
        INDArray mask = Nd4j.zeros(TYPE, shape);
        for (int n = 0; n < sizes.size(); n++) {
            long[] size = sizes.get(n).clone();
            for (int d = 0; d < axes.length; d++) {
                size[d] = axes[d] ? size[d] : 1;
            }
            first(mask.slice(n), 1, size).assign(1);
        }
        return axes.length == 1 ? mask.reshape(shape[0], shape[2]) : mask;
    }

    private static long[] spatial(INDArray array) {
        return Arrays.copyOfRange(array.shape(), 2, array.rank());
    }

    private static INDArray corner(INDArray array, int example, long[] size) {
        return first(array.get(NDArrayIndex.interval(example, example + 1)), 2, size).dup('c');
    }

    /** A view of the first positions of the dimensions after the given number of others. */
    private static INDArray first(INDArray array, int others, long[] size) {
        INDArrayIndex[] index = new INDArrayIndex[array.rank()];
        Arrays.fill(index, NDArrayIndex.all());
        for (int d = 0; d < size.length; d++) {
            index[others + d] = NDArrayIndex.interval(0, size[d]);
        }
        return array.get(index);
    }
}
