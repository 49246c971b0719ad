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
    NAME(on(AbstractSpecLayer.Builder.class, String.class, (b, v) -> b.name(v))),
    N_IN(on(AbstractSpecLayer.Builder.class, Number.class, (b, v) -> b.nIn(v.longValue()))),
    N_OUT(on(AbstractSpecLayer.Builder.class, Number.class, (b, v) -> b.nOut(v.longValue()))),
    ACTIVATION(
            on(AbstractSpecLayer.Builder.class, IActivation.class, (b, v) -> b.activation(v)),
            on(AbstractSpecLayer.Builder.class, Activation.class, (b, v) -> b.activation(v))),
    WEIGHT_INIT(
            on(AbstractSpecLayer.Builder.class, WeightInit.class, (b, v) -> b.weightInit(v)),
            on(AbstractSpecLayer.Builder.class, Distribution.class, (b, v) -> b.weightInit(v)),
            on(AbstractSpecLayer.Builder.class, IWeightInit.class, (b, v) -> b.weightInit(v))),
    BIAS_INIT(on(AbstractSpecLayer.Builder.class, Double.class, (b, v) -> b.biasInit(v))),
    CONSTRAIN_WEIGHTS(
            on(
                    AbstractSpecLayer.Builder.class,
                    LayerConstraint[].class,
                    (b, v) -> b.constrainWeights(v))),
    WEIGHT_NOISE(
            on(AbstractSpecLayer.Builder.class, IWeightNoise.class, (b, v) -> b.weightNoise(v))),
    CONSTRAIN_ON_FORWARD(
            on(AbstractSpecLayer.Builder.class, Boolean.class, (b, v) -> b.constrainOnForward(v))),
    INPUT_GRADIENT(
            on(AbstractSpecLayer.Builder.class, Boolean.class, (b, v) -> b.inputGradient(v))),
    GEOMETRY(on(ConvOptions.class, ConvGeometry.class, (b, v) -> b.geometry(v))),
    STRIDE(
            on(ConvOptions.class, int[].class, (b, v) -> b.stride(v)),
            on(ConvModernBuilder.class, int[].class, (b, v) -> b.stride(v))),
    DILATION(on(ConvOptions.class, int[].class, (b, v) -> b.dilation(v))),
    PADDING(
            on(ConvOptions.class, int[].class, (b, v) -> b.padding(v)),
            on(ConvOptions.class, Padding.class, (b, v) -> b.padding(v)),
            on(ConvOptions.class, String.class, (b, v) -> b.padding(v)),
            on(ConvModernBuilder.class, int[].class, (b, v) -> b.padding(v)),
            on(CombinedConvBuilder.class, Integer.class, (b, v) -> b.padding(v)),
            on(CombinedConvBuilder.class, Padding.class, (b, v) -> b.padding(v)),
            on(CombinedConvBuilder.class, String.class, (b, v) -> b.padding(v)),
            on(TemporalSpatialConvBuilder.class, Integer.class, (b, v) -> b.padding(v)),
            on(TemporalSpatialConvBuilder.class, Padding.class, (b, v) -> b.padding(v)),
            on(TemporalSpatialConvBuilder.class, String.class, (b, v) -> b.padding(v))),
    PADDING_MODE(on(ConvOptions.class, PaddingMode.class, (b, v) -> b.paddingMode(v))),
    GROUPS(on(GroupedConvBuilder.class, Integer.class, (b, v) -> b.groups(v))),
    HAS_BIAS(
            on(GroupedConvBuilder.class, Boolean.class, (b, v) -> b.hasBias(v)),
            on(DepthwiseConvBuilder.class, Boolean.class, (b, v) -> b.hasBias(v)),
            on(SeparableConvBuilder.class, Boolean.class, (b, v) -> b.hasBias(v)),
            on(LocalConvBuilder.class, Boolean.class, (b, v) -> b.hasBias(v)),
            on(ConstrainedDenseBuilder.class, Boolean.class, (b, v) -> b.hasBias(v)),
            on(DepthwiseSeparableConvBuilder.class, Boolean.class, (b, v) -> b.hasBias(v)),
            on(SqueezeExcitationBuilder.class, Boolean.class, (b, v) -> b.hasBias(v))),
    OUTPUT_PADDING(
            on(ConvTransposeBuilder.class, int[].class, (b, v) -> b.outputPadding(v)),
            on(WSConvTransposeBuilder.class, int[].class, (b, v) -> b.outputPadding(v))),
    OUTPUT_SIZE(
            on(ConvTransposeBuilder.class, int[].class, (b, v) -> b.outputSize(v)),
            on(WSConvTransposeBuilder.class, int[].class, (b, v) -> b.outputSize(v)),
            on(ConvModernBuilder.class, long[].class, (b, v) -> b.outputSize(v)),
            on(UpsampleBuilder.class, long[].class, (b, v) -> b.outputSize(v))),
    SCALE(
            on(ECABuilder.class, Double.class, (b, v) -> b.scale(v)),
            on(SqueezeExcitationBuilder.class, Double.class, (b, v) -> b.scale(v)),
            on(UpsampleBuilder.class, double[].class, (b, v) -> b.scale(v))),
    GATE(
            on(ECABuilder.class, IActivation.class, (b, v) -> b.gate(v)),
            on(ECABuilder.class, Activation.class, (b, v) -> b.gate(v)),
            on(SqueezeExcitationBuilder.class, IActivation.class, (b, v) -> b.gate(v)),
            on(SqueezeExcitationBuilder.class, Activation.class, (b, v) -> b.gate(v))),
    INNER_ACTIVATION(
            on(SqueezeExcitationBuilder.class, IActivation.class, (b, v) -> b.innerActivation(v)),
            on(SqueezeExcitationBuilder.class, Activation.class, (b, v) -> b.innerActivation(v))),
    REDUCTION(on(SqueezeExcitationBuilder.class, Integer.class, (b, v) -> b.reduction(v))),
    HIDDEN(on(SqueezeExcitationBuilder.class, Number.class, (b, v) -> b.hidden(v.longValue()))),
    KERNEL_SIZE(on(ECABuilder.class, Integer.class, (b, v) -> b.kernelSize(v))),
    DEPTH_MULTIPLIER(
            on(DepthwiseConvBuilder.class, Integer.class, (b, v) -> b.depthMultiplier(v)),
            on(DepthwiseSeparableConvBuilder.class, Integer.class, (b, v) -> b.depthMultiplier(v)),
            on(SeparableConvBuilder.class, Integer.class, (b, v) -> b.depthMultiplier(v)),
            on(TemporalSpatialConvBuilder.class, Integer.class, (b, v) -> b.depthMultiplier(v))),
    NORMALIZER(
            on(ConvModernBuilder.class, Normalizer.class, (b, v) -> b.normalizer(v)),
            on(ConvModernBuilder.class, String.class, (b, v) -> b.normalizer(v))),
    ACTIVATOR(
            on(ConvModernBuilder.class, Activator.class, (b, v) -> b.activator(v)),
            on(ConvModernBuilder.class, String.class, (b, v) -> b.activator(v))),
    LAYER_ORDER(
            on(ConvModernBuilder.class, LayerOrder.class, (b, v) -> b.layerOrder(v)),
            on(ConvModernBuilder.class, String.class, (b, v) -> b.layerOrder(v))),
    SCALER(
            on(ConvModernBuilder.class, Scaler.class, (b, v) -> b.scaler(v)),
            on(ConvModernBuilder.class, String.class, (b, v) -> b.scaler(v))),
    STANDARDIZATION(
            on(
                    StandardizationOptions.class,
                    WeightStandardization.class,
                    (b, v) -> b.standardization(v))),
    HAS_GAIN(
            on(WSConvBuilder.class, Boolean.class, (b, v) -> b.hasGain(v)),
            on(WSConvTransposeBuilder.class, Boolean.class, (b, v) -> b.hasGain(v))),
    PER_INPUT_CHANNEL(
            on(WSConvTransposeBuilder.class, Boolean.class, (b, v) -> b.perInputChannel(v))),
    MAX_NORM(on(NormOptions.class, Double.class, (b, v) -> b.maxNorm(v))),
    MIN_NORM(on(NormOptions.class, Double.class, (b, v) -> b.minNorm(v))),
    MIN_MAX_RATE(on(NormOptions.class, Double.class, (b, v) -> b.minMaxRate(v))),
    NORM_AXES(
            on(NormOptions.class, NormAxes.class, (b, v) -> b.normAxes(v)),
            on(SeparableConvBuilder.class, NormAxes.class, (b, v) -> b.normAxes(v)),
            on(CombinedConvBuilder.class, NormAxes.class, (b, v) -> b.normAxes(v)),
            on(TemporalSpatialConvBuilder.class, NormAxes.class, (b, v) -> b.normAxes(v))),
    NORM_EPS(
            on(NormOptions.class, Double.class, (b, v) -> b.normEps(v)),
            on(SeparableConvBuilder.class, Double.class, (b, v) -> b.normEps(v)),
            on(CombinedConvBuilder.class, Double.class, (b, v) -> b.normEps(v)),
            on(TemporalSpatialConvBuilder.class, Double.class, (b, v) -> b.normEps(v))),
    DEPTH_MAX_NORM(on(SeparableConvBuilder.class, Double.class, (b, v) -> b.depthMaxNorm(v))),
    DEPTH_MIN_NORM(on(SeparableConvBuilder.class, Double.class, (b, v) -> b.depthMinNorm(v))),
    DEPTH_MIN_MAX_RATE(
            on(SeparableConvBuilder.class, Double.class, (b, v) -> b.depthMinMaxRate(v))),
    POINT_MAX_NORM(on(SeparableConvBuilder.class, Double.class, (b, v) -> b.pointMaxNorm(v))),
    POINT_MIN_NORM(on(SeparableConvBuilder.class, Double.class, (b, v) -> b.pointMinNorm(v))),
    POINT_MIN_MAX_RATE(
            on(SeparableConvBuilder.class, Double.class, (b, v) -> b.pointMinMaxRate(v))),
    TEMPORAL_MAX_NORM(
            on(CombinedConvBuilder.class, Double.class, (b, v) -> b.temporalMaxNorm(v)),
            on(TemporalSpatialConvBuilder.class, Double.class, (b, v) -> b.temporalMaxNorm(v))),
    TEMPORAL_MIN_NORM(
            on(CombinedConvBuilder.class, Double.class, (b, v) -> b.temporalMinNorm(v)),
            on(TemporalSpatialConvBuilder.class, Double.class, (b, v) -> b.temporalMinNorm(v))),
    TEMPORAL_MIN_MAX_RATE(
            on(CombinedConvBuilder.class, Double.class, (b, v) -> b.temporalMinMaxRate(v)),
            on(TemporalSpatialConvBuilder.class, Double.class, (b, v) -> b.temporalMinMaxRate(v))),
    TEMPORAL_BIAS(
            on(CombinedConvBuilder.class, Boolean.class, (b, v) -> b.temporalBias(v)),
            on(TemporalSpatialConvBuilder.class, Boolean.class, (b, v) -> b.temporalBias(v))),
    SPATIAL_MAX_NORM(
            on(CombinedConvBuilder.class, Double.class, (b, v) -> b.spatialMaxNorm(v)),
            on(TemporalSpatialConvBuilder.class, Double.class, (b, v) -> b.spatialMaxNorm(v))),
    SPATIAL_MIN_NORM(
            on(CombinedConvBuilder.class, Double.class, (b, v) -> b.spatialMinNorm(v)),
            on(TemporalSpatialConvBuilder.class, Double.class, (b, v) -> b.spatialMinNorm(v))),
    SPATIAL_MIN_MAX_RATE(
            on(CombinedConvBuilder.class, Double.class, (b, v) -> b.spatialMinMaxRate(v)),
            on(TemporalSpatialConvBuilder.class, Double.class, (b, v) -> b.spatialMinMaxRate(v))),
    SPATIAL_BIAS(
            on(CombinedConvBuilder.class, Boolean.class, (b, v) -> b.spatialBias(v)),
            on(TemporalSpatialConvBuilder.class, Boolean.class, (b, v) -> b.spatialBias(v))),
    TEMPORAL_FILTERS(
            on(CombinedConvBuilder.class, Integer.class, (b, v) -> b.temporalFilters(v)),
            on(TemporalSpatialConvBuilder.class, Integer.class, (b, v) -> b.temporalFilters(v))),
    BIAS_DEPTHWISE(
            on(DepthwiseSeparableConvBuilder.class, Boolean.class, (b, v) -> b.biasDepthwise(v))),
    BIAS_POINTWISE(
            on(DepthwiseSeparableConvBuilder.class, Boolean.class, (b, v) -> b.biasPointwise(v))),
    EPS(
            on(StandardizationOptions.class, Double.class, (b, v) -> b.eps(v)),
            on(BatchNormBuilder.class, Double.class, (b, v) -> b.eps(v)),
            on(InstanceNormBuilder.class, Double.class, (b, v) -> b.eps(v)),
            on(TemporalSpatialConvBuilder.class, Double.class, (b, v) -> b.eps(v))),
    MOMENTUM(
            on(BatchNormBuilder.class, Double.class, (b, v) -> b.momentum(v)),
            on(TemporalSpatialConvBuilder.class, Double.class, (b, v) -> b.momentum(v))),
    AFFINE(on(InstanceNormBuilder.class, Boolean.class, (b, v) -> b.affine(v))),
    INITIAL_SLOPE(on(PReLUBuilder.class, Double.class, (b, v) -> b.initialSlope(v))),
    INITIAL_GAIN(on(SkipInitGainBuilder.class, Double.class, (b, v) -> b.initialGain(v))),
    INPUT_SIZE(
            on(LocalConvBuilder.class, int[].class, (b, v) -> b.inputSize(v)),
            on(LocalConvBuilder.class, Integer.class, (b, v) -> b.inputSize(v))),
    DROP_RATE(on(StochasticDepthBuilder.class, Double.class, (b, v) -> b.dropRate(v))),
    SCALE_BY_KEEP(on(StochasticDepthBuilder.class, Boolean.class, (b, v) -> b.scaleByKeep(v))),
    SEED(on(StochasticDepthBuilder.class, Long.class, (b, v) -> b.seed(v))),
    BETA(on(SwishBuilder.class, Double.class, (b, v) -> b.beta(v))),
    LEARNABLE_BETA(on(SwishBuilder.class, Boolean.class, (b, v) -> b.learnableBeta(v)));

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
