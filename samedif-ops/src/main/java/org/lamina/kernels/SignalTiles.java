package org.lamina.kernels;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Signals one after the other, all of one length, in tiles of one size, with tiles of zeros before
 * the first and behind the last signal. What a filter does to signals, and sums of products of
 * signals with later samples, are matrix products of tiles: a sample and the one {@code lag} behind
 * it lie in the same tile or in the {@code lag / size} next ones.
 *
 * @param flat all values
 * @param signals number of signals
 * @param length length of a signal, a multiple of the tile's
 * @param tile samples in a tile
 * @param margin tiles of zeros on each side
 */
record SignalTiles(INDArray flat, long signals, long length, int tile, int margin) {

    /**
     * Rows of tiles whose products are summed in the arrays' data type; such sums are added up in
     * double. With 32 diagonals to each sum a float sum of squares is good to 1e-7.
     */
    private static final long CHUNK = 8192;

    /**
     * Zeros.
     *
     * @param shortest what a signal must at least have room for
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
     * Samples [from, to) of signals that are counted by channel, then by example: {@code [N, C, to
     * - from]}.
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
     * The tiles of some signals, moved by a number of tiles, as the rows of a matrix.
     *
     * @param first the first of the signals
     * @param count how many
     * @param move at most the margin, to either side
     */
    INDArray tiles(long first, long count, int move) {
        long rows = count * length / tile;
        return view(
                new long[] {rows, tile}, new long[] {tile, 1}, first * length + (long) move * tile);
    }

    /**
     * Sums over the signals of a group and samples t of {@code this[t] * other[t + lag]}. Products
     * of different signals do not count if they are 0: behind or before the last or first samples
     * there must be as many zeros as there are lags.
     *
     * @param other signals in tiles of the same size
     * @param groups into which the signals are divided, one after the other
     * @param lags from lag 0 on
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
     * Some tiles of each group, moved: {@code [groups, to - from, tile]}; a matrix of one group.
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
     * or with the filter turned round, {@code y[t] = sum over k of filter[k] * this[t - k]}.
     *
     * @param first the first of the signals
     * @param count how many
     * @param turned whether the filter is turned round
     * @param y receives the result in its tiles
     */
    void filter(double[] filter, long first, long count, boolean turned, SignalTiles y) {
        INDArray target = y.tiles(first, count, 0);
        INDArray part = Nd4jOps.scratch(flat.dataType(), target.shape());
        for (int move = 0; move <= (tile + filter.length - 2) / tile; move++) {
            INDArray toeplitz = Nd4jOps.array(flat.dataType(), toeplitz(filter, move), tile, tile);
            INDArray result = move == 0 ? target : part;
            Nd4jOps.multiply(
                    tiles(first, count, turned ? -move : move), false, toeplitz, turned, result);
            if (move > 0) {
                target.addi(part);
            }
        }
    }

    /** What sample i of the tile that is {@code move} ahead adds to sample j of this one. */
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
