package org.lamina.layers;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.deeplearning4j.nn.api.layers.LayerConstraint;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.lamina.constraints.NormConstraint;
import org.lamina.spec.BatchNormSpec;
import org.lamina.spec.CombinedConvSpec;
import org.lamina.spec.LayerSpec;
import org.lamina.spec.ParamSpec;
import org.lamina.spec.TemporalSpatialConvSpec;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.IUpdater;

/** Converts configurations of fused layers from and to those of their parts. */
final class FrontLayers {

    /** Separates the names of the parts in that of the fused layer. */
    static final String JOINT = "+";

    /** Part of a fused layer. */
    private enum Part {
        TEMPORAL(
                Map.of(
                        ParamSpec.WEIGHT, TemporalSpatialConvSpec.TEMPORAL_WEIGHT,
                        ParamSpec.BIAS, TemporalSpatialConvSpec.TEMPORAL_BIAS)),
        NORM(
                Map.of(
                        BatchNormSpec.GAMMA, BatchNormSpec.GAMMA,
                        BatchNormSpec.BETA, BatchNormSpec.BETA,
                        BatchNormSpec.MEAN, BatchNormSpec.MEAN,
                        BatchNormSpec.VARIANCE, BatchNormSpec.VARIANCE)),
        SPATIAL(
                Map.of(
                        ParamSpec.WEIGHT, TemporalSpatialConvSpec.SPATIAL_WEIGHT,
                        ParamSpec.BIAS, TemporalSpatialConvSpec.SPATIAL_BIAS));

        /** Names of the part's parameters in the fused layer. */
        final Map<String, String> names;

        Part(Map<String, String> names) {
            this.names = names;
        }
    }

    private FrontLayers() {}

    private static List<Part> parts(int number) {
        return number == 3 ? List.of(Part.values()) : List.of(Part.TEMPORAL, Part.SPATIAL);
    }

    // ---- fusing ---------------------------------------------------------------------------------

    /** The fused layer's configuration; null if these layers cannot be fused. */
    static NeuralNetConfiguration fused(List<NeuralNetConfiguration> confs) {
        List<Layer> layers = confs.stream().map(NeuralNetConfiguration::getLayer).toList();
        LayerSpec spec = FrontPattern.spec(layers);
        if (spec == null || !FrontPattern.trainAlike(layers)) {
            return null;
        }
        BaseLayer first = (BaseLayer) layers.get(0);
        SpecLayer<?> fused = fused(spec, first, (BaseLayer) layers.get(layers.size() - 1));
        fused.setIDropout(first.getIDropout());
        fused.setInputGradient(!(first instanceof SpecLayer<?> own) || own.isInputGradient());
        fused.setLayerName(joined(layers));
        List<Part> parts = parts(layers.size());
        List<LayerConstraint> constraints = new ArrayList<>();
        for (int i = 0; i < layers.size(); i++) {
            if (layers.get(i).getConstraints() != null) {
                for (LayerConstraint constraint : layers.get(i).getConstraints()) {
                    constraints.add(renamed(constraint, parts.get(i).names));
                }
            }
        }
        fused.setConstraints(constraints.isEmpty() ? null : constraints);
        return of(confs.get(0), fused);
    }

    private static SpecLayer<?> fused(LayerSpec spec, BaseLayer first, BaseLayer last) {
        SpecLayer<?> fused =
                spec instanceof TemporalSpatialConvSpec front
                        ? assigned(new TemporalSpatialConv2D(), front, first)
                        : assigned(new CombinedConv2D(), (CombinedConvSpec) spec, first);
        fused.setActivationFn(last.getActivationFn());
        return fused;
    }

    private static String joined(List<Layer> layers) {
        List<String> names = new ArrayList<>();
        layers.forEach(layer -> names.add(layer.getLayerName()));
        return names.contains(null) ? null : String.join(JOINT, names);
    }

    /** See {@link TemporalSpatialFusion#inEvaluation}. */
    static SpecLayer<?> inEvaluation(List<Layer> given) {
        List<Layer> layers = new ArrayList<>();
        for (Layer layer : given) {
            Layer copy = layer.clone();
            copy.setConstraints(null);
            layers.add(copy);
        }
        LayerSpec spec = FrontPattern.spec(layers);
        return spec != null && FrontPattern.computeAlike(layers)
                ? fused(spec, (BaseLayer) given.get(0), (BaseLayer) given.get(given.size() - 1))
                : null;
    }

    /** See {@link TemporalSpatialFusion#params}. */
    static Map<String, INDArray> params(List<Map<String, INDArray>> given) {
        List<Part> parts = parts(given.size());
        Map<String, INDArray> params = new LinkedHashMap<>();
        for (int i = 0; i < given.size(); i++) {
            Map<String, String> names = parts.get(i).names;
            given.get(i).forEach((name, value) -> params.put(names.get(name), value));
        }
        return params;
    }

    // ---- splitting ------------------------------------------------------------------------------

    /** The parts' configurations; null if this is not a fused layer. */
    static List<NeuralNetConfiguration> split(NeuralNetConfiguration conf) {
        Layer layer = conf.getLayer();
        List<SpecLayer<?>> layers;
        if (layer.getClass() == TemporalSpatialConv2D.class) {
            layers = parts((TemporalSpatialConv2D) layer);
        } else if (layer.getClass() == CombinedConv2D.class) {
            layers = parts((CombinedConv2D) layer);
        } else {
            return null;
        }
        SpecLayer<?> fused = (SpecLayer<?>) layer;
        layers.get(0).setIDropout(fused.getIDropout());
        layers.get(0).setInputGradient(fused.isInputGradient());
        List<Part> parts = parts(layers.size());
        List<String> names =
                fused.getLayerName() == null
                        ? null
                        : partNames(fused.getLayerName(), layers.size());
        List<NeuralNetConfiguration> result = new ArrayList<>();
        for (int i = 0; i < layers.size(); i++) {
            SpecLayer<?> part = layers.get(i);
            boolean last = i == layers.size() - 1;
            part.setActivationFn(last ? fused.getActivationFn() : new ActivationIdentity());
            part.setLayerName(names == null ? null : names.get(i));
            part.setConstraints(constraints(fused, parts.get(i).names));
            result.add(of(conf, part));
        }
        return result;
    }

    private static List<SpecLayer<?>> parts(TemporalSpatialConv2D fused) {
        TemporalSpatialConvSpec spec = fused.getSpec();
        return List.of(
                assigned(new ConstrainedConv2D(), spec.temporal(), fused),
                assigned(new BatchNorm(), spec.normalization(), fused),
                assigned(new DepthwiseConv2D(), spec.spatial(), fused));
    }

    private static List<SpecLayer<?>> parts(CombinedConv2D fused) {
        CombinedConvSpec spec = fused.getSpec();
        return List.of(
                assigned(new ConstrainedConv2D(), spec.temporal(), fused),
                assigned(new ConstrainedConv2D(), spec.spatial(), fused));
    }

    /** Names of the parts of a fused layer. */
    static List<String> partNames(String name, int number) {
        List<String> names = List.of(name.split("\\" + JOINT, -1));
        return names.size() == number
                ? names
                : parts(number).stream()
                        .map(part -> name + "-" + part.name().toLowerCase(Locale.ROOT))
                        .toList();
    }

    /** A fused layer's constraints for one of its parts, by the part's names; null for none. */
    private static List<LayerConstraint> constraints(
            SpecLayer<?> fused, Map<String, String> names) {
        Map<String, String> back = new HashMap<>();
        names.forEach((part, whole) -> back.put(whole, part));
        List<LayerConstraint> result = new ArrayList<>();
        if (fused.getConstraints() != null) {
            for (LayerConstraint constraint : fused.getConstraints()) {
                if (constraint.getParams().stream().anyMatch(back::containsKey)) {
                    result.add(renamed(constraint, back));
                }
            }
        }
        return result.isEmpty() ? null : result;
    }

    /** The constraint with its parameters renamed. */
    private static LayerConstraint renamed(LayerConstraint constraint, Map<String, String> names) {
        Set<String> params = new LinkedHashSet<>();
        for (String param : constraint.getParams()) {
            if (names.containsKey(param)) {
                params.add(names.get(param));
            }
        }
        if (constraint instanceof NormConstraint norm) {
            return norm.withParams(params.toArray(new String[0]));
        }
        LayerConstraint copy = constraint.clone();
        copy.setParams(params);
        return copy;
    }

    private static NeuralNetConfiguration of(NeuralNetConfiguration like, Layer layer) {
        NeuralNetConfiguration conf = like.clone();
        conf.setLayer(layer);
        conf.clearVariables();
        return conf;
    }

    /** A new layer with everything but activation, dropout, name and constraints. */
    private static <S extends LayerSpec> SpecLayer<S> assigned(
            SpecLayer<S> to, S spec, BaseLayer like) {
        to.setSpec(spec);
        to.setChannelsLast(FrontPattern.isChannelsLast(like));
        to.setConstrainOnForward(FrontPattern.constrainsOnForward(like));
        to.setWeightInitFn(like.getWeightInitFn());
        to.setBiasInit(like.getBiasInit());
        to.setGainInit(like.getGainInit());
        to.setRegularization(like.getRegularization());
        to.setRegularizationBias(like.getRegularizationBias());
        to.setIUpdater(own(like.getIUpdater()));
        to.setBiasUpdater(own(like.getBiasUpdater()));
        to.setWeightNoise(like.getWeightNoise());
        to.setGradientNormalization(like.getGradientNormalization());
        to.setGradientNormalizationThreshold(like.getGradientNormalizationThreshold());
        return to;
    }

    /** A copy, because learning rates are set in updaters. */
    private static IUpdater own(IUpdater updater) {
        return updater == null ? null : updater.clone();
    }
}
