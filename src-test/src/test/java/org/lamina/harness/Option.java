package org.lamina.harness;

import java.util.List;
import java.util.Locale;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;
import org.deeplearning4j.nn.api.layers.LayerConstraint;
import org.deeplearning4j.nn.conf.distribution.Distribution;
import org.deeplearning4j.nn.conf.weightnoise.IWeightNoise;
import org.deeplearning4j.nn.weights.IWeightInit;
import org.deeplearning4j.nn.weights.WeightInit;
import org.lamina.layers.base.AbstractSpecLayer;
import org.lamina.layers.builders.BatchNormBuilder;
import org.lamina.layers.builders.CombinedConvBuilder;
import org.lamina.layers.builders.ConstrainedDenseBuilder;
import org.lamina.layers.builders.ConvModernBuilder;
import org.lamina.layers.builders.ConvTransposeBuilder;
import org.lamina.layers.builders.DepthwiseConvBuilder;
import org.lamina.layers.builders.DepthwiseSeparableConvBuilder;
import org.lamina.layers.builders.ECABuilder;
import org.lamina.layers.builders.GroupedConvBuilder;
import org.lamina.layers.builders.InstanceNormBuilder;
import org.lamina.layers.builders.LocalConvBuilder;
import org.lamina.layers.builders.PReLUBuilder;
import org.lamina.layers.builders.SeparableConvBuilder;
import org.lamina.layers.builders.SkipInitGainBuilder;
import org.lamina.layers.builders.SqueezeExcitationBuilder;
import org.lamina.layers.builders.StochasticDepthBuilder;
import org.lamina.layers.builders.SwishBuilder;
import org.lamina.layers.builders.TemporalSpatialConvBuilder;
import org.lamina.layers.builders.UpsampleBuilder;
import org.lamina.layers.builders.WSConvBuilder;
import org.lamina.layers.builders.WSConvTransposeBuilder;
import org.lamina.spec.Activator;
import org.lamina.spec.ConvGeometry;
import org.lamina.spec.ConvOptions;
import org.lamina.spec.LayerOrder;
import org.lamina.spec.NormAxes;
import org.lamina.spec.NormOptions;
import org.lamina.spec.Normalizer;
import org.lamina.spec.Padding;
import org.lamina.spec.PaddingMode;
import org.lamina.spec.Scaler;
import org.lamina.spec.StandardizationOptions;
import org.lamina.spec.WeightStandardization;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.IActivation;

/**
 * An option of the layers' builders. Both forms of a layer share their builder's base, so that a
 * test names an option once; its method is named here only.
 */
public enum Option {
    NAME(on(AbstractSpecLayer.Builder.class, String.class, AbstractSpecLayer.Builder::name)),
    N_IN(on(AbstractSpecLayer.Builder.class, Number.class, (b, v) -> b.nIn(v.longValue()))),
    N_OUT(on(AbstractSpecLayer.Builder.class, Number.class, (b, v) -> b.nOut(v.longValue()))),
    ACTIVATION(
            on(
                    AbstractSpecLayer.Builder.class,
                    IActivation.class,
                    AbstractSpecLayer.Builder::activation),
            on(
                    AbstractSpecLayer.Builder.class,
                    Activation.class,
                    AbstractSpecLayer.Builder::activation)),
    WEIGHT_INIT(
            on(
                    AbstractSpecLayer.Builder.class,
                    WeightInit.class,
                    AbstractSpecLayer.Builder::weightInit),
            on(
                    AbstractSpecLayer.Builder.class,
                    Distribution.class,
                    AbstractSpecLayer.Builder::weightInit),
            on(
                    AbstractSpecLayer.Builder.class,
                    IWeightInit.class,
                    AbstractSpecLayer.Builder::weightInit)),
    BIAS_INIT(
            on(AbstractSpecLayer.Builder.class, Double.class, AbstractSpecLayer.Builder::biasInit)),
    CONSTRAIN_WEIGHTS(
            on(
                    AbstractSpecLayer.Builder.class,
                    LayerConstraint[].class,
                    AbstractSpecLayer.Builder::constrainWeights)),
    WEIGHT_NOISE(
            on(
                    AbstractSpecLayer.Builder.class,
                    IWeightNoise.class,
                    AbstractSpecLayer.Builder::weightNoise)),
    CONSTRAIN_ON_FORWARD(
            on(
                    AbstractSpecLayer.Builder.class,
                    Boolean.class,
                    AbstractSpecLayer.Builder::constrainOnForward)),
    INPUT_GRADIENT(
            on(
                    AbstractSpecLayer.Builder.class,
                    Boolean.class,
                    AbstractSpecLayer.Builder::inputGradient)),
    GEOMETRY(on(ConvOptions.class, ConvGeometry.class, ConvOptions::geometry)),
    STRIDE(
            on(ConvOptions.class, int[].class, ConvOptions::stride),
            on(ConvModernBuilder.class, int[].class, ConvModernBuilder::stride)),
    DILATION(on(ConvOptions.class, int[].class, ConvOptions::dilation)),
    PADDING(
            on(ConvOptions.class, int[].class, ConvOptions::padding),
            on(ConvOptions.class, Padding.class, ConvOptions::padding),
            on(ConvOptions.class, String.class, ConvOptions::padding),
            on(ConvModernBuilder.class, int[].class, ConvModernBuilder::padding),
            on(CombinedConvBuilder.class, Integer.class, CombinedConvBuilder::padding),
            on(CombinedConvBuilder.class, Padding.class, CombinedConvBuilder::padding),
            on(CombinedConvBuilder.class, String.class, CombinedConvBuilder::padding),
            on(
                    TemporalSpatialConvBuilder.class,
                    Integer.class,
                    TemporalSpatialConvBuilder::padding),
            on(
                    TemporalSpatialConvBuilder.class,
                    Padding.class,
                    TemporalSpatialConvBuilder::padding),
            on(
                    TemporalSpatialConvBuilder.class,
                    String.class,
                    TemporalSpatialConvBuilder::padding)),
    PADDING_MODE(on(ConvOptions.class, PaddingMode.class, ConvOptions::paddingMode)),
    GROUPS(on(GroupedConvBuilder.class, Integer.class, GroupedConvBuilder::groups)),
    HAS_BIAS(
            on(GroupedConvBuilder.class, Boolean.class, GroupedConvBuilder::hasBias),
            on(DepthwiseConvBuilder.class, Boolean.class, DepthwiseConvBuilder::hasBias),
            on(SeparableConvBuilder.class, Boolean.class, SeparableConvBuilder::hasBias),
            on(LocalConvBuilder.class, Boolean.class, LocalConvBuilder::hasBias),
            on(ConstrainedDenseBuilder.class, Boolean.class, ConstrainedDenseBuilder::hasBias),
            on(
                    DepthwiseSeparableConvBuilder.class,
                    Boolean.class,
                    DepthwiseSeparableConvBuilder::hasBias),
            on(SqueezeExcitationBuilder.class, Boolean.class, SqueezeExcitationBuilder::hasBias)),
    OUTPUT_PADDING(
            on(ConvTransposeBuilder.class, int[].class, ConvTransposeBuilder::outputPadding),
            on(WSConvTransposeBuilder.class, int[].class, WSConvTransposeBuilder::outputPadding)),
    OUTPUT_SIZE(
            on(ConvTransposeBuilder.class, int[].class, ConvTransposeBuilder::outputSize),
            on(WSConvTransposeBuilder.class, int[].class, WSConvTransposeBuilder::outputSize),
            on(ConvModernBuilder.class, long[].class, ConvModernBuilder::outputSize),
            on(UpsampleBuilder.class, long[].class, UpsampleBuilder::outputSize)),
    SCALE(
            on(ECABuilder.class, Double.class, ECABuilder::scale),
            on(SqueezeExcitationBuilder.class, Double.class, SqueezeExcitationBuilder::scale),
            on(UpsampleBuilder.class, double[].class, UpsampleBuilder::scale)),
    GATE(
            on(ECABuilder.class, IActivation.class, ECABuilder::gate),
            on(ECABuilder.class, Activation.class, ECABuilder::gate),
            on(SqueezeExcitationBuilder.class, IActivation.class, SqueezeExcitationBuilder::gate),
            on(SqueezeExcitationBuilder.class, Activation.class, SqueezeExcitationBuilder::gate)),
    INNER_ACTIVATION(
            on(
                    SqueezeExcitationBuilder.class,
                    IActivation.class,
                    SqueezeExcitationBuilder::innerActivation),
            on(
                    SqueezeExcitationBuilder.class,
                    Activation.class,
                    SqueezeExcitationBuilder::innerActivation)),
    REDUCTION(
            on(SqueezeExcitationBuilder.class, Integer.class, SqueezeExcitationBuilder::reduction)),
    HIDDEN(on(SqueezeExcitationBuilder.class, Number.class, (b, v) -> b.hidden(v.longValue()))),
    KERNEL_SIZE(on(ECABuilder.class, Integer.class, ECABuilder::kernelSize)),
    DEPTH_MULTIPLIER(
            on(DepthwiseConvBuilder.class, Integer.class, DepthwiseConvBuilder::depthMultiplier),
            on(
                    DepthwiseSeparableConvBuilder.class,
                    Integer.class,
                    DepthwiseSeparableConvBuilder::depthMultiplier),
            on(SeparableConvBuilder.class, Integer.class, SeparableConvBuilder::depthMultiplier),
            on(
                    TemporalSpatialConvBuilder.class,
                    Integer.class,
                    TemporalSpatialConvBuilder::depthMultiplier)),
    NORMALIZER(
            on(ConvModernBuilder.class, Normalizer.class, ConvModernBuilder::normalizer),
            on(ConvModernBuilder.class, String.class, ConvModernBuilder::normalizer)),
    ACTIVATOR(
            on(ConvModernBuilder.class, Activator.class, ConvModernBuilder::activator),
            on(ConvModernBuilder.class, String.class, ConvModernBuilder::activator)),
    LAYER_ORDER(
            on(ConvModernBuilder.class, LayerOrder.class, ConvModernBuilder::layerOrder),
            on(ConvModernBuilder.class, String.class, ConvModernBuilder::layerOrder)),
    SCALER(
            on(ConvModernBuilder.class, Scaler.class, ConvModernBuilder::scaler),
            on(ConvModernBuilder.class, String.class, ConvModernBuilder::scaler)),
    STANDARDIZATION(
            on(
                    StandardizationOptions.class,
                    WeightStandardization.class,
                    StandardizationOptions::standardization)),
    HAS_GAIN(
            on(WSConvBuilder.class, Boolean.class, WSConvBuilder::hasGain),
            on(WSConvTransposeBuilder.class, Boolean.class, WSConvTransposeBuilder::hasGain)),
    PER_INPUT_CHANNEL(
            on(
                    WSConvTransposeBuilder.class,
                    Boolean.class,
                    WSConvTransposeBuilder::perInputChannel)),
    MAX_NORM(on(NormOptions.class, Double.class, NormOptions::maxNorm)),
    MIN_NORM(on(NormOptions.class, Double.class, NormOptions::minNorm)),
    MIN_MAX_RATE(on(NormOptions.class, Double.class, NormOptions::minMaxRate)),
    NORM_AXES(
            on(NormOptions.class, NormAxes.class, NormOptions::normAxes),
            on(SeparableConvBuilder.class, NormAxes.class, SeparableConvBuilder::normAxes),
            on(CombinedConvBuilder.class, NormAxes.class, CombinedConvBuilder::normAxes),
            on(
                    TemporalSpatialConvBuilder.class,
                    NormAxes.class,
                    TemporalSpatialConvBuilder::normAxes)),
    NORM_EPS(
            on(NormOptions.class, Double.class, NormOptions::normEps),
            on(SeparableConvBuilder.class, Double.class, SeparableConvBuilder::normEps),
            on(CombinedConvBuilder.class, Double.class, CombinedConvBuilder::normEps),
            on(
                    TemporalSpatialConvBuilder.class,
                    Double.class,
                    TemporalSpatialConvBuilder::normEps)),
    DEPTH_MAX_NORM(
            on(SeparableConvBuilder.class, Double.class, SeparableConvBuilder::depthMaxNorm)),
    DEPTH_MIN_NORM(
            on(SeparableConvBuilder.class, Double.class, SeparableConvBuilder::depthMinNorm)),
    DEPTH_MIN_MAX_RATE(
            on(SeparableConvBuilder.class, Double.class, SeparableConvBuilder::depthMinMaxRate)),
    POINT_MAX_NORM(
            on(SeparableConvBuilder.class, Double.class, SeparableConvBuilder::pointMaxNorm)),
    POINT_MIN_NORM(
            on(SeparableConvBuilder.class, Double.class, SeparableConvBuilder::pointMinNorm)),
    POINT_MIN_MAX_RATE(
            on(SeparableConvBuilder.class, Double.class, SeparableConvBuilder::pointMinMaxRate)),
    TEMPORAL_MAX_NORM(
            on(CombinedConvBuilder.class, Double.class, CombinedConvBuilder::temporalMaxNorm),
            on(
                    TemporalSpatialConvBuilder.class,
                    Double.class,
                    TemporalSpatialConvBuilder::temporalMaxNorm)),
    TEMPORAL_MIN_NORM(
            on(CombinedConvBuilder.class, Double.class, CombinedConvBuilder::temporalMinNorm),
            on(
                    TemporalSpatialConvBuilder.class,
                    Double.class,
                    TemporalSpatialConvBuilder::temporalMinNorm)),
    TEMPORAL_MIN_MAX_RATE(
            on(CombinedConvBuilder.class, Double.class, CombinedConvBuilder::temporalMinMaxRate),
            on(
                    TemporalSpatialConvBuilder.class,
                    Double.class,
                    TemporalSpatialConvBuilder::temporalMinMaxRate)),
    TEMPORAL_BIAS(
            on(CombinedConvBuilder.class, Boolean.class, CombinedConvBuilder::temporalBias),
            on(
                    TemporalSpatialConvBuilder.class,
                    Boolean.class,
                    TemporalSpatialConvBuilder::temporalBias)),
    SPATIAL_MAX_NORM(
            on(CombinedConvBuilder.class, Double.class, CombinedConvBuilder::spatialMaxNorm),
            on(
                    TemporalSpatialConvBuilder.class,
                    Double.class,
                    TemporalSpatialConvBuilder::spatialMaxNorm)),
    SPATIAL_MIN_NORM(
            on(CombinedConvBuilder.class, Double.class, CombinedConvBuilder::spatialMinNorm),
            on(
                    TemporalSpatialConvBuilder.class,
                    Double.class,
                    TemporalSpatialConvBuilder::spatialMinNorm)),
    SPATIAL_MIN_MAX_RATE(
            on(CombinedConvBuilder.class, Double.class, CombinedConvBuilder::spatialMinMaxRate),
            on(
                    TemporalSpatialConvBuilder.class,
                    Double.class,
                    TemporalSpatialConvBuilder::spatialMinMaxRate)),
    SPATIAL_BIAS(
            on(CombinedConvBuilder.class, Boolean.class, CombinedConvBuilder::spatialBias),
            on(
                    TemporalSpatialConvBuilder.class,
                    Boolean.class,
                    TemporalSpatialConvBuilder::spatialBias)),
    TEMPORAL_FILTERS(
            on(CombinedConvBuilder.class, Integer.class, CombinedConvBuilder::temporalFilters),
            on(
                    TemporalSpatialConvBuilder.class,
                    Integer.class,
                    TemporalSpatialConvBuilder::temporalFilters)),
    BIAS_DEPTHWISE(
            on(
                    DepthwiseSeparableConvBuilder.class,
                    Boolean.class,
                    DepthwiseSeparableConvBuilder::biasDepthwise)),
    BIAS_POINTWISE(
            on(
                    DepthwiseSeparableConvBuilder.class,
                    Boolean.class,
                    DepthwiseSeparableConvBuilder::biasPointwise)),
    EPS(
            on(StandardizationOptions.class, Double.class, StandardizationOptions::eps),
            on(BatchNormBuilder.class, Double.class, BatchNormBuilder::eps),
            on(InstanceNormBuilder.class, Double.class, InstanceNormBuilder::eps),
            on(TemporalSpatialConvBuilder.class, Double.class, TemporalSpatialConvBuilder::eps)),
    MOMENTUM(
            on(BatchNormBuilder.class, Double.class, BatchNormBuilder::momentum),
            on(
                    TemporalSpatialConvBuilder.class,
                    Double.class,
                    TemporalSpatialConvBuilder::momentum)),
    AFFINE(on(InstanceNormBuilder.class, Boolean.class, InstanceNormBuilder::affine)),
    INITIAL_SLOPE(on(PReLUBuilder.class, Double.class, PReLUBuilder::initialSlope)),
    INITIAL_GAIN(on(SkipInitGainBuilder.class, Double.class, SkipInitGainBuilder::initialGain)),
    INPUT_SIZE(
            on(LocalConvBuilder.class, int[].class, LocalConvBuilder::inputSize),
            on(LocalConvBuilder.class, Integer.class, LocalConvBuilder::inputSize)),
    DROP_RATE(on(StochasticDepthBuilder.class, Double.class, StochasticDepthBuilder::dropRate)),
    SCALE_BY_KEEP(
            on(StochasticDepthBuilder.class, Boolean.class, StochasticDepthBuilder::scaleByKeep)),
    SEED(on(StochasticDepthBuilder.class, Long.class, StochasticDepthBuilder::seed)),
    BETA(on(SwishBuilder.class, Double.class, SwishBuilder::beta)),
    LEARNABLE_BETA(on(SwishBuilder.class, Boolean.class, SwishBuilder::learnableBeta));

    private static final Pattern NEXT_WORD = Pattern.compile("_(.)");

    private final List<Setter<?, ?>> setters;

    Option(Setter<?, ?>... setters) {
        this.setters = List.of(setters);
    }

    /** A builder's method that takes values of this type. */
    private record Setter<B, V>(Class<B> builder, Class<V> value, BiConsumer<B, V> method) {

        boolean fits(Object target, Object given) {
            return builder.isInstance(target) && (given == null || value.isInstance(given));
        }

        void set(Object target, Object given) {
            method.accept(builder.cast(target), value.cast(given));
        }
    }

    private static <B, V> Setter<B, V> on(
            Class<B> builder, Class<V> value, BiConsumer<B, V> method) {
        return new Setter<>(builder, value, method);
    }

    /** Whether a builder has this option. */
    boolean isOf(Object builder) {
        return setters.stream().anyMatch(setter -> setter.builder.isInstance(builder));
    }

    /** Sets this option of a builder. */
    void set(Object builder, Object value) {
        setters.stream()
                .filter(setter -> setter.fits(builder, value))
                .findFirst()
                .orElseThrow(
                        () ->
                                new AssertionError(
                                        String.format(
                                                "%s has no %s for %s",
                                                builder.getClass().getName(), this, value)))
                .set(builder, value);
    }

    /** The name of the builder's method. */
    @Override
    public String toString() {
        return NEXT_WORD
                .matcher(name().toLowerCase(Locale.ROOT))
                .replaceAll(word -> word.group(1).toUpperCase(Locale.ROOT));
    }
}
