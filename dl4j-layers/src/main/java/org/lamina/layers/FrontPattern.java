package org.lamina.layers;

import java.util.List;
import java.util.Objects;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.lamina.spec.BatchNormSpec;
import org.lamina.spec.CombinedConvSpec;
import org.lamina.spec.ConvGeometry;
import org.lamina.spec.ConvSpec;
import org.lamina.spec.DepthwiseConvSpec;
import org.lamina.spec.LayerSpec;
import org.lamina.spec.NormSpec;
import org.lamina.spec.Padding;
import org.lamina.spec.TemporalSpatialConvSpec;
import org.nd4j.linalg.activations.impl.ActivationIdentity;

/** Tests whether consecutive layers are the parts of a fused layer. */
final class FrontPattern {

    private FrontPattern() {}

    /** Spec of the fused layer that computes what the layers do; null if there is none. */
    static LayerSpec spec(List<Layer> layers) {
        ConvSpec temporal = conv(layers.get(0));
        Layer last = layers.get(layers.size() - 1);
        try {
            if (layers.size() == 2) {
                ConvSpec spatial = conv(last);
                return temporal == null || spatial == null
                        ? null
                        : new CombinedConvSpec(temporal, spatial);
            }
            BatchNormSpec norm = norm(layers.get(1));
            DepthwiseConvSpec spatial = depthwise(last);
            return temporal == null || norm == null || spatial == null
                    ? null
                    : new TemporalSpatialConvSpec(temporal, norm, spatial);
        } catch (IllegalArgumentException e) { // geometries that the fused layer does not support
            return null;
        }
    }

    private static ConvSpec conv(Layer layer) {
        if (layer instanceof ConstrainedConv2D own) {
            return own.getSpec();
        }
        if (layer instanceof Conv2D own) {
            return own.getSpec();
        }
        if (layer.getClass() != ConvolutionLayer.class) {
            return null;
        }
        ConvolutionLayer conv = (ConvolutionLayer) layer;
        ConvGeometry geometry = geometry(conv);
        return geometry == null
                ? null
                : new ConvSpec(
                        conv.getNIn(), conv.getNOut(), geometry, conv.isHasBias(), NormSpec.none());
    }

    private static BatchNormSpec norm(Layer layer) {
        if (layer instanceof BatchNorm own) {
            return own.getSpec();
        }
        if (layer.getClass() != BatchNormalization.class) {
            return null;
        }
        BatchNormalization norm = (BatchNormalization) layer;
        boolean usual = norm.isMinibatch() && norm.getGamma() == 1 && norm.getBeta() == 0;
        return usual && !norm.isLockGammaBeta() && norm.getConstraints() == null
                ? new BatchNormSpec(norm.getNOut(), norm.getEps(), 1 - norm.getDecay())
                : null;
    }

    private static DepthwiseConvSpec depthwise(Layer layer) {
        if (layer instanceof DepthwiseConv2D own) {
            return own.getSpec();
        }
        if (layer.getClass() != DepthwiseConvolution2D.class) {
            return null;
        }
        DepthwiseConvolution2D conv = (DepthwiseConvolution2D) layer;
        ConvGeometry geometry = geometry(conv);
        // Constraint axes would refer to a different layout of the weight.
        return geometry == null || conv.getConstraints() != null
                ? null
                : new DepthwiseConvSpec(
                        conv.getNIn(),
                        conv.getDepthMultiplier(),
                        geometry,
                        conv.isHasBias(),
                        NormSpec.none());
    }

    private static ConvGeometry geometry(ConvolutionLayer conv) {
        if (conv.getConvolutionMode() == ConvolutionMode.Causal) {
            return null;
        }
        boolean same = conv.getConvolutionMode() == ConvolutionMode.Same;
        try {
            return ConvGeometry.builder(2, conv.getKernelSize())
                    .stride(conv.getStride())
                    .dilation(conv.getDilation())
                    .padding(same ? Padding.same() : Padding.of(conv.getPadding()))
                    .build();
        } catch (IllegalArgumentException e) { // 'same' with a stride
            return null;
        }
    }

    static boolean isChannelsLast(Layer layer) {
        if (layer instanceof SpecLayer<?> own) {
            return own.isChannelsLast();
        }
        CNN2DFormat format =
                layer instanceof BatchNormalization norm
                        ? norm.getCnn2DFormat()
                        : ((ConvolutionLayer) layer).getCnn2dDataFormat();
        return format == CNN2DFormat.NHWC;
    }

    static boolean constrainsOnForward(Layer layer) {
        return layer instanceof SpecLayer<?> own && own.isConstrainOnForward();
    }

    /** Whether nothing happens between the layers that the fused layer does not do. */
    static boolean computeAlike(List<Layer> layers) {
        boolean alike = true;
        for (Layer layer : layers) {
            alike &= isChannelsLast(layer) == isChannelsLast(layers.get(0));
        }
        for (Layer layer : layers.subList(0, layers.size() - 1)) {
            alike &= isLinear((BaseLayer) layer);
        }
        return alike;
    }

    /** Whether all layers have the same training settings. */
    static boolean trainAlike(List<Layer> layers) {
        BaseLayer first = (BaseLayer) layers.get(0);
        boolean alike = computeAlike(layers);
        for (Layer layer : layers) {
            BaseLayer other = (BaseLayer) layer;
            boolean weights = norm(layer) == null;
            alike &=
                    other.getWeightNoise() == null
                            && (layer == first || other.getIDropout() == null)
                            && Objects.equals(other.getIUpdater(), first.getIUpdater())
                            && Objects.equals(other.getBiasUpdater(), first.getBiasUpdater())
                            && Objects.equals(other.getRegularization(), first.getRegularization())
                            && Objects.equals(
                                    other.getRegularizationBias(), first.getRegularizationBias())
                            && normalizesAlike(other, first);
            if (weights) {
                alike &=
                        Objects.equals(other.getWeightInitFn(), first.getWeightInitFn())
                                && other.getBiasInit() == first.getBiasInit()
                                && constrainsOnForward(other) == constrainsOnForward(first);
            }
            if (layer != first && other instanceof SpecLayer<?> own) {
                alike &= own.isInputGradient();
            }
        }
        return alike;
    }

    /** DL4J's normalization ignores its activation function. */
    private static boolean isLinear(BaseLayer layer) {
        return layer instanceof BatchNormalization
                || layer.getActivationFn() instanceof ActivationIdentity;
    }

    /** Norms of a layer's gradients are taken over all of its parameters. */
    private static boolean normalizesAlike(BaseLayer one, BaseLayer other) {
        GradientNormalization kind = one.getGradientNormalization();
        boolean perLayer =
                kind == GradientNormalization.ClipL2PerLayer
                        || kind == GradientNormalization.RenormalizeL2PerLayer;
        return !perLayer
                && kind == other.getGradientNormalization()
                && one.getGradientNormalizationThreshold()
                        == other.getGradientNormalizationThreshold();
    }
}
