package org.lamina.samediff.ops;

import java.util.Arrays;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.lamina.spec.PaddingMode;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Operations that depend on the actual size of each example of a padded minibatch. The mask {@code
 * [N, 1, spatial...]} gives that size: along each dimension, up to the last unmasked position.
 *
 * <p>Each is a product with one matrix {@code [positions, T]} per example, which interpolates
 * linearly between the two input positions around a source: {@code max(0, 1 - |source - t|)}.
 */
final class ExampleSizeOps {

    private ExampleSizeOps() {}

    /**
     * Adds positions that continue each example before its first position and after its last.
     *
     * @param x {@code [N, channels, size...]}, zero at masked positions
     * @param size spatial size of x and the mask
     * @param mask its mask
     * @param before numbers before each spatial dimension
     * @param after numbers after it
     * @param mode how they are filled; not zeros
     * @return {@code [N, channels, before + size + after...]}, zero after an example's padding
     */
    static SDVariable pad(
            SDVariable x,
            long channels,
            long[] size,
            SDVariable mask,
            int[] before,
            int[] after,
            PaddingMode mode) {
        SDVariable y = x;
        long[] current = size.clone();
        for (int d = 0; d < size.length; d++) {
            if (before[d] > 0 || after[d] > 0) {
                long out = before[d] + size[d] + after[d];
                SDVariable own = exampleSize(mask, size, d);
                SDVariable source = continued(own, -before[d], out, mode);
                SDVariable isPart = isBelow(own.add(before[d] + after[d]), out);
                y = interpolated(y, channels, current, d, source, isPart, out);
            }
        }
        return y;
    }

    /**
     * Upsamples each example with aligned corners.
     *
     * @param x {@code [N, channels, size...]}, zero at masked positions
     * @param size spatial size of x and the mask
     * @param mask its mask
     * @param outputSize spatial size of the output and its mask
     * @param outputMask mask of the output
     * @return {@code [N, channels, outputSize...]}, zero after an example's output
     */
    static SDVariable upsample(
            SDVariable x,
            long channels,
            long[] size,
            SDVariable mask,
            long[] outputSize,
            SDVariable outputMask) {
        SDVariable y = x;
        long[] current = size.clone();
        for (int d = 0; d < size.length; d++) {
            long out = outputSize[d];
            SDVariable outputs = exampleSize(outputMask, outputSize, d);
            SDVariable intervals = relu(outputs.sub(2)).add(1); // 1 for a single output
            SDVariable source =
                    exampleSize(mask, size, d).sub(1).mul(positions(x, 0, out)).div(intervals);
            y = interpolated(y, channels, current, d, source, isBelow(outputs, out), out);
        }
        return y;
    }

    /** Sizes along one dimension, {@code [N, 1, 1]}; 0 for a fully masked example. */
    private static SDVariable exampleSize(SDVariable mask, long[] size, int dimension) {
        long[] shape = new long[2 + size.length];
        Arrays.fill(shape, 1);
        shape[2 + dimension] = size[dimension];
        SDVariable counted = positions(mask, 1, size[dimension]).reshape(shape);
        int[] all = IntStream.range(1, shape.length).toArray();
        return mask.mul(counted).max(true, all).reshape(-1, 1, 1);
    }

    /** Consecutive constants {@code [1, count, 1]} of another variable's type. */
    private static SDVariable positions(SDVariable type, long first, long count) {
        return constants(type, LongStream.range(first, first + count).asDoubleStream());
    }

    /** Constants {@code [1, count, 1]} of another variable's type. */
    private static SDVariable constants(SDVariable type, DoubleStream values) {
        double[] all = values.toArray();
        long[] shape = {1, all.length, 1};
        return type.getSameDiff().constant(Nd4j.create(all, shape, type.dataType()));
    }

    /** The input positions that padded ones repeat, {@code [N, count, 1]}. */
    private static SDVariable continued(SDVariable own, long first, long count, PaddingMode mode) {
        SameDiff sd = own.getSameDiff();
        double[] values = LongStream.range(first, first + count).asDoubleStream().toArray();
        SDVariable last = own.sub(1);
        switch (mode) {
            case REFLECT:
                SDVariable mirrored = constants(own, Arrays.stream(values).map(Math::abs));
                return last.sub(sd.math().abs(last.sub(mirrored)));
            case REPLICATE:
                SDVariable bounded = constants(own, Arrays.stream(values).map(v -> Math.max(0, v)));
                return last.sub(relu(last.sub(bounded)));
            default:
                SDVariable source = constants(own, Arrays.stream(values));
                SDVariable before = constants(own, Arrays.stream(values).map(v -> v < 0 ? 1 : 0));
                return source.add(own.mul(before.add(isBelow(own, source)).sub(1)));
        }
    }

    /** 1 where a position is below a bound, otherwise 0; {@code [N, count, 1]}. */
    private static SDVariable isBelow(SDVariable bound, long count) {
        return isBelow(bound, positions(bound, 0, count));
    }

    /** Of whole numbers. */
    private static SDVariable isBelow(SDVariable bound, SDVariable position) {
        return relu(relu(position.sub(bound).add(1)).rsub(1));
    }

    private static SDVariable relu(SDVariable x) {
        return x.getSameDiff().nn().relu(x, 0);
    }

    /**
     * Interpolates along one dimension, whose size changes.
     *
     * @param source input position of each output, {@code [N, out, 1]}
     * @param isPart 0 for an output that is 0
     */
    private static SDVariable interpolated(
            SDVariable x,
            long channels,
            long[] size,
            int dimension,
            SDVariable source,
            SDVariable isPart,
            long out) {
        SameDiff sd = x.getSameDiff();
        SDVariable inputs = positions(x, 0, size[dimension]).reshape(1, 1, size[dimension]);
        SDVariable matrix = relu(sd.math().abs(source.sub(inputs)).rsub(1)).mul(isPart);
        int rank = size.length;
        int[] toLast = new int[2 + rank];
        int[] back = new int[2 + rank];
        long[] shape = new long[2 + rank];
        shape[0] = -1;
        shape[1] = channels;
        for (int i = 0; i < 2 + rank; i++) {
            int axis = 2 + dimension;
            toLast[i] = i < axis ? i : i == 1 + rank ? axis : i + 1;
            back[toLast[i]] = i;
            shape[i] = i < 2 ? shape[i] : size[toLast[i] - 2];
        }
        long rows = channels;
        for (int i = 2; i <= rank; i++) {
            rows *= shape[i];
        }
        SDVariable flat = x.permute(toLast).reshape(-1, rows, size[dimension]);
        SDVariable product = sd.mmul(flat, matrix, false, true, false);
        shape[1 + rank] = out;
        size[dimension] = out;
        return product.reshape(shape).permute(back);
    }
}
