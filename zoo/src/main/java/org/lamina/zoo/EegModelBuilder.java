package org.lamina.zoo;

import java.util.Arrays;
import java.util.List;
import org.deeplearning4j.exception.DL4JInvalidConfigException;

/**
 * Options that networks for EEG share. Options that are not set have the preset's values.
 *
 * @param <P> the network's presets
 * @param <B> the builder's own type
 */
public abstract class EegModelBuilder<
                P extends Enum<P> & EegVariant, B extends EegModelBuilder<P, B>>
        extends NetworkBuilder<B> {

    P preset;
    int channels = 22;
    int samples = 256;
    int classes = 4;
    private Integer kernelLength;
    private Integer temporalFilters;
    private Integer depthMultiplier;
    private Integer filters;
    private Integer poolLength;
    private Double dropout;
    EegModel.DropoutType dropoutType = EegModel.DropoutType.ELEMENT;
    private Double denseMaxNorm;
    private boolean denseMaxNormSet;
    private Double batchNormMomentum;
    boolean logits;
    boolean fused;

    EegModelBuilder(String network, P preset) {
        super(network);
        this.preset = preset;
    }

    /** The published variant. Default: the network's first. */
    public B preset(P value) {
        this.preset = value;
        return self();
    }

    /**
     * The published variant of this name.
     *
     * @throws DL4JInvalidConfigException listing the presets, if there is none
     */
    public B presetNamed(String name) {
        for (P value : preset.getDeclaringClass().getEnumConstants()) {
            if (value.name().equalsIgnoreCase(name)) {
                return preset(value);
            }
        }
        throw new DL4JInvalidConfigException(
                network + ": preset = " + name + "; must be one of " + presets());
    }

    /** Names of the published variants. */
    public List<String> presets() {
        return Arrays.stream(preset.getDeclaringClass().getEnumConstants())
                .map(Enum::name)
                .toList();
    }

    /** Name of the published variant. */
    public String presetName() {
        return preset.name();
    }

    /** The preset's values. */
    public EegVariant.Defaults defaults() {
        return preset.defaults();
    }

    /** Number of EEG channels. Default 22. */
    public B channels(int value) {
        this.channels = value;
        return self();
    }

    /** Number of samples of an epoch. Default 256. */
    public B samples(int value) {
        this.samples = value;
        return self();
    }

    /** Number of classes. Default 4. */
    public B classes(int value) {
        this.classes = value;
        return self();
    }

    /** Length of the (longest) temporal filters in samples. */
    public B kernelLength(int value) {
        this.kernelLength = value;
        return self();
    }

    /** Number of temporal filters (F1), of each length if there are several. */
    public B f1(int value) {
        this.temporalFilters = value;
        return self();
    }

    /** Spatial filters for each temporal one (D), in networks that have them. */
    public B d(int value) {
        this.depthMultiplier = value;
        return self();
    }

    /** Number of the filters after those (F2), in networks that have them. */
    public B f2(int value) {
        this.filters = value;
        return self();
    }

    /** Window of the pooling layers in samples, in networks that have one for all. */
    public B poolLength(int value) {
        this.poolLength = value;
        return self();
    }

    /** Probability of dropping a value, in [0, 1). */
    public B dropout(double value) {
        this.dropout = value;
        return self();
    }

    /** What dropout drops. Default: single values. */
    public B dropoutType(EegModel.DropoutType value) {
        this.dropoutType = value;
        return self();
    }

    /** Maximum norm of a class's weights, or null for no constraint. */
    public B denseMaxNorm(Double value) {
        this.denseMaxNorm = value;
        this.denseMaxNormSet = true;
        return self();
    }

    /**
     * Weight of a batch in the running statistics, in (0, 1]. With 0.01 they take some hundred
     * updates to follow the training.
     */
    public B batchNormMomentum(double value) {
        this.batchNormMomentum = value;
        return self();
    }

    /**
     * Outputs logits instead of probabilities; the loss is then {@link CrossEntropyWithLogits}.
     * Default false.
     */
    public B logits(boolean value) {
        this.logits = value;
        return self();
    }

    /**
     * Whether temporal filters, their normalization, if any, and spatial filters are fused into one
     * layer, {@link org.lamina.layers.TemporalSpatialConv2D} or {@link
     * org.lamina.layers.CombinedConv2D}: outputs, training and parameters are the same, but a
     * training step takes a fraction of the time. Weights are imported by name into the network
     * that is not fused; {@link org.lamina.layers.TemporalSpatialFusion} turns one into the other.
     * Default false.
     */
    public B fused(boolean value) {
        this.fused = value;
        return self();
    }

    /** Whether no activation function stands between temporal and spatial filters. */
    boolean linearFront() {
        return true;
    }

    /**
     * The network.
     *
     * @throws DL4JInvalidConfigException naming the argument, its value and what is allowed
     */
    public abstract EegModel<B, ?> build();

    int kernelLength() {
        return kernelLength == null ? defaults().kernelLength() : kernelLength;
    }

    int temporalFilters() {
        return temporalFilters == null ? defaults().temporalFilters() : temporalFilters;
    }

    int depthMultiplier() {
        return depthMultiplier == null ? defaults().depthMultiplier() : depthMultiplier;
    }

    int filters() {
        return filters == null ? defaults().filters() : filters;
    }

    int poolLength() {
        return poolLength == null ? defaults().poolLength() : poolLength;
    }

    double dropout() {
        return dropout == null ? defaults().dropout() : dropout;
    }

    double batchNormMomentum() {
        return momentumOr(defaults().batchNormMomentum());
    }

    /** The value that was set, or else another one than the preset's. */
    double momentumOr(double otherwise) {
        return batchNormMomentum == null ? otherwise : batchNormMomentum;
    }

    Double denseMaxNorm() {
        return denseMaxNormSet ? denseMaxNorm : defaults().denseMaxNorm();
    }

    @Override
    int[] inputShape() {
        return new int[] {1, channels, samples};
    }

    @Override
    String inputDimensions() {
        return "1, channels, samples";
    }

    @Override
    boolean takesInputShape(int[] shape) {
        if (shape.length != 3 || shape[0] != 1) {
            return false;
        }
        channels(shape[1]).samples(shape[2]);
        return true;
    }

    @Override
    final void check() {
        present("preset", preset);
        present("dropoutType", dropoutType);
        positive("channels", channels);
        positive("samples", samples);
        positive("classes", classes);
        positive("kernelLength", kernelLength());
        positive("f1", temporalFilters());
        option("d", depthMultiplier, defaults().depthMultiplier());
        option("f2", filters, defaults().filters());
        option("poolLength", poolLength, defaults().poolLength());
        positiveOrNull("denseMaxNorm", denseMaxNorm());
        require(
                batchNormMomentum() > 0 && batchNormMomentum() <= 1,
                "batchNormMomentum",
                batchNormMomentum(),
                "must be in (0, 1]");
        share("dropout", dropout());
        require(
                !fused || linearFront(),
                "fused",
                true,
                "an activation function stands between temporal and spatial filters");
        if (kernelLength() > samples) {
            throw new DL4JInvalidConfigException(
                    String.format(
                            "%s: kernelLength = %d is longer than an epoch of %d samples",
                            network, kernelLength(), samples));
        }
        checkOwn();
        require(
                samples >= fewestSamples(),
                "samples",
                samples,
                "too few: the filters and poolings need " + fewestSamples() + " at least");
    }

    /** Checks the network's own options. */
    abstract void checkOwn();

    /** Number of samples of the shortest epoch that reaches the classifier. */
    public abstract int fewestSamples();

    private void option(String field, Integer given, Integer preset) {
        require(preset != null || given == null, field, given, "the network has no such option");
        positive(field, given == null ? 1 : given);
    }
}
