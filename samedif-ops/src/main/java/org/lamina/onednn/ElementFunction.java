package org.lamina.onednn;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;
import static org.bytedeco.dnnl.global.dnnl.dnnl_eltwise_backward_desc_init;
import static org.bytedeco.dnnl.global.dnnl.dnnl_eltwise_elu;
import static org.bytedeco.dnnl.global.dnnl.dnnl_eltwise_forward_desc_init;
import static org.bytedeco.dnnl.global.dnnl.dnnl_eltwise_gelu_erf;
import static org.bytedeco.dnnl.global.dnnl.dnnl_eltwise_gelu_tanh;
import static org.bytedeco.dnnl.global.dnnl.dnnl_eltwise_linear;
import static org.bytedeco.dnnl.global.dnnl.dnnl_eltwise_logistic;
import static org.bytedeco.dnnl.global.dnnl.dnnl_eltwise_relu;
import static org.bytedeco.dnnl.global.dnnl.dnnl_eltwise_swish;
import static org.bytedeco.dnnl.global.dnnl.dnnl_eltwise_tanh;
import static org.bytedeco.dnnl.global.dnnl.dnnl_forward_training;
import static org.bytedeco.dnnl.global.dnnl.dnnl_post_ops_append_eltwise;

import java.util.Arrays;
import java.util.Optional;
import org.bytedeco.dnnl.dnnl_eltwise_desc_t;
import org.bytedeco.dnnl.dnnl_memory_desc_t;
import org.bytedeco.dnnl.dnnl_post_ops;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.transforms.clip.ClipByValue;
import org.nd4j.linalg.factory.Nd4j;

/** oneDNN's elementwise functions, times a constant, and their gradients. */
public final class ElementFunction {

    private static final float TINY = 1e-30f;

    private final int algorithm;
    private final float alpha;
    private final double factor;
    private final double gradientBound;

    private ElementFunction(int algorithm, double alpha) {
        this(algorithm, (float) alpha, 1, Double.POSITIVE_INFINITY);
    }

    private ElementFunction(int algorithm, float alpha, double factor, double gradientBound) {
        this.algorithm = algorithm;
        this.alpha = alpha;
        this.factor = factor;
        this.gradientBound = gradientBound;
    }

    /** x for x above 0 and for NaN, otherwise 0. */
    public static ElementFunction relu() {
        return new ElementFunction(dnnl_eltwise_relu, 0);
    }

    /** {@code 1 / (1 + exp(-x))}. */
    public static ElementFunction sigmoid() {
        return new ElementFunction(dnnl_eltwise_logistic, 0);
    }

    /** Hyperbolic tangent. */
    public static ElementFunction tanh() {
        return new ElementFunction(dnnl_eltwise_tanh, 0);
    }

    /** x for x above 0, otherwise {@code alpha * (exp(x) - 1)}. */
    public static ElementFunction elu(double alpha) {
        return new ElementFunction(dnnl_eltwise_elu, alpha);
    }

    /** {@code x * sigmoid(beta * x)}. */
    public static ElementFunction swish(double beta) {
        return new ElementFunction(dnnl_eltwise_swish, beta);
    }

    /** {@code x / 2 * (1 + erf(x / sqrt(2)))}. */
    public static ElementFunction gelu() {
        return new ElementFunction(dnnl_eltwise_gelu_erf, 0);
    }

    /**
     * {@code x / 2 * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 * x^3)))}.
     *
     * @param bound the gradient at larger inputs is that at this one, and likewise below its
     *     negative: oneDNN's is NaN where x^2 is infinite
     */
    public static ElementFunction geluTanh(double bound) {
        return new ElementFunction(dnnl_eltwise_gelu_tanh, 0, 1, bound);
    }

    boolean isRectifier() {
        return algorithm == dnnl_eltwise_relu;
    }

    boolean isSigmoid() {
        return algorithm == dnnl_eltwise_logistic;
    }

    /** Appends the function to what a primitive does with its result. */
    void appendTo(dnnl_post_ops operations) {
        // A slope of nearly 0 keeps NaN, which oneDNN's function with slope 0 replaces by 0. It
        // also
        // keeps minus infinity, which Program looks out for.
        float parameter = algorithm == dnnl_eltwise_relu ? TINY : alpha;
        OneDnn.check(
                dnnl_post_ops_append_eltwise(operations, (float) factor, algorithm, parameter, 0),
                "function");
    }

    /** {@code constant * x}. */
    private static ElementFunction linear(double constant) {
        return new ElementFunction(dnnl_eltwise_linear, constant);
    }

    /** This function times a constant. */
    public ElementFunction times(double constant) {
        return new ElementFunction(algorithm, alpha, factor * constant, gradientBound);
    }

    /**
     * Overwrites x with f(x).
     *
     * @return false if oneDNN does not support it; x is then unchanged
     */
    public boolean apply(INDArray x) {
        return apply(x, x);
    }

    /**
     * Writes f(x) to y.
     *
     * @return false if oneDNN does not support it; y is then unchanged
     */
    public boolean apply(INDArray x, INDArray y) {
        if (!isDense(x) || !isLike(x, y)) {
            return false;
        }
        if (algorithm == dnnl_eltwise_relu) {
            return rectify(x, y);
        }
        Optional<Primitive> primitive =
                PrimitiveCache.get(key("function", x), () -> forward(x.length()));
        primitive.ifPresent(p -> p.execute(x, y));
        return primitive.isPresent() && scaled(y);
    }

    /**
     * {@code max(max(x, 0), x) * factor}: oneDNN's function gives 0 for NaN; its maximum gives the
     * second operand if one is NaN.
     */
    private boolean rectify(INDArray x, INDArray y) {
        Optional<Primitive> primitive =
                elementwise(
                        x,
                        Elementwise.Step.MAX_CHANNEL,
                        Elementwise.Step.MAX_ARRAY,
                        Elementwise.Step.MULTIPLY_CHANNEL);
        Operand from = Operand.of(x);
        Operand[] constants = constants(0, factor);
        primitive.ifPresent(p -> p.execute(from, Operand.of(y), constants[0], from, constants[1]));
        return primitive.isPresent();
    }

    /** {@code (x > 0) * factor * dy}: one pass where oneDNN's function and the factor take two. */
    private boolean rectifyGradient(INDArray x, INDArray dy, INDArray dx) {
        Optional<Primitive> primitive =
                elementwise(
                        x,
                        Elementwise.Step.ABOVE_CHANNEL,
                        Elementwise.Step.MULTIPLY_CHANNEL,
                        Elementwise.Step.MULTIPLY_ARRAY);
        Operand[] constants = constants(0, factor);
        primitive.ifPresent(
                p ->
                        p.execute(
                                Operand.of(x),
                                Operand.of(dx),
                                constants[0],
                                constants[1],
                                Operand.of(dy)));
        return primitive.isPresent();
    }

    private static Optional<Primitive> elementwise(INDArray x, Elementwise.Step... steps) {
        return new Elementwise(1, 1, x.length(), steps).primitive();
    }

    /** Two numbers as operands. */
    private static Operand[] constants(double first, double second) {
        Vectors vectors = Vectors.current(2);
        vectors.put(0, first);
        vectors.put(1, second);
        return new Operand[] {vectors.operand(0), vectors.operand(1)};
    }

    /**
     * A second pass: this oneDNN version fuses the product only with a reference implementation.
     */
    private boolean scaled(INDArray result) {
        return factor == 1 || linear(factor).apply(result);
    }

    /**
     * Gradient.
     *
     * @param dx receives f'(x) * dy; may be x or dy
     * @return false if oneDNN does not support it; dx is then unchanged
     */
    public boolean backward(INDArray x, INDArray dy, INDArray dx) {
        if (!isDense(x) || !isLike(x, dy) || !isLike(x, dx)) {
            return false;
        }
        if (algorithm == dnnl_eltwise_relu && factor != 1) {
            return rectifyGradient(x, dy, dx);
        }
        Optional<Primitive> primitive =
                PrimitiveCache.get(key("function, gradient", x), () -> backward(x.length()));
        primitive.ifPresent(p -> p.execute(bounded(x), dy, dx));
        return primitive.isPresent() && scaled(dx);
    }

    private INDArray bounded(INDArray x) {
        return Double.isInfinite(gradientBound)
                ? x
                : Nd4j.exec(new ClipByValue(x, -gradientBound, gradientBound))[0];
    }

    private static boolean isDense(INDArray array) {
        return OneDnn.serves(array)
                && !array.isEmpty()
                && isDense(array.shape(), array.stride(), array.ordering());
    }

    /** Whether the array is contiguous in 'c' or 'f' order. */
    private static boolean isDense(long[] shape, long[] strides, char order) {
        long stride = 1;
        for (int i = 0; i < shape.length; i++) {
            int d = order == 'f' ? i : shape.length - 1 - i;
            if (shape[d] != 1 && strides[d] != stride) {
                return false;
            }
            stride *= shape[d];
        }
        return true;
    }

    private static boolean isLike(INDArray array, INDArray other) {
        return other.dataType() == array.dataType()
                && Arrays.equals(other.shape(), array.shape())
                && Arrays.equals(other.stride(), array.stride());
    }

    private PrimitiveCache.Key key(String operation, INDArray x) {
        return new PrimitiveCache.Key(operation, ThreadCount.forElements(x.length()))
                .with(algorithm)
                .with(Float.floatToIntBits(alpha))
                .with(x.length());
    }

    private dnnl_eltwise_desc_t forwardOperation(dnnl_memory_desc_t layout) {
        dnnl_eltwise_desc_t result = new dnnl_eltwise_desc_t();
        OneDnn.check(
                dnnl_eltwise_forward_desc_init(
                        result, dnnl_forward_training, algorithm, layout, alpha, 0),
                "function");
        return result;
    }

    private Primitive forward(long length) {
        dnnl_memory_desc_t layout = OneDnn.dense(length);
        return new Primitive.Builder(forwardOperation(layout), null, "function")
                .plain(DNNL_ARG_SRC, layout)
                .plain(DNNL_ARG_DST, layout)
                .build();
    }

    private Primitive backward(long length) {
        dnnl_memory_desc_t layout = OneDnn.dense(length);
        dnnl_eltwise_desc_t operation = new dnnl_eltwise_desc_t();
        OneDnn.check(
                dnnl_eltwise_backward_desc_init(operation, algorithm, layout, layout, alpha, 0),
                "function");
        return Primitive.Builder.backward(operation, forwardOperation(layout), "function")
                .plain(DNNL_ARG_SRC, layout)
                .plain(DNNL_ARG_DIFF_DST, layout)
                .plain(DNNL_ARG_DIFF_SRC, layout)
                .build();
    }
}
