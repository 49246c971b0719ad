package org.lamina.layers.builders;

import java.util.Arrays;
import java.util.function.Supplier;
import org.lamina.layers.base.AbstractSpecLayer;
import org.lamina.spec.Activator;
import org.lamina.spec.Checks;
import org.lamina.spec.ConvGeometry;
import org.lamina.spec.ConvModernSpec;
import org.lamina.spec.LayerOrder;
import org.lamina.spec.Normalizer;
import org.lamina.spec.Scaler;
import org.lamina.spec.UpsampleGeometry;
import org.nd4j.linalg.activations.impl.ActivationIdentity;

/**
 * Convolution with normalization, activation and scaling in one, two or three dimensions.
 *
 * <pre>
 * order 'new'        y = conv(up(act(norm(x))))
 * order 'old'        y = act(norm(conv(up(x))))
 * normalizer 'null'  y = act(conv(up(x))), in either order
 * </pre>
 *
 * <p>up is {@link UpsampleBuilder linear upsampling} to {@code floor(in * stride)} or to the output
 * size; it is applied with scaler 'up' and a stride above 1 or an output size, and the convolution
 * then has stride 1. With scaler 'down' the stride is the convolution's. norm is {@link
 * BatchNormBuilder batch} or {@link InstanceNormBuilder instance normalization} with eps 1e-5,
 * momentum 0.1; act is {@link PReLUBuilder PReLU} with initial slope 0.25, or ReLU.
 *
 * <p>Input {@code [N, nIn, T]}, {@code [N, nIn, H, W]} or {@code [N, nIn, D, H, W]}, or with
 * channels last; output {@code [N, nOut, ...]}. Parameters: {@code W [nOut, nIn, k...]}; {@code b
 * [nOut]} with normalizer 'null' only; for each channel C that is normalized and activated (nIn in
 * order 'new', nOut in order 'old' and without normalizer): {@code gamma [C]}, {@code beta [C]}
 * with 'batch' and 'pinst', the running statistics {@code mean [C]}, {@code var [C]} with 'batch',
 * {@code slope [C]} with 'prelu'.
 *
 * <p>Defaults: kernel 3, no further activation function (the network's global one is not applied).
 * Names are those of the source and case-insensitive; they are checked when the layer is built.
 *
 * <p>Source: MDNC 0.1, {@code mdnc.modules.conv.ConvModern1d}, {@code ConvModern2d} and {@code
 * ConvModern3d}, https://github.com/cainmagi/MDNC.
 *
 * <p>Differs from the source in: arguments that it ignores are errors: unknown names of an
 * activator, order or scaler; an output size with scaler 'down' or together with a stride. Masked
 * positions are excluded from the statistics and contribute nothing.
 *
 * @param <T> the builder's own type
 */
public abstract class ConvModernBuilder<T extends ConvModernBuilder<T>>
        extends AbstractSpecLayer.Builder<T, ConvModernSpec> {

    private final int rank;
    private final int[] kernel;
    private int[] stride = {1};
    private int[] padding = {1};
    private long[] outputSize;
    private Supplier<Normalizer> normalizer = () -> Normalizer.PINST;
    private Supplier<Activator> activator = () -> Activator.PRELU;
    private Supplier<LayerOrder> order = () -> LayerOrder.NEW;
    private Supplier<Scaler> scaler = () -> Scaler.DOWN;

    /** A kernel of {@code rank} dimensions: one number per dimension, or one for all. */
    protected ConvModernBuilder(int rank, int... kernel) {
        this.rank = rank;
        this.kernel = kernel == null ? null : kernel.clone();
        activation(new ActivationIdentity());
    }

    /**
     * Down- or upsampling factor, see {@link #scaler}; one number per spatial dimension or one for
     * all. Default 1.
     */
    public T stride(int... stride) {
        this.stride = stride == null ? null : stride.clone();
        return self();
    }

    /**
     * Zeros around the convolution's input on both sides, one number per spatial dimension or one
     * for all. Default 1.
     */
    public T padding(int... padding) {
        this.padding = padding == null ? null : padding.clone();
        return self();
    }

    /**
     * Size after upsampling, before the convolution; one number per spatial dimension or one for
     * all. Replaces the stride and requires scaler 'up'. Default none.
     */
    public T outputSize(long... outputSize) {
        this.outputSize = outputSize == null ? null : outputSize.clone();
        return self();
    }

    /** Normalization. Default {@link Normalizer#PINST}. */
    public T normalizer(Normalizer normalizer) {
        this.normalizer = () -> normalizer;
        return self();
    }

    /** Normalization: "batch", "inst", "pinst" or "null". Default "pinst". */
    public T normalizer(String name) {
        this.normalizer = () -> Checks.named("normalizer", name, Normalizer.class);
        return self();
    }

    /** Activation. Default {@link Activator#PRELU}. */
    public T activator(Activator activator) {
        this.activator = () -> activator;
        return self();
    }

    /** Activation: "prelu", "relu" or "null". Default "prelu". */
    public T activator(String name) {
        this.activator = () -> Checks.named("activator", name, Activator.class);
        return self();
    }

    /** Order of the operations. Default {@link LayerOrder#NEW}. */
    public T layerOrder(LayerOrder order) {
        this.order = () -> order;
        return self();
    }

    /** Order of the operations: "new" or "old". Default "new". */
    public T layerOrder(String name) {
        this.order = () -> Checks.named("layerOrder", name, LayerOrder.class);
        return self();
    }

    /** What the stride does. Default {@link Scaler#DOWN}. */
    public T scaler(Scaler scaler) {
        this.scaler = () -> scaler;
        return self();
    }

    /** What the stride does: "down" or "up". Default "down". */
    public T scaler(String name) {
        this.scaler = () -> Checks.named("scaler", name, Scaler.class);
        return self();
    }

    @Override
    protected ConvModernSpec spec() {
        ConvGeometry strided =
                ConvGeometry.builder(rank, kernel).stride(stride).padding(padding).build();
        boolean up = Checks.given("scaler", scaler.get(), Scaler.class) == Scaler.UP;
        return new ConvModernSpec(
                getNIn(),
                getNOut(),
                up ? strided.withStride(1) : strided,
                upsampling(strided.stride(), up),
                normalizer.get(),
                activator.get(),
                order.get());
    }

    private UpsampleGeometry upsampling(int[] strides, boolean up) {
        boolean scales = Arrays.stream(strides).anyMatch(s -> s > 1);
        if (outputSize != null && (scales || !up)) {
            throw new IllegalArgumentException(
                    String.format(
                            "outputSize = %s with %s; it requires scaler 'up' and replaces the"
                                    + " stride",
                            Arrays.toString(outputSize),
                            up ? "stride = " + Arrays.toString(strides) : "scaler = 'down'"));
        }
        if (outputSize != null) {
            return new UpsampleGeometry(rank, null, outputSize);
        }
        double[] scale = Arrays.stream(strides).asDoubleStream().toArray();
        return up && scales ? new UpsampleGeometry(rank, scale, null) : null;
    }
}
