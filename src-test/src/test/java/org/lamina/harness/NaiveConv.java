package org.lamina.harness;

import org.lamina.spec.PaddingMode;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A convolution of {@code [N, C, spatial...]} in double by loops over its definition: nothing of it
 * is shared with what it judges.
 *
 * @param before positions added before each spatial dimension
 * @param after positions added after it
 */
public record NaiveConv(
        int[] stride, int[] dilation, int[] before, int[] after, PaddingMode mode, int groups) {

    /** The gradients of the loss {@code sum(output * dy)}. */
    public record Gradients(INDArray input, INDArray weight, INDArray bias) {}

    /** The same with another number of groups. */
    public NaiveConv withGroups(int value) {
        return new NaiveConv(stride, dilation, before, after, mode, value);
    }

    /**
     * The output.
     *
     * @param w weight {@code [O, C / groups, kernel...]}
     * @param b bias {@code [O]}, or null
     */
    public INDArray output(INDArray x, INDArray w, INDArray b) {
        Loop loop = new Loop(x, w);
        double[] bias = b == null ? new double[loop.outputs] : flat(b);
        double[] y = new double[loop.samples * loop.outputs * loop.positions];
        for (int i = 0; i < y.length; i++) {
            y[i] = bias[i / loop.positions % loop.outputs];
        }
        double[] xs = flat(x);
        double[] ws = flat(w);
        loop.run((yi, xi, wi) -> y[yi] += xs[xi] * ws[wi]);
        return array(y, loop.outputShape);
    }

    /** The gradients of input, weight and bias. */
    public Gradients gradients(INDArray x, INDArray w, INDArray dy) {
        Loop loop = new Loop(x, w);
        double[] g = flat(dy);
        double[] xs = flat(x);
        double[] ws = flat(w);
        double[] dx = new double[xs.length];
        double[] dw = new double[ws.length];
        double[] db = new double[loop.outputs];
        loop.run(
                (yi, xi, wi) -> {
                    dx[xi] += ws[wi] * g[yi];
                    dw[wi] += xs[xi] * g[yi];
                });
        for (int i = 0; i < g.length; i++) {
            db[i / loop.positions % loop.outputs] += g[i];
        }
        return new Gradients(array(dx, x.shape()), array(dw, w.shape()), array(db, w.size(0)));
    }

    private static double[] flat(INDArray array) {
        return array.castTo(DataType.DOUBLE).dup('c').data().asDouble();
    }

    private static INDArray array(double[] values, long... shape) {
        return Nd4j.createFromArray(values).reshape(shape);
    }

    /** One product of the sum: {@code y[yi] += x[xi] * w[wi]}. */
    private interface Product {
        void of(int yi, int xi, int wi);
    }

    /** All products of one convolution, by indices into the arrays in 'c' order. */
    private final class Loop {

        final int rank;
        final int[] size;
        final int[] kernel;
        final int[] outputSize;
        final long[] outputShape;
        final int samples;
        final int channels;
        final int outputs;
        final int groupInputs;
        final int positions;

        Loop(INDArray x, INDArray w) {
            rank = x.rank() - 2;
            size = new int[rank];
            kernel = new int[rank];
            outputSize = new int[rank];
            outputShape = x.shape().clone();
            outputShape[1] = w.size(0);
            for (int d = 0; d < rank; d++) {
                size[d] = (int) x.size(2 + d);
                kernel[d] = (int) w.size(2 + d);
                int window = dilation[d] * (kernel[d] - 1) + 1;
                // As many starts as fit.
                for (int start = 0;
                        start + window <= before[d] + size[d] + after[d];
                        start += stride[d]) {
                    outputSize[d]++;
                }
                outputShape[2 + d] = outputSize[d];
            }
            samples = (int) x.size(0);
            channels = (int) x.size(1);
            outputs = (int) w.size(0);
            groupInputs = (int) w.size(1);
            positions = volume(outputSize);
        }

        void run(Product product) {
            int taps = volume(kernel);
            int inputs = volume(size);
            for (int p = 0; p < positions; p++) {
                for (int k = 0; k < taps; k++) {
                    int source = source(p, k);
                    if (source < 0) {
                        continue;
                    }
                    for (int n = 0; n < samples; n++) {
                        for (int o = 0; o < outputs; o++) {
                            int first = o / (outputs / groups) * groupInputs;
                            for (int c = 0; c < groupInputs; c++) {
                                product.of(
                                        (n * outputs + o) * positions + p,
                                        (n * channels + first + c) * inputs + source,
                                        (o * groupInputs + c) * taps + k);
                            }
                        }
                    }
                }
            }
        }

        /** Position of the input that an output sees through a tap; -1 for a zero. */
        private int source(int position, int tap) {
            int result = 0;
            int scale = 1;
            for (int d = rank - 1; d >= 0; d--) {
                int i =
                        position % outputSize[d] * stride[d]
                                + tap % kernel[d] * dilation[d]
                                - before[d];
                position /= outputSize[d];
                tap /= kernel[d];
                if (i < 0 || i >= size[d]) {
                    if (mode == PaddingMode.ZEROS) {
                        return -1;
                    }
                    i = shown(i, size[d]);
                }
                result += i * scale;
                scale *= size[d];
            }
            return result;
        }

        private int shown(int i, int length) {
            return switch (mode) {
                case REFLECT -> i < 0 ? -i : 2 * length - 2 - i;
                case REPLICATE -> i < 0 ? 0 : length - 1;
                default -> (i + length) % length;
            };
        }

        private static int volume(int[] sizes) {
            int volume = 1;
            for (int s : sizes) {
                volume *= s;
            }
            return volume;
        }
    }
}
