package org.lamina.kernels;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Consecutive signals of equal length in tiles of equal size, with tiles of zeros before the first
 * and after the last signal. Filtering signals, and summing products of signals with later samples,
 * are matrix products of tiles: a sample and the one {@code lag} after it lie in the same tile or
 * in the next {@code lag / size} ones.
 *
 * @param flat all values
 * @param signals number of signals
 * @param length length of a signal, a multiple of the tile's
 * @param tile samples in a tile
 * @param margin tiles of zeros on each side
 */
record SignalTiles(INDArray flat, long signals, long length, int tile, int margin) {

    /**
     * Rows of tiles whose products are summed in the arrays' data type; these sums are added in
     * double. With 32 diagonals per sum, a float sum of squares is accurate to 1e-7.
     */
    private static final long CHUNK = 8192;

    /**
     * Zeros.
     *
     * @param shortest minimum capacity of a signal
     * @param taps of the longest filter
     */
    static SignalTiles zeros(DataType type, long signals, long shortest, int tile, int taps) {
        long length = (shortest + tile - 1) / tile * tile;
        int margin = (tile + taps - 2) / tile;
        long all = signals * length + 2L * margin * tile;
        return new SignalTiles(Nd4jOps.scratch(type, all).assign(0), signals, length, tile, margin);
    }

    private INDArray view(long[] shape, long[] stride, long from) {
        return Nd4j.create(
                flat.data(), shape, stride, flat.offset() + (long) margin * tile + from, 'c');
    }

    /** The signals as the rows of a matrix. */
    INDArray matrix() {
        return view(new long[] {signals, length}, new long[] {length, 1}, 0);
    }

    /** Samples [from, to) of all signals, as the rows of a matrix. */
    INDArray samples(long from, long to) {
        return view(new long[] {signals, to - from}, new long[] {length, 1}, from);
    }

    /**
     * Samples [from, to) of signals ordered by channel, then by example: {@code [N, C, to - from]}.
     */
    INDArray byExample(long examples, long from, long to) {
        long[] shape = {examples, signals / examples, to - from};
        return view(shape, new long[] {length, examples * length, 1}, from);
    }

    /** As {@link #byExample} with a height of 1. */
    INDArray images(long examples, long from, long to) {
        long[] shape = {examples, signals / examples, 1, to - from};
        return view(shape, new long[] {length, examples * length, length, 1}, from);
    }

    /**
     * The tiles of some signals, shifted by a number of tiles, as the rows of a matrix.
     *
     * @param first the first of the signals
     * @param count how many
     * @param move at most the margin, in either direction
     */
    INDArray tiles(long first, long count, int move) {
        long rows = count * length / tile;
        return view(
                new long[] {rows, tile}, new long[] {tile, 1}, first * length + (long) move * tile);
    }

    /**
     * Sums over the signals of a group and samples t of {@code this[t] * other[t + lag]}. Products
     * of different signals must be 0: before the first or after the last samples there must be as
     * many zeros as lags.
     *
     * @param other signals in tiles of the same size
     * @param groups consecutive groups into which the signals are divided
     * @param lags number of lags, starting at 0
     * @return {@code [groups][lags]}
     */
    double[][] laggedProducts(SignalTiles other, int groups, int lags) {
        double[][] sums = new double[groups][lags];
        INDArray product = Nd4jOps.scratch(flat.dataType(), groups, tile, tile);
        INDArray target = groups == 1 ? product.reshape('c', tile, tile) : product;
        long all = signals / groups * length / tile;
        for (int move = 0; move <= (tile + lags - 2) / tile; move++) {
            for (long row = 0; row < all; row += CHUNK) {
                long end = Math.min(all, row + CHUNK);
                Nd4jOps.multiply(
                        tiles(groups, row, end, 0),
                        true,
                        other.tiles(groups, row, end, move),
                        false,
                        target);
                double[] values = Nd4jOps.doubles(product);
                for (int group = 0; group < groups; group++) {
                    addDiagonals(values, group * tile * tile, move, sums[group]);
                }
            }
        }
        return sums;
    }

    /**
     * Some tiles of each group, shifted: {@code [groups, to - from, tile]}; a matrix of one group.
     */
    private INDArray tiles(int groups, long from, long to, int move) {
        long start = (from + move) * tile;
        long[] shape = {groups, to - from, tile};
        long[] stride = {signals / groups * length, tile, 1};
        return groups == 1
                ? view(new long[] {to - from, tile}, new long[] {tile, 1}, start)
                : view(shape, stride, start);
    }

    private void addDiagonals(double[] products, int from, int move, double[] sums) {
        for (int i = 0; i < tile; i++) {
            int lag = move * tile - i;
            for (int j = Math.max(0, -lag); j < tile && lag + j < sums.length; j++) {
                sums[lag + j] += products[from + i * tile + j];
            }
        }
    }

    /**
     * Correlation of signals with a filter, {@code y[t] = sum over k of filter[k] * this[t + k]},
     * or with the reversed filter, {@code y[t] = sum over k of filter[k] * this[t - k]}.
     *
     * @param first the first of the signals
     * @param count how many
     * @param reversed whether the filter is reversed
     * @param y receives the result in its tiles
     */
    void filter(double[] filter, long first, long count, boolean reversed, SignalTiles y) {
        INDArray target = y.tiles(first, count, 0);
        INDArray part = Nd4jOps.scratch(flat.dataType(), target.shape());
        for (int move = 0; move <= (tile + filter.length - 2) / tile; move++) {
            INDArray toeplitz = Nd4jOps.array(flat.dataType(), toeplitz(filter, move), tile, tile);
            INDArray result = move == 0 ? target : part;
            Nd4jOps.multiply(
                    tiles(first, count, reversed ? -move : move),
                    false,
                    toeplitz,
                    reversed,
                    result);
            if (move > 0) {
                target.addi(part);
            }
        }
    }

    /**
     * The contribution of sample i of the tile {@code move} tiles ahead to sample j of this one.
     */
    private double[] toeplitz(double[] filter, int move) {
        double[] matrix = new double[tile * tile];
        for (int i = 0; i < tile; i++) {
            for (int j = 0; j < tile; j++) {
                int k = move * tile + i - j;
                matrix[i * tile + j] = k >= 0 && k < filter.length ? filter[k] : 0;
            }
        }
        return matrix;
    }
}
