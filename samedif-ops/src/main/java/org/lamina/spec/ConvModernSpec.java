package org.lamina.spec;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonProperty;

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
 * normalized and activated before the convolution in order 'new', else after it.
 */
public final class ConvModernSpec implements LayerSpec {

    /** Added to variances. */
    public static final double EPS = 1e-5;

    /** Share of a batch's statistics in the running ones. */
    public static final double MOMENTUM = 0.1;

    private static final long serialVersionUID = 1L;

    private final long inChannels;
    private final long outChannels;
    private final ConvGeometry geometry;
    private final UpsampleGeometry upsampling;
    private final Normalizer normalizer;
    private final Activator activator;
    private final LayerOrder order;

    /**
     * Creates the specification.
     *
     * @param inChannels number of input channels, or 0 for not yet known
     * @param outChannels number of output channels
     * @param geometry kernel, stride and padding of the convolution itself
     * @param upsampling before the convolution, or null for none
     * @param normalizer normalization
     * @param activator activation
     * @param order order of the parts
     * @throws IllegalArgumentException naming the field, its value and what is allowed
     */
    @JsonCreator
    public ConvModernSpec(
            @JsonProperty("inChannels") long inChannels,
            @JsonProperty("outChannels") long outChannels,
            @JsonProperty("geometry") ConvGeometry geometry,
            @JsonProperty("upsampling") UpsampleGeometry upsampling,
            @JsonProperty("normalizer") Normalizer normalizer,
            @JsonProperty("activator") Activator activator,
            @JsonProperty("order") LayerOrder order) {
        this.inChannels = inChannels;
        this.outChannels = outChannels;
        this.geometry = Objects.requireNonNull(geometry, "geometry");
        this.upsampling = upsampling;
        this.normalizer = Checks.given("normalizer", normalizer, Normalizer.class);
        this.activator = Checks.given("activator", activator, Activator.class);
        this.order = Checks.given("layerOrder", order, LayerOrder.class);
        convolution(); // checks the channels
    }

    @Override
    public int spatialRank() {
        return geometry.rank();
    }

    @Override
    @JsonProperty("inChannels")
    public long inChannels() {
        return inChannels;
    }

    @Override
    @JsonProperty("outChannels")
    public long outChannels() {
        return outChannels;
    }

    /** Kernel, stride and padding of the convolution itself. */
    @JsonProperty("geometry")
    public ConvGeometry geometry() {
        return geometry;
    }

    /** Upsampling before the convolution, or null. */
    @JsonProperty("upsampling")
    public UpsampleGeometry upsampling() {
        return upsampling;
    }

    /** Normalization. */
    @JsonProperty("normalizer")
    public Normalizer normalizer() {
        return normalizer;
    }

    /** Activation. */
    @JsonProperty("activator")
    public Activator activator() {
        return activator;
    }

    /** Order of the parts. */
    @JsonProperty("order")
    public LayerOrder order() {
        return order;
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
        switch (normalizer) {
            case BATCH:
                return new BatchNormSpec(activatedChannels(), EPS, MOMENTUM);
            case NULL:
                return null;
            default:
                return new InstanceNormSpec(
                        activatedChannels(), normalizer == Normalizer.PINST, EPS);
        }
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
        long[] size = upsampling == null ? inputSize : upsampling.outputSize(inputSize);
        long[] output = geometry.outputSize(size);
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

    @Override
    public boolean equals(Object o) {
        if (!(o instanceof ConvModernSpec)) {
            return false;
        }
        ConvModernSpec other = (ConvModernSpec) o;
        return inChannels == other.inChannels
                && outChannels == other.outChannels
                && geometry.equals(other.geometry)
                && Objects.equals(upsampling, other.upsampling)
                && normalizer == other.normalizer
                && activator == other.activator
                && order == other.order;
    }

    @Override
    public int hashCode() {
        return Objects.hash(
                inChannels, outChannels, geometry, upsampling, normalizer, activator, order);
    }

    @Override
    public String toString() {
        return inChannels
                + " -> "
                + outChannels
                + ", "
                + (upsampling == null ? "" : "upsampling to " + upsampling + ", ")
                + geometry
                + ", normalizer "
                + normalizer
                + ", activator "
                + activator
                + ", order "
                + order;
    }
}
