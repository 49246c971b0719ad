package org.lamina.layers.conf;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.deeplearning4j.nn.api.layers.LayerConstraint;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.lamina.constraints.NormConstraint;
import org.lamina.spec.BatchNormSpec;
import org.lamina.spec.ConvGeometry;
import org.lamina.spec.ConvSpec;
import org.lamina.spec.DepthwiseConvSpec;
import org.lamina.spec.LayerSpec;
import org.lamina.spec.NormSpec;
import org.lamina.spec.Padding;
import org.lamina.spec.ParamSpec;
import org.lamina.spec.TemporalSpatialConvSpec;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.IUpdater;

/**
 * Puts one {@link TemporalSpatialConv2D} in the place of a temporal convolution, batch
 * normalization and a depthwise spatial convolution, and these three in the place of one. The
 * network computes, learns and initializes the same. Configurations are changed in a copy, after
 * their input type has been set.
 *
 * <p>{@code fuse} looks for three layers one after the other that compute what a {@link
 * TemporalSpatialConvSpec} can hold: {@link ConstrainedConv2D} or {@link Conv2D}, {@link BatchNorm}
 * and {@link DepthwiseConv2D}, or DL4J's ConvolutionLayer, BatchNormalization and
 * DepthwiseConvolution2D. It leaves them alone where anything stands between them, a preprocessor,
 * an activation function, dropout or another vertex that reads what they pass on; where one of them
 * is frozen, wrapped, has weight noise, or has settings for training (updater, regularization,
 * weight initialization, gradient normalization) that the others lack.
 *
 * <p>Of Lamina's layers the flat vector of the parameters stays as it is in a list of layers, so
 * that parameters and updater state can be taken over with {@code setParams}. In a graph the three
 * may lie apart, and DL4J's layers keep parameters in other layouts: take them over by name. DL4J's
 * BatchNormalization has a biased running variance, the fused layer an unbiased one.
 *
 * <p>The name of the fused layer is the three names with {@value #JOINT} between, from which {@code
 * split} gives them back; a layer of another name {@code n} becomes {@code n-temporal}, {@code
 * n-norm} and {@code n-spatial}.
 */
public final class TemporalSpatialFusion {

    private static final String JOINT = "+";
    private static final List<String> SUFFIXES = List.of("-temporal", "-norm", "-spatial");

    /** Names of the three layers' parameters in the fused one. */
    private static final List<Map<String, String>> NAMES =
            List.of(
                    Map.of(
                            ParamSpec.WEIGHT, TemporalSpatialConvSpec.TEMPORAL_WEIGHT,
                            ParamSpec.BIAS, TemporalSpatialConvSpec.TEMPORAL_BIAS),
                    Map.of(
                            BatchNormSpec.GAMMA, BatchNormSpec.GAMMA,
                            BatchNormSpec.BETA, BatchNormSpec.BETA,
                            BatchNormSpec.MEAN, BatchNormSpec.MEAN,
                            BatchNormSpec.VARIANCE, BatchNormSpec.VARIANCE),
                    Map.of(
                            ParamSpec.WEIGHT, TemporalSpatialConvSpec.SPATIAL_WEIGHT,
                            ParamSpec.BIAS, TemporalSpatialConvSpec.SPATIAL_BIAS));

    private TemporalSpatialFusion() {}

    // ---- layers in evaluation -------------------------------------------------------------------

    /**
     * The layer that computes in evaluation what three others compute one after the other, whatever
     * their settings for training; null if there is none.
     */
    public static TemporalSpatialConv2D inEvaluation(Layer temporal, Layer norm, Layer spatial) {
        List<Layer> layers = new ArrayList<>();
        for (Layer layer : List.of(temporal, norm, spatial)) {
            Layer copy = layer.clone();
            copy.setConstraints(null);
            layers.add(copy);
        }
        TemporalSpatialConvSpec spec = spec(layers);
        boolean plain =
                spec != null
                        && isLinear((BaseLayer) temporal)
                        && isLinear((BaseLayer) norm)
                        && isChannelsLast(temporal) == isChannelsLast(norm)
                        && isChannelsLast(temporal) == isChannelsLast(spatial);
        return plain ? fused(spec, (BaseLayer) temporal, (BaseLayer) spatial) : null;
    }

    /**
     * The fused layer's parameters, by name.
     *
     * @param temporal the temporal convolution's parameters, by name; likewise the others
     */
    public static Map<String, INDArray> params(
            Map<String, INDArray> temporal,
            Map<String, INDArray> norm,
            Map<String, INDArray> spatial) {
        List<Map<String, INDArray>> given = List.of(temporal, norm, spatial);
        Map<String, INDArray> params = new LinkedHashMap<>();
        for (int i = 0; i < NAMES.size(); i++) {
            Map<String, String> names = NAMES.get(i);
            given.get(i).forEach((name, value) -> params.put(names.get(name), value));
        }
        return params;
    }

    // ---- lists of layers ------------------------------------------------------------------------

    /** A copy with one layer for each such three. */
    public static MultiLayerConfiguration fuse(MultiLayerConfiguration conf) {
        MultiLayerConfiguration copy = conf.clone();
        Map<Integer, InputPreProcessor> before = copy.getInputPreProcessors();
        List<NeuralNetConfiguration> confs = copy.getConfs();
        return replaced(
                copy,
                i -> {
                    boolean plain = before.get(i + 1) == null && before.get(i + 2) == null;
                    return i + 2 < confs.size() && plain ? fused(confs.subList(i, i + 3)) : null;
                },
                3);
    }

    /** A copy with three layers for each fused one. */
    public static MultiLayerConfiguration split(MultiLayerConfiguration conf) {
        MultiLayerConfiguration copy = conf.clone();
        return replaced(copy, i -> split(copy.getConf(i)), 1);
    }

    private interface Replacement {
        /** What comes in the place of layer i and the next ones; null for the same. */
        List<NeuralNetConfiguration> at(int i);
    }

    private static MultiLayerConfiguration replaced(
            MultiLayerConfiguration copy, Replacement replacement, int length) {
        List<NeuralNetConfiguration> confs = new ArrayList<>();
        Map<Integer, InputPreProcessor> preProcessors = new HashMap<>();
        for (int i = 0; i < copy.getConfs().size(); ) {
            InputPreProcessor before = copy.getInputPreProcessors().get(i);
            if (before != null) {
                preProcessors.put(confs.size(), before);
            }
            List<NeuralNetConfiguration> others = replacement.at(i);
            confs.addAll(others == null ? List.of(copy.getConf(i)) : others);
            i += others == null ? 1 : length;
        }
        copy.setConfs(confs);
        copy.setInputPreProcessors(preProcessors);
        return copy;
    }

    // ---- graphs ---------------------------------------------------------------------------------

    /** A copy with one vertex for each such three. */
    public static ComputationGraphConfiguration fuse(ComputationGraphConfiguration conf) {
        Graph graph = new Graph(conf);
        for (String first : List.copyOf(conf.getVertices().keySet())) {
            String second = graph.onlyReader(first);
            String third = second == null ? null : graph.onlyReader(second);
            if (third != null && graph.layers(first, second, third)) {
                List<String> names = List.of(first, second, third);
                List<NeuralNetConfiguration> fused =
                        fused(names.stream().map(graph::layerConf).toList());
                if (fused != null) {
                    graph.replace(names, List.of(String.join(JOINT, names)), fused);
                }
            }
        }
        return graph.result;
    }

    /** A copy with three vertices for each fused one. */
    public static ComputationGraphConfiguration split(ComputationGraphConfiguration conf) {
        Graph graph = new Graph(conf);
        for (String name : List.copyOf(conf.getVertices().keySet())) {
            List<NeuralNetConfiguration> parts =
                    graph.layers(name) ? split(graph.layerConf(name)) : null;
            if (parts != null) {
                graph.replace(List.of(name), partNames(name), parts);
            }
        }
        return graph.result;
    }

    /** A copy of a configuration, in the making. */
    private static final class Graph {

        private final ComputationGraphConfiguration result;

        Graph(ComputationGraphConfiguration conf) {
            this.result = conf.clone();
            result.setTopologicalOrder(null); // DL4J finds it again
            result.setTopologicalOrderStr(null);
        }

        /** The vertex that alone reads another's output, once, without a preprocessor; or null. */
        String onlyReader(String name) {
            List<String> readers = new ArrayList<>();
            result.getVertexInputs()
                    .forEach(
                            (reader, inputs) ->
                                    inputs.stream()
                                            .filter(name::equals)
                                            .forEach(input -> readers.add(reader)));
            boolean one = readers.size() == 1 && !result.getNetworkOutputs().contains(name);
            return one
                            && result.getVertices().get(readers.get(0)) instanceof LayerVertex v
                            && v.getPreProcessor() == null
                    ? readers.get(0)
                    : null;
        }

        boolean layers(String... names) {
            boolean all = true;
            for (String name : names) {
                all &= result.getVertices().get(name) instanceof LayerVertex;
            }
            return all;
        }

        NeuralNetConfiguration layerConf(String name) {
            return ((LayerVertex) result.getVertices().get(name)).getLayerConf();
        }

        /** Puts a chain of layers in the place of another. */
        void replace(List<String> old, List<String> names, List<NeuralNetConfiguration> confs) {
            LayerVertex first = (LayerVertex) result.getVertices().get(old.get(0));
            List<String> inputs = result.getVertexInputs().get(old.get(0));
            String last = names.get(names.size() - 1);
            UnaryOperator<String> renamed = n -> n.equals(old.get(old.size() - 1)) ? last : n;
            Map<String, GraphVertex> vertices = new LinkedHashMap<>();
            Map<String, List<String>> allInputs = new LinkedHashMap<>();
            for (String name : result.getVertices().keySet()) {
                if (name.equals(old.get(0))) {
                    for (int i = 0; i < names.size(); i++) {
                        InputPreProcessor before = i == 0 ? first.getPreProcessor() : null;
                        vertices.put(names.get(i), new LayerVertex(confs.get(i), before));
                        allInputs.put(
                                names.get(i),
                                i == 0 ? inputs : new ArrayList<>(List.of(names.get(i - 1))));
                    }
                } else if (!old.contains(name)) {
                    vertices.put(name, result.getVertices().get(name));
                    List<String> from = new ArrayList<>(result.getVertexInputs().get(name));
                    from.replaceAll(renamed);
                    allInputs.put(name, from);
                }
            }
            result.setVertices(vertices);
            result.setVertexInputs(allInputs);
            List<String> outputs = new ArrayList<>(result.getNetworkOutputs());
            outputs.replaceAll(renamed);
            result.setNetworkOutputs(outputs);
        }
    }

    // ---- layers ---------------------------------------------------------------------------------

    /** The fused layer's configuration; null if there is none for these. */
    private static List<NeuralNetConfiguration> fused(List<NeuralNetConfiguration> confs) {
        List<Layer> layers = confs.stream().map(NeuralNetConfiguration::getLayer).toList();
        TemporalSpatialConvSpec spec = spec(layers);
        if (spec == null || !trainAlike(layers)) {
            return null;
        }
        BaseLayer first = (BaseLayer) layers.get(0);
        BaseLayer last = (BaseLayer) layers.get(2);
        TemporalSpatialConv2D fused = fused(spec, first, last);
        fused.setIDropout(first.getIDropout());
        fused.setInputGradient(!(first instanceof SpecLayer<?> own) || own.isInputGradient());
        fused.setLayerName(joined(layers));
        List<LayerConstraint> constraints = new ArrayList<>();
        for (int i = 0; i < layers.size(); i++) {
            if (layers.get(i).getConstraints() != null) {
                for (LayerConstraint constraint : layers.get(i).getConstraints()) {
                    constraints.add(renamed(constraint, NAMES.get(i)));
                }
            }
        }
        fused.setConstraints(constraints.isEmpty() ? null : constraints);
        return List.of(of(confs.get(0), fused));
    }

    private static TemporalSpatialConv2D fused(
            TemporalSpatialConvSpec spec, BaseLayer first, BaseLayer last) {
        TemporalSpatialConv2D fused =
                new TemporalSpatialConv2D.Builder(spec.rows(), spec.taps())
                        .temporalFilters((int) spec.temporal().outChannels())
                        .build();
        assign(fused, spec, first, first);
        fused.setActivationFn(last.getActivationFn());
        return fused;
    }

    private static String joined(List<Layer> layers) {
        List<String> names = new ArrayList<>();
        layers.forEach(layer -> names.add(layer.getLayerName()));
        return names.contains(null) ? null : String.join(JOINT, names);
    }

    /** The three layers' configurations; null if this is not a fused one. */
    private static List<NeuralNetConfiguration> split(NeuralNetConfiguration conf) {
        if (conf.getLayer().getClass() != TemporalSpatialConv2D.class) {
            return null;
        }
        TemporalSpatialConv2D fused = (TemporalSpatialConv2D) conf.getLayer();
        TemporalSpatialConvSpec spec = fused.getSpec();
        ConstrainedConv2D temporal =
                new ConstrainedConv2D.Builder(1, spec.taps())
                        .nOut(spec.temporal().outChannels())
                        .build();
        assign(temporal, spec.temporal(), fused, fused);
        BatchNorm norm = new BatchNorm.Builder().build();
        assign(norm, spec.normalization(), fused, fused);
        DepthwiseConv2D spatial = new DepthwiseConv2D.Builder(spec.rows(), 1).build();
        assign(spatial, spec.spatial(), fused, fused);
        temporal.setActivationFn(new ActivationIdentity());
        norm.setActivationFn(new ActivationIdentity());
        spatial.setActivationFn(fused.getActivationFn());
        temporal.setIDropout(fused.getIDropout());
        temporal.setInputGradient(fused.isInputGradient());
        List<SpecLayer<?>> layers = List.of(temporal, norm, spatial);
        List<String> names = fused.getLayerName() == null ? null : partNames(fused.getLayerName());
        List<NeuralNetConfiguration> result = new ArrayList<>();
        for (int i = 0; i < layers.size(); i++) {
            layers.get(i).setLayerName(names == null ? null : names.get(i));
            layers.get(i).setConstraints(constraints(fused, NAMES.get(i)));
            result.add(of(conf, layers.get(i)));
        }
        return result;
    }

    private static List<String> partNames(String name) {
        List<String> parts = List.of(name.split("\\" + JOINT, -1));
        return parts.size() == SUFFIXES.size()
                ? parts
                : SUFFIXES.stream().map(suffix -> name + suffix).toList();
    }

    /** A fused layer's constraints for one of its parts, by the part's names; null for none. */
    private static List<LayerConstraint> constraints(
            TemporalSpatialConv2D fused, Map<String, String> names) {
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

    /** A constraint of the parameters that have a new name. */
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

    /** Everything but activation, dropout, name and constraints. */
    private static <S extends LayerSpec> void assign(
            SpecLayer<S> to, S spec, BaseLayer training, Layer format) {
        to.setSpec(spec);
        to.setNIn(spec.inChannels());
        to.setNOut(spec.outChannels());
        to.setChannelsLast(isChannelsLast(format));
        to.setConstrainOnForward(constrainsOnForward(format));
        to.setWeightInitFn(training.getWeightInitFn());
        to.setBiasInit(training.getBiasInit());
        to.setGainInit(training.getGainInit());
        to.setRegularization(training.getRegularization());
        to.setRegularizationBias(training.getRegularizationBias());
        to.setIUpdater(own(training.getIUpdater()));
        to.setBiasUpdater(own(training.getBiasUpdater()));
        to.setWeightNoise(training.getWeightNoise());
        to.setGradientNormalization(training.getGradientNormalization());
        to.setGradientNormalizationThreshold(training.getGradientNormalizationThreshold());
    }

    /** Learning rates are set in updaters. */
    private static IUpdater own(IUpdater updater) {
        return updater == null ? null : updater.clone();
    }

    // ---- the pattern ----------------------------------------------------------------------------

    private static TemporalSpatialConvSpec spec(List<Layer> layers) {
        ConvSpec temporal = temporal(layers.get(0));
        BatchNormSpec norm = norm(layers.get(1));
        DepthwiseConvSpec spatial = spatial(layers.get(2));
        if (temporal == null || norm == null || spatial == null) {
            return null;
        }
        try {
            return new TemporalSpatialConvSpec(temporal, norm, spatial);
        } catch (IllegalArgumentException e) { // other geometries than the layer has
            return null;
        }
    }

    private static ConvSpec temporal(Layer layer) {
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

    private static DepthwiseConvSpec spatial(Layer layer) {
        if (layer instanceof DepthwiseConv2D own) {
            return own.getSpec();
        }
        if (layer.getClass() != DepthwiseConvolution2D.class) {
            return null;
        }
        DepthwiseConvolution2D conv = (DepthwiseConvolution2D) layer;
        ConvGeometry geometry = geometry(conv);
        // Axes of constraints count in another layout of the weight.
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

    private static boolean isChannelsLast(Layer layer) {
        if (layer instanceof SpecLayer<?> own) {
            return own.isChannelsLast();
        }
        CNN2DFormat format =
                layer instanceof BatchNormalization norm
                        ? norm.getCnn2DFormat()
                        : ((ConvolutionLayer) layer).getCnn2dDataFormat();
        return format == CNN2DFormat.NHWC;
    }

    private static boolean constrainsOnForward(Layer layer) {
        return layer instanceof SpecLayer<?> own && own.isConstrainOnForward();
    }

    /** Whether three layers and one are trained alike. */
    private static boolean trainAlike(List<Layer> layers) {
        BaseLayer first = (BaseLayer) layers.get(0);
        boolean alike = isLinear(first) && isLinear((BaseLayer) layers.get(1));
        for (Layer layer : layers) {
            BaseLayer other = (BaseLayer) layer;
            boolean weights = layer != layers.get(1);
            alike &=
                    other.getWeightNoise() == null
                            && (layer == first || other.getIDropout() == null)
                            && isChannelsLast(other) == isChannelsLast(first)
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
