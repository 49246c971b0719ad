package org.lamina.spec;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * A convolution with normalization, activation and scaling, in 1, 2 or 3 dimensions.
 *
 * <pre>
 * order 'new'        normalize, activate, [upsample], convolve
 * order 'old'        [upsample], convolve, normalize, activate
 * normalizer 'null'  [upsample], convolve, activate, in either order
 * </pre>
 *
 * <p>Parameters: {@code W [out, in, k...]}; {@code b [out]} with normalizer 'null' only; {@code
 * gamma}, {@code beta} (batch, pinst) and the running statistics {@code mean}, {@code var} (batch)
 * of each normalized channel; {@code slope} (prelu) of each activated channel. A channel is
 * normalized and activated before the convolution in order 'new', otherwise after it.
 *
 * @param inChannels number of input channels, or 0 if not yet known
 * @param outChannels number of output channels
 * @param geometry kernel, stride and padding of the convolution itself
 * @param upsampling before the convolution, or null for none
 * @param normalizer normalization
 * @param activator activation
 * @param order order of the parts
 */
public record ConvModernSpec(
        long inChannels,
        long outChannels,
        ConvGeometry geometry,
        UpsampleGeometry upsampling,
        Normalizer normalizer,
        Activator activator,
        LayerOrder order)
        implements LayerSpec {

    /** Added to variances. */
    public static final double EPS = 1e-5;

    /** Weight of the batch statistics in the update of the running statistics. */
    public static final double MOMENTUM = 0.1;

    public ConvModernSpec {
        Objects.requireNonNull(geometry, "geometry");
        Checks.given("normalizer", normalizer, Normalizer.class);
        Checks.given("activator", activator, Activator.class);
        Checks.given("layerOrder", order, LayerOrder.class);
        new ConvSpec(inChannels, outChannels, geometry, true, NormSpec.none()); // checks channels
    }

    @Override
    public int spatialRank() {
        return geometry.rank();
    }

    /** The convolution; it has a bias where nothing is normalized. */
    public ConvSpec convolution() {
        return new ConvSpec(
                inChannels, outChannels, geometry, normalizer == Normalizer.NULL, NormSpec.none());
    }

    /** Whether the input is normalized and activated, rather than the convolution's output. */
    public boolean activatesInput() {
        return normalizer != Normalizer.NULL && order == LayerOrder.NEW;
    }

    private long activatedChannels() {
        return activatesInput() ? inChannels : outChannels;
    }

    /** The normalization, a {@link BatchNormSpec} or {@link InstanceNormSpec}; null for none. */
    public LayerSpec normalization() {
        long channels = activatedChannels();
        return switch (normalizer) {
            case BATCH -> new BatchNormSpec(channels, EPS, MOMENTUM);
            case NULL -> null;
            default -> new InstanceNormSpec(channels, normalizer == Normalizer.PINST, EPS);
        };
    }

    @Override
    public double momentum() {
        return MOMENTUM;
    }

    @Override
    public ConvModernSpec withInChannels(long channels) {
        return withChannels(channels, outChannels);
    }

    @Override
    public ConvModernSpec withOutChannels(long channels) {
        return withChannels(inChannels, channels);
    }

    private ConvModernSpec withChannels(long in, long out) {
        return new ConvModernSpec(in, out, geometry, upsampling, normalizer, activator, order);
    }

    @Override
    public List<ParamSpec> params() {
        List<ParamSpec> all = new ArrayList<>(convolution().params());
        if (normalizer != Normalizer.NULL) {
            all.addAll(normalization().params());
        }
        if (activator == Activator.PRELU) {
            all.addAll(new PReLUSpec(activatedChannels(), PReLUSpec.DEFAULT_SLOPE).params());
        }
        return all;
    }

    @Override
    public long[] outputSize(long... inputSize) {
        long[] output = LayerSpec.super.outputSize(inputSize);
        if (normalizer != Normalizer.NULL) {
            normalization().outputSize(activatesInput() ? inputSize : output);
        }
        return output;
    }

    @Override
    public void checkTraining(long examples, long... inputSize) {
        if (normalizer != Normalizer.NULL) {
            normalization()
                    .checkTraining(examples, activatesInput() ? inputSize : outputSize(inputSize));
        }
    }

    @Override
    public List<Window> windows() {
        return upsampling == null ? List.of(geometry) : List.of(upsampling, geometry);
    }
}
