package org.lamina.zoo.weights;

import java.util.Arrays;
import java.util.List;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * An array of a source and the parameter that it corresponds to.
 *
 * @param parameter name here; null for an array that has no use here
 * @param names names in the source, the newest first; null if it does not store the parameter
 * @param copies names of copies of the array in the source
 * @param shape that the source's array has
 * @param view shape to which it is reshaped
 * @param axes order of the view's axes in the parameter; null for no permutation
 * @param target shape of the parameter
 * @param factor parameter = source * factor
 * @param value constant that one of the sides does not store, or null
 */
record Mapping(
        String parameter,
        List<String> names,
        List<String> copies,
        long[] shape,
        long[] view,
        int[] axes,
        long[] target,
        double factor,
        Double value) {

    static Mapping same(String name, long[] shape) {
        return new Mapping(name, List.of(name), List.of(), shape, shape, null, shape, 1, null);
    }

    static Mapping constant(List<String> names, double value) {
        return new Mapping(null, names, List.of(), new long[0], null, null, null, 1, value);
    }

    /** This mapping for a source whose names all begin with a prefix. */
    Mapping prefixed(String prefix) {
        return new Mapping(
                parameter,
                names == null ? null : prefixed(names, prefix),
                prefixed(copies, prefix),
                shape,
                view,
                axes,
                target,
                factor,
                value);
    }

    private static List<String> prefixed(List<String> names, String prefix) {
        return names.stream().map(prefix::concat).toList();
    }

    /** The shape that becomes this one by permuting it. */
    static long[] unpermuted(long[] shape, int[] axes) {
        long[] source = new long[shape.length];
        for (int d = 0; d < axes.length && d < shape.length; d++) {
            source[axes[d]] = shape[d];
        }
        return source;
    }

    /**
     * The parameter, from an array of the source's shape: the array itself, a view or a copy, in
     * double if it has a factor.
     */
    INDArray toParameter(INDArray source) {
        INDArray array = source;
        if (axes != null) {
            array = array.reshape('c', view).permute(axes).dup('c');
        }
        if (!Arrays.equals(array.shape(), target)) {
            array = array.reshape('c', target);
        }
        return factor == 1 ? array : array.castTo(DataType.DOUBLE).mul(factor);
    }

    /** The source's array, from the parameter: a copy. */
    INDArray toSource(INDArray value) {
        INDArray array = value.dup('c');
        if (axes != null) {
            long[] permuted = new long[view.length];
            int[] back = new int[view.length];
            for (int d = 0; d < axes.length; d++) {
                permuted[d] = view[axes[d]];
                back[axes[d]] = d;
            }
            array = array.reshape('c', permuted).permute(back).dup('c');
        }
        if (!Arrays.equals(array.shape(), shape)) {
            array = array.reshape('c', shape);
        }
        return factor == 1 ? array : array.divi(factor);
    }
}
