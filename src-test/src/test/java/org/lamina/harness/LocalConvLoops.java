package org.lamina.harness;

import java.util.Random;
import org.lamina.spec.ConvGeometry;
import org.lamina.spec.LocalConvSpec;
import org.lamina.spec.Padding;
import org.lamina.spec.PaddingMode;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** A random local convolution, and its output and gradients by plain loops, in double. */
public final class LocalConvLoops {

    public final LocalConvSpec spec;

    /** Whether every example has filters of its own. */
    public final boolean perExample;

    public final INDArray x;
    public final INDArray w;
    public final INDArray b;

    /** Gradient of the output. */
    public final INDArray dy;

    public final INDArray y;
    public final INDArray dx;
    public final INDArray dw;
    public final INDArray db;

    /** A random case; sizes, kernels, strides and dilations differ between the dimensions. */
    public LocalConvLoops(int rank, long seed) {
        Random r = new Random(seed);
        int[] kernel = new int[rank];
        int[] stride = new int[rank];
        int[] dilation = new int[rank];
        int[] before = new int[rank];
        int[] after = new int[rank];
        long[] size = new long[rank];
        for (int d = 0; d < rank; d++) {
            kernel[d] = 1 + r.nextInt(3);
            stride[d] = 1 + r.nextInt(3);
            dilation[d] = 1 + r.nextInt(3);
            before[d] = r.nextInt(3);
            after[d] = r.nextInt(3);
            size[d] = Math.max(dilation[d] * (kernel[d] - 1) + 1 + r.nextInt(4), 3);
        }
        ConvGeometry g =
                ConvGeometry.ofKernel(kernel)
                        .withDilation(dilation)
                        .withPaddingMode(PaddingMode.values()[r.nextInt(4)]);
        Padding sides = r.nextBoolean() ? Padding.perSide(before, after) : Padding.valid();
        g = g.withStride(stride).withPadding(sides);
        int in = 1 + r.nextInt(3);
        int out = 1 + r.nextInt(3);
        int examples = 1 + r.nextInt(3);
        boolean bias = r.nextBoolean();
        perExample = r.nextBoolean();
        spec = new LocalConvSpec(in, out, size, g, bias, true, true);
        long[] outSize = g.outputSize(size);
        x = random(r, concat(new long[] {examples, in}, size));
        long[] sets = perExample ? new long[] {examples} : new long[0];
        w = random(r, concat(sets, out, spec.taps(), spec.positions()));
        b = bias ? random(r, concat(sets, out, spec.positions())) : null;
        dy = random(r, concat(new long[] {examples, out}, outSize));
        y = Nd4j.zeros(DataType.DOUBLE, dy.shape());
        dx = Nd4j.zeros(DataType.DOUBLE, x.shape());
        dw = Nd4j.zeros(DataType.DOUBLE, w.shape());
        db = bias ? Nd4j.zeros(DataType.DOUBLE, b.shape()) : null;
        run(outSize);
    }

    private void run(long[] outSize) {
        ConvGeometry g = spec.geometry();
        boolean planar = g.rank() == 2;
        long columns = planar ? outSize[1] : 1;
        for (long n = 0; n < x.size(0); n++) {
            for (long o = 0; o < spec.outChannels(); o++) {
                for (long p = 0; p < spec.positions(); p++) {
                    long row = p / columns;
                    long column = p % columns;
                    long[] at = planar ? new long[] {n, o, row, column} : new long[] {n, o, row};
                    double gradient = dy.getDouble(at);
                    double sum = 0;
                    if (b != null) {
                        long[] bi = index(n, o, p);
                        sum = b.getDouble(bi);
                        add(db, bi, gradient);
                    }
                    for (long k = 0; k < spec.taps(); k++) {
                        long volume = g.kernelVolume();
                        long channel = k / volume;
                        long kernelColumns = planar ? g.kernelSize()[1] : 1;
                        long u = k % volume / kernelColumns;
                        long v = k % kernelColumns;
                        long i = source(0, row, u);
                        long j = planar ? source(1, column, v) : 0;
                        if (i < 0 || j < 0) {
                            continue;
                        }
                        long[] xi =
                                planar ? new long[] {n, channel, i, j} : new long[] {n, channel, i};
                        long[] wi = index(n, o, k, p);
                        sum += w.getDouble(wi) * x.getDouble(xi);
                        add(dw, wi, gradient * x.getDouble(xi));
                        add(dx, xi, gradient * w.getDouble(wi));
                    }
                    y.putScalar(at, sum);
                }
            }
        }
    }

    private long source(int d, long position, long tap) {
        ConvGeometry g = spec.geometry();
        long at = position * g.stride()[d] + tap * g.dilation()[d] - g.padBefore()[d];
        return g.paddingMode().sourceOf(at, spec.inputSize()[d]);
    }

    private long[] index(long n, long... rest) {
        return perExample ? concat(new long[] {n}, rest) : rest;
    }

    private static void add(INDArray array, long[] index, double value) {
        array.putScalar(index, array.getDouble(index) + value);
    }

    private static INDArray random(Random r, long... shape) {
        INDArray array = Nd4j.create(DataType.DOUBLE, shape);
        for (long i = 0; i < array.length(); i++) {
            array.putScalar(i, (float) r.nextGaussian());
        }
        return array;
    }

    private static long[] concat(long[] first, long... rest) {
        long[] all = new long[first.length + rest.length];
        System.arraycopy(first, 0, all, 0, first.length);
        System.arraycopy(rest, 0, all, first.length, rest.length);
        return all;
    }

    @Override
    public String toString() {
        return spec + (perExample ? ", filters for each example" : "");
    }
}
