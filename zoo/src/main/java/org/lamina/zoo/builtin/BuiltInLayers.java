package org.lamina.zoo.builtin;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.graph.PreprocessorVertex;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.BaseOutputLayer;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.weights.WeightInitXavier;
import org.lamina.layers.Pooling2D;
import org.lamina.layers.base.AbstractSpecLayer;
import org.lamina.spec.BatchNormSpec;
import org.lamina.spec.ChannelGateSpec;
import org.lamina.spec.CombinedConvSpec;
import org.lamina.spec.ConvGeometry;
import org.lamina.spec.ConvSpec;
import org.lamina.spec.ConvTransposeSpec;
import org.lamina.spec.DenseSpec;
import org.lamina.spec.DepthwiseConvSpec;
import org.lamina.spec.ECASpec;
import org.lamina.spec.LayerSpec;
import org.lamina.spec.NonlinearitySpec;
import org.lamina.spec.SeparableConvSpec;
import org.lamina.spec.SkipInitGainSpec;
import org.lamina.spec.SqueezeExcitationSpec;
import org.lamina.spec.StochasticDepthSpec;
import org.lamina.spec.SwishSpec;
import org.lamina.spec.TemporalSpatialConvSpec;
import org.lamina.spec.WSConvSpec;
import org.lamina.zoo.network.Folding;
import org.lamina.zoo.network.NetworkGraph;
import org.lamina.zoo.network.Networks;
import org.lamina.zoo.weights.WeightsException;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationSwish;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.shape.Shape;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.NoOp;

/** Converts the vertices of a network one by one and adds the result to a {@link BuiltInGraph}. */
final class BuiltInLayers {

    private static final ConvGeometry POINT = ConvGeometry.ofKernel(1, 1);

    private final BuiltInGraph graph;
    private final BuiltInParts parts;

    /** The vertex that is being added. */
    private String name;

    private Map<String, INDArray> params;

    BuiltInLayers(BuiltInGraph graph) {
        this.graph = graph;
        this.parts = new BuiltInParts(graph);
    }

    void add(NetworkGraph.Vertex vertex) {
        name = vertex.name();
        params = vertex.params();
        GraphVertex conf = vertex.conf();
        List<String> inputs = vertex.inputs();
        if (conf instanceof LayerVertex layer) {
            InputPreProcessor shaping = layer.getPreProcessor();
            layer(
                    Networks.thawed(layer.getLayerConf().getLayer()),
                    shaping == null ? inputs.get(0) : shaped(shaping, inputs.get(0)));
        } else if (conf instanceof ScaleVertex scale) {
            graph.same(name, inputs.get(0), scale.getScaleFactor());
        } else if (conf.getClass().getName().startsWith("org.lamina.")) {
            throw nothing(conf);
        } else {
            String[] from = inputs.stream().map(graph::materialized).toArray(String[]::new);
            graph.add(name, conf.clone(), params, from);
            graph.place(name, name, 1);
        }
    }

    private WeightsException nothing(Object conf) {
        return new WeightsException(
                "%s \"%s\": DL4J has no layer that computes the same",
                conf.getClass().getSimpleName(), name);
    }

    private String shaped(InputPreProcessor shaping, String input) {
        String vertex = name + "-shape";
        graph.add(vertex, new PreprocessorVertex(shaping), Map.of(), graph.materialized(input));
        graph.place(vertex, vertex, 1);
        return vertex;
    }

    private void layer(Layer layer, String input) {
        if (layer instanceof AbstractSpecLayer<?> own) {
            checkChannelsFirst(own.isChannelsLast(), layer);
            spec(own.getSpec(), input, own.getActivationFn(), layer);
        } else if (isDense(layer)) {
            BaseOutputLayer output = layer instanceof BaseOutputLayer last ? last : null;
            IActivation function = ((FeedForwardLayer) layer).getActivationFn();
            parts.dense(name, input, params.get("W"), params.get("b"), function, output);
        } else if (layer instanceof ActivationLayer nonlinearity) {
            parts.activate(name, input, nonlinearity.getActivationFn());
        } else if (layer instanceof DropoutLayer) {
            graph.same(name, input, 1);
        } else {
            other(layer, input);
        }
    }

    private void checkChannelsFirst(boolean channelsLast, Layer layer) {
        if (channelsLast) {
            throw new WeightsException(
                    "%s \"%s\": channels last; only channels first can be folded",
                    layer.getClass().getSimpleName(), name);
        }
    }

    /** A dense layer of weights and biases alone, without layer normalization. */
    private boolean isDense(Layer layer) {
        return (layer.getClass() == OutputLayer.class || layer.getClass() == DenseLayer.class)
                && Networks.isAffine(params);
    }

    private void spec(LayerSpec spec, String input, IActivation function, Layer layer) {
        INDArray weight = params.get("W");
        INDArray bias = params.get("b");
        if (spec instanceof ConvSpec conv) {
            parts.conv(name, input, weight, bias, conv.geometry(), function);
        } else if (spec instanceof WSConvSpec conv) {
            INDArray gain = params.get(WSConvSpec.GAIN);
            INDArray used =
                    Folding.standardized(weight, gain, conv.standardization(), weight.size(0));
            parts.conv(name, input, used, bias, conv.conv().geometry(), function);
        } else if (spec instanceof ConvTransposeSpec conv
                && conv.spatialRank() == 2
                && conv.geometry().exactSize() == null) {
            transposed(conv, input, function);
        } else if (spec instanceof DepthwiseConvSpec conv) {
            parts.conv(name, input, weight, bias, depthwise(conv), function);
        } else if (spec instanceof SeparableConvSpec conv) {
            separable(conv, input, function);
        } else if (spec instanceof TemporalSpatialConvSpec conv) {
            temporalSpatial(conv, input, function);
        } else if (spec instanceof CombinedConvSpec combined) {
            String filtered = temporal(combined.temporal(), input);
            spatial(filtered, combined.spatial().geometry(), function);
        } else if (spec instanceof DenseSpec) {
            parts.dense(name, input, weight, bias, function, null);
        } else if (spec instanceof BatchNormSpec norm) {
            parts.normalize(name, input, norm, params, function);
        } else if (spec instanceof NonlinearitySpec) {
            parts.activate(name, input, function);
        } else if (spec instanceof SwishSpec swish && !swish.learnableBeta() && swish.beta() == 1) {
            parts.activate(name, input, new ActivationSwish());
        } else if (spec instanceof SqueezeExcitationSpec excitation) {
            squeeze(excitation, input);
        } else if (spec instanceof ECASpec attention) {
            attend(attention, input);
        } else if (spec instanceof SkipInitGainSpec) {
            graph.same(name, input, params.get(SkipInitGainSpec.GAIN).getDouble(0));
        } else if (spec instanceof StochasticDepthSpec) {
            graph.same(name, input, 1);
        } else {
            throw nothing(layer);
        }
    }

    /**
     * DL4J's has neither groups nor dilation nor output padding: they become zeros between the
     * groups, and between and after the kernel's taps.
     */
    private void transposed(ConvTransposeSpec spec, String input, IActivation function) {
        ConvGeometry given = spec.geometry().convolution();
        ConvGeometry wide = spec.geometry().widened(spec.geometry().givenOutputPadding());
        int[] kernel = wide.kernelSize();
        long in = spec.inChannels();
        long out = spec.outChannels();
        INDArray weight = params.get("W");
        INDArray dense = Nd4j.zeros(weight.dataType(), in, out, kernel[0], kernel[1]);
        for (long i = 0; i < weight.length(); i++) {
            long[] tap = Shape.ind2subC(weight.shape(), i);
            long group = tap[0] / (in / given.groups());
            long[] place = {
                tap[0],
                group * weight.size(1) + tap[1],
                tap[2] * given.dilation()[0],
                tap[3] * given.dilation()[1]
            };
            dense.putScalar(place, weight.getDouble(tap));
        }
        Map<String, INDArray> values = new LinkedHashMap<>(params);
        values.put("W", dense);
        Layer layer =
                new Deconvolution2D.Builder(kernel, wide.stride(), wide.padBefore())
                        .nIn(in)
                        .nOut(out)
                        .hasBias(spec.bias())
                        .activation(Activation.IDENTITY)
                        .build();
        parts.layer(name, layer, values, graph.materialized(input));
        graph.place(name, name, 1);
        parts.activate(name, name, function);
    }

    private static ConvGeometry depthwise(DepthwiseConvSpec spec) {
        return spec.geometry().withGroups((int) spec.inChannels());
    }

    private void separable(SeparableConvSpec spec, String input, IActivation function) {
        parts.conv(
                name + "-depthwise",
                input,
                params.get(SeparableConvSpec.DEPTHWISE_WEIGHT),
                params.get(SeparableConvSpec.DEPTHWISE_BIAS),
                depthwise(spec.depthwise()),
                null);
        parts.conv(
                name,
                name + "-depthwise",
                params.get(SeparableConvSpec.POINTWISE_WEIGHT),
                params.get(SeparableConvSpec.POINTWISE_BIAS),
                POINT,
                function);
    }

    private void temporalSpatial(TemporalSpatialConvSpec spec, String input, IActivation function) {
        String temporal = temporal(spec.temporal(), input);
        parts.normalize(temporal, temporal, spec.normalization(), params, null);
        spatial(temporal, depthwise(spec.spatial()), function);
    }

    private String temporal(ConvSpec spec, String input) {
        String temporal = name + "-temporal";
        parts.conv(
                temporal,
                input,
                params.get(TemporalSpatialConvSpec.TEMPORAL_WEIGHT),
                params.get(TemporalSpatialConvSpec.TEMPORAL_BIAS),
                spec.geometry(),
                null);
        return temporal;
    }

    private void spatial(String filtered, ConvGeometry geometry, IActivation function) {
        parts.conv(
                name,
                filtered,
                params.get(TemporalSpatialConvSpec.SPATIAL_WEIGHT),
                params.get(TemporalSpatialConvSpec.SPATIAL_BIAS),
                geometry,
                function);
    }

    private void squeeze(SqueezeExcitationSpec spec, String input) {
        mean(input);
        full(name + "-hidden", name + "-mean", "1", spec.innerActivation());
        full(name + "-gate", name + "-hidden", "2", spec.gate());
        multiply(input, spec);
    }

    /** The convolution along the channels is a fully connected layer with a band of weights. */
    private void attend(ECASpec spec, String input) {
        mean(input);
        long channels = spec.inChannels();
        INDArray band = Nd4j.zeros(DataType.DOUBLE, channels, channels, 1, 1);
        INDArray kernel = params.get("W");
        int before = spec.kernelSize() / 2;
        for (long to = 0; to < channels; to++) {
            long last = Math.min(channels - 1, to + before);
            for (long from = Math.max(0, to - before); from <= last; from++) {
                double value = kernel.getDouble(0, 0, from - to + before);
                band.putScalar(new long[] {to, from, 0, 0}, value);
            }
        }
        parts.conv(name + "-gate", name + "-mean", band, null, POINT, spec.gate());
        multiply(input, spec);
    }

    private void mean(String input) {
        BuiltInGraph.Place from = graph.place(input);
        parts.layer(
                name + "-mean",
                new GlobalPoolingLayer.Builder(PoolingType.AVG).collapseDimensions(false).build(),
                Map.of(),
                from.vertex());
        graph.place(name + "-mean", name + "-mean", from.factor());
    }

    /** Multiplies the input by the factors. */
    private void multiply(String input, ChannelGateSpec spec) {
        BuiltInGraph.Place from = graph.place(input);
        BuiltInGraph.Place gate = graph.place(name + "-gate");
        graph.add(
                name,
                new ElementWiseVertex(ElementWiseVertex.Op.Product),
                Map.of(),
                from.vertex(),
                gate.vertex());
        graph.place(name, name, from.factor() * gate.factor() * spec.scale());
    }

    /** A fully connected layer over channels. */
    private void full(String vertex, String input, String number, IActivation function) {
        INDArray weight = params.get("W" + number).transpose().dup('c');
        parts.conv(
                vertex,
                input,
                weight.reshape('c', weight.size(0), weight.size(1), 1, 1),
                params.get("b" + number),
                POINT,
                function);
    }

    private void other(Layer given, String input) {
        if (given instanceof Pooling2D pool) {
            parts.pool(
                    name,
                    input,
                    new SubsamplingLayer.Builder(pool.getPoolingType())
                            .kernelSize(pool.getKernelSize())
                            .stride(pool.getStride())
                            .dilation(pool.getDilation())
                            .padding(pool.getPadding())
                            .convolutionMode(pool.getConvolutionMode())
                            .build());
            return;
        }
        if (!given.getClass().getName().startsWith("org.deeplearning4j.")) {
            throw nothing(given);
        }
        Layer layer = forInference(given);
        if (layer instanceof SubsamplingLayer || layer instanceof GlobalPoolingLayer) {
            parts.pool(name, input, layer);
            return;
        }
        parts.layer(name, layer, new LinkedHashMap<>(params), graph.materialized(input));
        graph.place(name, name, 1);
    }

    /** The layer without what only training needs, which may be Lamina's. */
    private static Layer forInference(Layer given) {
        Layer layer = given.clone();
        layer.setConstraints(null);
        layer.setIDropout(null);
        if (layer instanceof BaseLayer base) {
            base.setIUpdater(new NoOp());
            base.setBiasUpdater(null);
            base.setRegularization(List.of());
            base.setRegularizationBias(List.of());
            base.setWeightNoise(null);
            base.setWeightInitFn(new WeightInitXavier());
        }
        return layer;
    }
}
