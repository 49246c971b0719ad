package org.lamina.onednn;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_MEAN;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_VARIANCE;
import static org.bytedeco.dnnl.global.dnnl.dnnl_forward_training;
import static org.bytedeco.dnnl.global.dnnl.dnnl_layer_normalization_forward_desc_init;
import static org.lamina.onednn.Elementwise.Step.ADD_ARRAY;
import static org.lamina.onednn.Elementwise.Step.ADD_CHANNEL;
import static org.lamina.onednn.Elementwise.Step.MULTIPLY_ARRAY;
import static org.lamina.onednn.Elementwise.Step.MULTIPLY_CHANNEL;

import java.util.Optional;
import org.bytedeco.dnnl.dnnl_layer_normalization_desc_t;
import org.bytedeco.dnnl.dnnl_memory_desc_t;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Normalization of each channel of {@code [N, C, S]} and its gradients:
 *
 * <pre>
 * y = gamma * (x - mean) / sqrt(variance + eps) + beta
 * </pre>
 *
 * <p>oneDNN's own batch normalization is slow for channels-first arrays: 8.3 ms forward and 9.1
 * backward on 64x8x22x256 (one thread). Here the moments of each row of S values come from its
 * layer normalization, those of a channel from those of its rows; the rest is two passes of {@link
 * Elementwise}: 2.3 ms and 2.8.
 *
 * <p>Arrays are contiguous in 'c' order, of any shape.
 */
public final class Normalization {

    private final int examples;
    private final int channels;
    private final long positions;

    /**
     * Normalization for one shape.
     *
     * @param examples N
     * @param channels C
     * @param positions S
     */
    public Normalization(long examples, long channels, long positions) {
        this.examples = Math.toIntExact(examples);
        this.channels = Math.toIntExact(channels);
        this.positions = positions;
    }

    /** The values that channels are normalized with; arrays with one value per channel. */
    public static final class Moments {

        private final double[] mean;
        private final double[] inverse;

        /** k in {@code s^2 = k * sum((x - mean)^2) + a}; null for 1 / number of values. */
        private final double[] factor;

        /**
         * Given moments. Where variance and eps are both 0, the inverse deviation is 0.
         *
         * @param mean means
         * @param variance variances
         * @param eps added to the variances
         */
        public Moments(double[] mean, double[] variance, double eps) {
            this(mean, new double[variance.length], null);
            for (int c = 0; c < inverse.length; c++) {
                double square = variance[c] + eps;
                inverse[c] = square == 0 ? 0 : 1 / Math.sqrt(square);
            }
        }

        /**
         * Moments with another s in place of the deviation, {@code s^2 = k * sum((x - mean)^2) +
         * a}.
         *
         * @param mean means
         * @param inverse 1 / s
         * @param factor k, 0 where s does not depend on x
         */
        public Moments(double[] mean, double[] inverse, double[] factor) {
            this.mean = mean;
            this.inverse = inverse;
            this.factor = factor;
        }

        private double factor(int channel, double count) {
            return factor == null ? 1 / count : factor[channel];
        }
    }

    /**
     * Mean and biased variance of each channel.
     *
     * @param mean receives the means
     * @param variance receives the variances
     * @param work of x's length; overwritten
     * @return false if oneDNN does not support it
     */
    public boolean moments(INDArray x, double[] mean, double[] variance, INDArray work) {
        Optional<Primitive> primitive =
                PrimitiveCache.get(key("moments of rows"), this::momentsPrimitive);
        if (primitive.isEmpty()) {
            return false;
        }
        int rows = examples * channels;
        Vectors vectors = Vectors.current(2L * rows);
        primitive
                .get()
                .execute(
                        Operand.of(x), vectors.operand(0), vectors.operand(rows), Operand.of(work));
        float[] means = vectors.get(0, rows);
        float[] variances = vectors.get(rows, rows);
        for (int c = 0; c < channels; c++) {
            double sum = 0;
            for (int n = 0; n < examples; n++) {
                sum += means[n * channels + c];
            }
            mean[c] = sum / examples;
            // of all: the mean of the rows' variances and the variance of their means
            double total = 0;
            for (int n = 0; n < examples; n++) {
                double distance = means[n * channels + c] - mean[c];
                total += variances[n * channels + c] + distance * distance;
            }
            variance[c] = total / examples;
        }
        return true;
    }

    /**
     * Forward pass.
     *
     * @param gamma scale of each channel, or null for 1
     * @param beta shift of each channel, or null for 0
     * @param y receives the output
     * @return false if oneDNN does not support it; y is then unchanged
     */
    public boolean forward(INDArray x, Moments moments, float[] gamma, float[] beta, INDArray y) {
        Optional<Primitive> primitive =
                (beta == null
                                ? elementwise(ADD_CHANNEL, MULTIPLY_CHANNEL)
                                : elementwise(ADD_CHANNEL, MULTIPLY_CHANNEL, ADD_CHANNEL))
                        .primitive();
        if (primitive.isEmpty()) {
            return false;
        }
        Vectors vectors = Vectors.current(3L * channels);
        for (int c = 0; c < channels; c++) {
            vectors.put(c, -moments.mean[c]);
            vectors.put(channels + c, factor(gamma, moments, c));
            if (beta != null) {
                vectors.put(2 * channels + c, beta[c]);
            }
        }
        Operand from = Operand.of(x);
        Operand to = Operand.of(y);
        if (beta == null) {
            primitive.get().execute(from, to, vectors.operand(0), vectors.operand(channels));
        } else {
            primitive
                    .get()
                    .execute(
                            from,
                            to,
                            vectors.operand(0),
                            vectors.operand(channels),
                            vectors.operand(2L * channels));
        }
        return true;
    }

    /**
     * Backward pass.
     *
     * @param moments those of the forward pass
     * @param given whether the moments do not depend on x
     * @param work of x's length, overwritten; may be dx
     * @param dx receives the gradient of the input, or null
     * @param dGamma receives the gradient of gamma
     * @param dBeta receives the gradient of beta
     * @return false if oneDNN does not support it
     */
    public boolean backward(
            INDArray x,
            Moments moments,
            boolean given,
            float[] gamma,
            INDArray dy,
            INDArray work,
            INDArray dx,
            float[] dGamma,
            float[] dBeta) {
        RowOperations rows = new RowOperations((long) examples * channels, positions);
        Optional<Primitive> product = elementwise(ADD_CHANNEL, MULTIPLY_ARRAY).primitive();
        Optional<Primitive> last =
                (given
                                ? elementwise(MULTIPLY_CHANNEL)
                                : elementwise(
                                        ADD_CHANNEL,
                                        MULTIPLY_CHANNEL,
                                        ADD_ARRAY,
                                        ADD_CHANNEL,
                                        MULTIPLY_CHANNEL))
                        .primitive();
        if (product.isEmpty() || last.isEmpty()) {
            return false;
        }
        Operand input = Operand.of(x);
        Operand gradient = Operand.of(dy);
        Operand scratch = Operand.of(work);
        Vectors vectors = Vectors.current(Math.max(examples, 4L) * channels);
        for (int c = 0; c < channels; c++) {
            vectors.put(c, -moments.mean[c]);
        }
        product.get().execute(input, scratch, vectors.operand(0), gradient);
        float[] ofRows = rows.sums(scratch);
        if (ofRows == null) {
            return false;
        }
        double[] products = ofChannels(ofRows); // of dy and x - mean
        double[] gradients = ofChannels(rows.sums(gradient));
        for (int c = 0; c < channels; c++) {
            dGamma[c] = (float) (products[c] * moments.inverse[c]);
            dBeta[c] = (float) gradients[c];
        }
        if (dx == null) {
            return true;
        }
        double count = (double) examples * positions;
        for (int c = 0; c < channels; c++) {
            double inverse = moments.inverse[c];
            vectors.put(c, -moments.mean[c]);
            vectors.put(channels + c, -products[c] * inverse * inverse * moments.factor(c, count));
            vectors.put(2 * channels + c, -gradients[c] / count);
            vectors.put(3 * channels + c, factor(gamma, moments, c));
        }
        Operand to = Operand.of(dx);
        if (given) {
            last.get().execute(gradient, to, vectors.operand(3L * channels));
        } else {
            last.get()
                    .execute(
                            input,
                            to,
                            vectors.operand(0),
                            vectors.operand(channels),
                            gradient,
                            vectors.operand(2L * channels),
                            vectors.operand(3L * channels));
        }
        return true;
    }

    private static double factor(float[] gamma, Moments moments, int channel) {
        return gamma == null ? moments.inverse[channel] : gamma[channel] * moments.inverse[channel];
    }

    /** Sums of the rows' values. */
    private double[] ofChannels(float[] rows) {
        double[] result = new double[channels];
        for (int row = 0; row < rows.length; row++) {
            result[row % channels] += rows[row];
        }
        return result;
    }

    // ---- primitives -----------------------------------------------------------------------------

    private PrimitiveCache.Key key(String operation) {
        return new PrimitiveCache.Key(
                        operation, ThreadCount.forElements((long) examples * channels * positions))
                .with(examples)
                .with(channels)
                .with(positions);
    }

    private Elementwise elementwise(Elementwise.Step... steps) {
        return new Elementwise(examples, channels, positions, steps);
    }

    private Primitive momentsPrimitive() {
        dnnl_memory_desc_t rows = OneDnn.dense((long) examples * channels, positions);
        dnnl_memory_desc_t vector = OneDnn.dense((long) examples * channels);
        dnnl_layer_normalization_desc_t operation = new dnnl_layer_normalization_desc_t();
        OneDnn.check(
                dnnl_layer_normalization_forward_desc_init(
                        operation, dnnl_forward_training, rows, vector, 1, 0),
                "layer normalization");
        return new Primitive.Builder(operation, null, "layer normalization")
                .plain(DNNL_ARG_SRC, rows)
                .plain(DNNL_ARG_MEAN, vector)
                .plain(DNNL_ARG_VARIANCE, vector)
                .plain(DNNL_ARG_DST, rows)
                .build();
    }
}
