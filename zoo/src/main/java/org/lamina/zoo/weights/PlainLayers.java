package org.lamina.zoo.weights;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.BaseOutputLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.weights.WeightInitXavier;
import org.lamina.kernels.WeightStandardizationKernel;
import org.lamina.layers.conf.MeanPooling2D;
import org.lamina.layers.conf.SpecLayer;
import org.lamina.samediff.layers.SpecSameDiffLayer;
import org.lamina.spec.BatchNormSpec;
import org.lamina.spec.ConvGeometry;
import org.lamina.spec.ConvSpec;
import org.lamina.spec.DenseSpec;
import org.lamina.spec.DepthwiseConvSpec;
import org.lamina.spec.LayerSpec;
import org.lamina.spec.NonlinearitySpec;
import org.lamina.spec.PaddingMode;
import org.lamina.spec.SeparableConvSpec;
import org.lamina.spec.SkipInitGainSpec;
import org.lamina.spec.SqueezeExcitationSpec;
import org.lamina.spec.StochasticDepthSpec;
import org.lamina.spec.SwishSpec;
import org.lamina.spec.WSConvSpec;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationSwish;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.linalg.ops.transforms.Transforms;

/** Adds to a {@link PlainGraph} what computes the values of a network's vertices, one by one. */
final class PlainLayers {

    private static final ConvGeometry POINT = ConvGeometry.ofKernel(1, 1);

    private final PlainGraph graph;

    /** The vertex that is being added. */
    private String name;

    private InputPreProcessor preProcessor;
    private Map<String, INDArray> params;

    PlainLayers(PlainGraph graph) {
        this.graph = graph;
    }

    void add(String vertex, GraphVertex conf, List<String> inputs, Map<String, INDArray> table) {
        name = vertex;
        params = table == null ? Map.of() : table;
        if (!(conf instanceof LayerVertex)) {
            vertex(conf, inputs);
            return;
        }
        Layer layer = ((LayerVertex) conf).getLayerConf().getLayer();
        preProcessor = ((LayerVertex) conf).getPreProcessor();
        String input = inputs.get(0);
        if (layer instanceof SpecLayer) {
            SpecLayer<?> own = (SpecLayer<?>) layer;
            spec(own.getSpec(), input, own.isChannelsLast(), own.getActivationFn(), layer);
        } else if (layer instanceof SpecSameDiffLayer) {
            SpecSameDiffLayer<?> own = (SpecSameDiffLayer<?>) layer;
            spec(own.getSpec(), input, own.isChannelsLast(), own.getActivationFn(), layer);
        } else if (layer.getClass() == OutputLayer.class || layer.getClass() == DenseLayer.class) {
            BaseOutputLayer output =
                    layer instanceof BaseOutputLayer ? (BaseOutputLayer) layer : null;
            IActivation function = ((FeedForwardLayer) layer).getActivationFn();
            dense(input, params.get("W"), params.get("b"), output, function);
        } else if (layer instanceof ActivationLayer) {
            activate(input, ((ActivationLayer) layer).getActivationFn());
        } else if (layer instanceof DropoutLayer) {
            graph.same(name, input, 1);
        } else {
            other(layer, input);
        }
    }

    private String describe(Layer layer) {
        return layer.getClass().getSimpleName() + " \"" + name + "\"";
    }

    private void vertex(GraphVertex conf, List<String> inputs) {
        if (conf instanceof ScaleVertex) {
            graph.same(name, inputs.get(0), ((ScaleVertex) conf).getScaleFactor());
            return;
        }
        if (conf.getClass().getName().startsWith("org.lamina.")) {
            throw new WeightsException(
                    conf.getClass().getSimpleName() + " \"" + name + "\": DL4J has nothing for it");
        }
        String[] from = inputs.stream().map(graph::materialized).toArray(String[]::new);
        graph.add(name, conf.clone(), params, from);
        graph.place(name, name, 1);
    }

    private void spec(
            LayerSpec spec, String input, boolean channelsLast, IActivation function, Layer layer) {
        if (channelsLast) {
            throw new WeightsException(describe(layer) + ": channels last; only channels first");
        }
        if (spec instanceof ConvSpec) {
            ConvSpec conv = (ConvSpec) spec;
            conv(input, params.get("W"), params.get("b"), conv.geometry(), function, layer);
        } else if (spec instanceof WSConvSpec) {
            WSConvSpec conv = (WSConvSpec) spec;
            INDArray weight = standardized(conv);
            conv(input, weight, params.get("b"), conv.conv().geometry(), function, layer);
        } else if (spec instanceof DepthwiseConvSpec) {
            ConvGeometry geometry = depthwise((DepthwiseConvSpec) spec);
            conv(input, params.get("W"), params.get("b"), geometry, function, layer);
        } else if (spec instanceof SeparableConvSpec) {
            separable((SeparableConvSpec) spec, input, function, layer);
        } else if (spec instanceof DenseSpec) {
            dense(input, params.get("W"), params.get("b"), null, function);
        } else if (spec instanceof BatchNormSpec) {
            normalize((BatchNormSpec) spec, input, function);
        } else if (spec instanceof NonlinearitySpec) {
            activate(input, function);
        } else if (spec instanceof SwishSpec
                && !((SwishSpec) spec).learnableBeta()
                && ((SwishSpec) spec).beta() == 1) {
            activate(input, new ActivationSwish());
        } else if (spec instanceof SqueezeExcitationSpec) {
            squeeze((SqueezeExcitationSpec) spec, input, layer);
        } else if (spec instanceof SkipInitGainSpec) {
            graph.same(name, input, params.get(SkipInitGainSpec.GAIN).getDouble(0));
        } else if (spec instanceof StochasticDepthSpec) {
            graph.same(name, input, 1);
        } else {
            throw new WeightsException(describe(layer) + ": DL4J has nothing for this layer");
        }
    }

    private static ConvGeometry depthwise(DepthwiseConvSpec spec) {
        return spec.geometry().withGroups((int) spec.inChannels());
    }

    private INDArray standardized(WSConvSpec spec) {
        INDArray weight = params.get("W").castTo(DataType.DOUBLE).dup('c');
        INDArray gain = params.get(WSConvSpec.GAIN).castTo(DataType.DOUBLE).dup('c');
        new WeightStandardizationKernel(spec.standardization()).forward(weight, gain, weight);
        return weight;
    }

    private void conv(
            String input,
            INDArray weight,
            INDArray bias,
            ConvGeometry geometry,
            IActivation function,
            Layer layer) {
        if (geometry.rank() != 2 || geometry.paddingMode() != PaddingMode.ZEROS) {
            throw new WeightsException(
                    describe(layer)
                            + ": "
                            + geometry
                            + "; only 2 dimensions and padding with zeros can be folded");
        }
        PlainGraph.Place from = graph.place(input);
        affine(
                new AffineNode(name, from.vertex(), preProcessor, weight, bias, geometry, null),
                from.factor());
        activate(name, function);
    }

    private void affine(AffineNode node, double inputFactor) {
        node.scaleInput(inputFactor);
        graph.add(node);
        graph.place(node.name(), node.name(), 1);
    }

    private void separable(
            SeparableConvSpec spec, String input, IActivation function, Layer layer) {
        String whole = name;
        name = whole + "-depthwise";
        conv(
                input,
                params.get(SeparableConvSpec.DEPTHWISE_WEIGHT),
                params.get(SeparableConvSpec.DEPTHWISE_BIAS),
                depthwise(spec.depthwise()),
                null,
                layer);
        name = whole;
        preProcessor = null;
        conv(
                whole + "-depthwise",
                params.get(SeparableConvSpec.POINTWISE_WEIGHT),
                params.get(SeparableConvSpec.POINTWISE_BIAS),
                POINT,
                function,
                layer);
    }

    private void dense(
            String input,
            INDArray weight,
            INDArray bias,
            BaseOutputLayer output,
            IActivation function) {
        PlainGraph.Place from = graph.place(input);
        AffineNode node =
                new AffineNode(
                        name, from.vertex(), preProcessor, weight.transpose(), bias, null, output);
        affine(node, from.factor());
        if (output == null) {
            activate(name, function);
        } else {
            PlainActivation plain = PlainActivation.of(function, name);
            node.activation(plain.function());
            graph.place(name, name, plain.factor());
        }
    }

    /** Folded into what is before it, else a layer of its own. */
    private void normalize(BatchNormSpec spec, String input, IActivation function) {
        AffineNode before = graph.foldable(input);
        if (before != null) {
            INDArray deviation =
                    Transforms.sqrt(wide(BatchNormSpec.VARIANCE).addi(spec.eps()), false);
            INDArray scale = wide(BatchNormSpec.GAMMA).divi(deviation);
            INDArray shift = wide(BatchNormSpec.BETA).subi(wide(BatchNormSpec.MEAN).muli(scale));
            before.scaleOutput(scale, shift);
            graph.place(name, before.name(), 1);
            activateFolded(before, function);
            return;
        }
        BatchNormalization layer =
                new BatchNormalization.Builder()
                        .eps(spec.eps())
                        .nIn(spec.inChannels())
                        .nOut(spec.inChannels())
                        .useLogStd(false)
                        .build();
        add(name, layer, preProcessor, params, graph.materialized(input));
        graph.place(name, name, 1);
        activate(name, function);
    }

    private INDArray wide(String param) {
        INDArray array = params.get(param).castTo(DataType.DOUBLE).dup();
        return array.reshape(array.length());
    }

    private void activateFolded(AffineNode node, IActivation function) {
        PlainActivation plain = PlainActivation.of(function, name);
        node.activation(plain.function());
        graph.place(name, node.name(), plain.factor());
    }

    /**
     * The function of an input, or of this vertex's own value so far. DL4J's layer writes over its
     * input, hence the copy.
     */
    private void activate(String input, IActivation function) {
        PlainActivation plain = PlainActivation.of(function, name);
        AffineNode before = input.equals(name) ? graph.foldableAs(name) : graph.foldable(input);
        if (plain.identity()) {
            graph.same(name, input, plain.factor());
        } else if (before != null) {
            activateFolded(before, function);
        } else {
            String copy = graph.copied(input);
            String vertex = input.equals(name) ? name + "-activation" : name;
            ActivationLayer layer = new ActivationLayer(plain.function());
            add(vertex, layer, null, Map.of(), copy);
            graph.place(name, vertex, plain.factor());
        }
    }

    private void squeeze(SqueezeExcitationSpec spec, String input, Layer layer) {
        PlainGraph.Place from = graph.place(input);
        String whole = name;
        GlobalPoolingLayer mean =
                new GlobalPoolingLayer.Builder(PoolingType.AVG).collapseDimensions(false).build();
        add(whole + "-mean", mean, null, Map.of(), from.vertex());
        graph.place(whole + "-mean", whole + "-mean", from.factor());
        preProcessor = null;
        full(whole + "-hidden", whole + "-mean", "1", spec.innerActivation(), layer);
        full(whole + "-gate", whole + "-hidden", "2", spec.gate(), layer);
        PlainGraph.Place gate = graph.place(whole + "-gate");
        name = whole;
        graph.add(
                name,
                new ElementWiseVertex(ElementWiseVertex.Op.Product),
                Map.of(),
                from.vertex(),
                gate.vertex());
        graph.place(name, name, from.factor() * gate.factor() * spec.scale());
    }

    /** A fully connected layer over channels. */
    private void full(
            String vertex, String input, String number, IActivation function, Layer layer) {
        name = vertex;
        INDArray weight = params.get("W" + number).transpose().dup('c');
        conv(
                input,
                weight.reshape('c', weight.size(0), weight.size(1), 1, 1),
                params.get("b" + number),
                POINT,
                function,
                layer);
    }

    private void other(Layer given, String input) {
        if (given instanceof MeanPooling2D) {
            MeanPooling2D pool = (MeanPooling2D) given;
            SubsamplingLayer mean =
                    new SubsamplingLayer.Builder(PoolingType.AVG)
                            .kernelSize(pool.getKernelSize())
                            .stride(pool.getStride())
                            .padding(pool.getPadding())
                            .convolutionMode(pool.getConvolutionMode())
                            .build();
            linear(mean, input);
            return;
        }
        if (!given.getClass().getName().startsWith("org.deeplearning4j.")) {
            throw new WeightsException(describe(given) + ": DL4J has nothing for this layer");
        }
        Layer layer = given.clone();
        layer.setConstraints(null);
        layer.setIDropout(null);
        if (layer instanceof BaseLayer) {
            BaseLayer base = (BaseLayer) layer;
            base.setIUpdater(new NoOp());
            base.setBiasUpdater(null);
            base.setRegularization(List.of());
            base.setRegularizationBias(List.of());
            base.setWeightNoise(null);
            base.setWeightInitFn(new WeightInitXavier());
        }
        if (layer instanceof SubsamplingLayer || layer instanceof GlobalPoolingLayer) {
            linear(layer, input);
            return;
        }
        add(name, layer, preProcessor, new LinkedHashMap<>(params), graph.materialized(input));
        graph.place(name, name, 1);
    }

    /** A mean or maximum: a factor above 0 may come after it. */
    private void linear(Layer layer, String input) {
        PlainGraph.Place from = graph.place(input);
        boolean after = from.factor() > 0;
        add(name, layer, preProcessor, Map.of(), after ? from.vertex() : graph.materialized(input));
        graph.place(name, name, after ? from.factor() : 1);
    }

    private void add(
            String vertex,
            Layer layer,
            InputPreProcessor pre,
            Map<String, INDArray> table,
            String input) {
        NeuralNetConfiguration conf = new NeuralNetConfiguration.Builder().layer(layer).build();
        graph.add(vertex, new LayerVertex(conf, pre), table, input);
    }
}
