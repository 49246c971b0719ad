package org.lamina.zoo;

import java.util.LinkedHashMap;
import java.util.Map;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.distribution.NormalDistribution;
import org.deeplearning4j.nn.conf.dropout.Dropout;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.weights.WeightInit;
import org.deeplearning4j.nn.weights.WeightInitDistribution;
import org.lamina.activations.ScaledActivation;
import org.lamina.layers.AveragePooling2D;
import org.lamina.layers.Conv2D;
import org.lamina.layers.ECA;
import org.lamina.layers.MaxPooling2D;
import org.lamina.layers.Nonlinearity;
import org.lamina.layers.SkipInitGain;
import org.lamina.layers.SqueezeExcitation;
import org.lamina.layers.StochasticDepth;
import org.lamina.layers.WSConv2D;
import org.lamina.layers.builders.GroupedConvBuilder;
import org.lamina.spec.Padding;
import org.lamina.zoo.NFNetArchitecture.Attention;
import org.lamina.zoo.NFNetArchitecture.Stage;
import org.lamina.zoo.NFNetArchitecture.Stem;
import org.nd4j.linalg.activations.Activation;

/**
 * Adds the vertices of a normalizer-free network to a graph and tracks the size, channels and
 * expected variance of their outputs.
 */
final class NFNetGraph {

    private static final double ALPHA = NFNet.RESIDUAL_WEIGHT;

    private final GraphBuilder graph;
    private final NFNetArchitecture net;
    private final NFNet.Builder options;
    private final ScaledActivation activation;

    /** Expected variances of the blocks' outputs, by vertex. */
    private final Map<String, Double> variances = new LinkedHashMap<>();

    /** The last vertex, and channels, size and variance of its output. */
    private String last;

    private int channels;
    private final int[] size;
    private double variance = 1;

    NFNetGraph(GraphBuilder graph, NFNet.Builder options) {
        this.graph = graph;
        this.last = NFNet.INPUT;
        this.options = options;
        this.net = options.architecture();
        this.activation = ScaledActivation.unitVariance(net.activation());
        this.channels = options.channels;
        this.size = new int[] {options.height, options.width};
    }

    /** Adds everything after the input; the last vertex is the output. */
    String build() {
        stem();
        int index = 0;
        for (int stage = 0; stage < net.stages().size(); stage++) {
            for (int block = 0; block < net.stages().get(stage).depth(); block++) {
                double dropRate = net.stochasticDepth() * index++ / net.blocks();
                block(stage, block, dropRate);
            }
        }
        if (net.lastWidth() > 0) {
            conv("last-conv", 1, (int) Math.round(channels * net.lastWidth()), 1, 1);
        }
        activate("last-act", 1);
        add("pool", new GlobalPoolingLayer.Builder(PoolingType.AVG).build());
        if (net.dropout() > 0) {
            add("dropout", new DropoutLayer.Builder(new Dropout(1 - net.dropout())).build());
        }
        add("classifier", classifier());
        return last;
    }

    /** Expected variances of the blocks' outputs, by vertex, where the skip gains are 1. */
    Map<String, Double> variances() {
        return variances;
    }

    private void stem() {
        Stem stem = net.stem();
        for (int i = 0; i < stem.channels().size(); i++) {
            if (i > 0) {
                activate("stem-act" + i, 1);
            }
            conv("stem-conv" + i, stem.kernel(), stem.channels().get(i), stem.strides().get(i), 1);
        }
        if (stem.maxPool()) {
            add("stem-pool", maxPool());
            shrink(2);
        }
    }

    /**
     * A block: the activated and scaled input goes through the residual branch; the shortcut
     * carries the input itself, or where size or width change the activated input, resampled.
     */
    private void block(int stageIndex, int blockIndex, double dropRate) {
        Stage stage = net.stages().get(stageIndex);
        String name = "stage" + (stageIndex + 1) + "-block" + (blockIndex + 1);
        int stride = blockIndex == 0 ? stage.stride() : 1;
        boolean transition = stride > 1 || channels != stage.width();
        String shortcut = last;
        int inputChannels = channels;
        int[] inputSize = size.clone();
        activate(name + "-act0", 1 / Math.sqrt(variance));
        String activated = last;

        boolean first = stageIndex == 0 && blockIndex == 0;
        int inner = net.block().innerWidth(channels, stage.width(), first);
        int groups = net.block().groups(inner);
        conv(name + "-conv0", 1, inner, 1, 1);
        activate(name + "-act1", 1);
        conv(name + "-conv1", 3, inner, stride, groups);
        if (net.block().spatialConvs() == 2) {
            activate(name + "-act1b", 1);
            conv(name + "-conv1b", 3, inner, 1, groups);
        }
        if (net.block().attention().inside()) {
            attention(name, 2);
        }
        activate(name + "-act2", 1);
        conv(name + "-conv2", 1, stage.width(), 1, 1);
        weighted(name, dropRate);
        String residual = last;

        if (transition) {
            last = activated;
            channels = inputChannels;
            System.arraycopy(inputSize, 0, size, 0, 2);
            boolean pooled = stride > 1 && net.block().pooledShortcut();
            if (pooled) {
                add(name + "-pool", averagePool(stride));
                shrink(stride);
            }
            conv(name + "-shortcut", 1, stage.width(), pooled ? 1 : stride, 1);
            shortcut = last;
            variance = 1;
        }
        graph.addVertex(name, new ElementWiseVertex(ElementWiseVertex.Op.Add), residual, shortcut);
        last = name;
        variance += ALPHA * ALPHA;
        variances.put(name, variance);
    }

    /** Channel attention; the mean of its factors is 1/2, hence a scale of 2 and more. */
    private void attention(String name, double scale) {
        Attention attention = net.block().attention();
        if (attention.kind() == Attention.Kind.SQUEEZE_EXCITATION) {
            add(
                    name + "-se",
                    new SqueezeExcitation.Builder()
                            .hidden(attention.hidden(channels))
                            .scale(scale)
                            .build());
        } else {
            add(name + "-eca", new ECA.Builder().scale(scale).build());
        }
    }

    /** The factors of a residual branch: attention, stochastic depth, gain, alpha. */
    private void weighted(String name, double dropRate) {
        Attention attention = net.block().attention();
        if (attention.kind() != Attention.Kind.NONE && !attention.inside()) {
            attention(name, 2 * ALPHA); // alpha here saves a pass over the branch
        } else {
            graph.addVertex(name + "-alpha", new ScaleVertex(ALPHA), last);
            last = name + "-alpha";
        }
        if (dropRate > 0) {
            add(
                    name + "-depth",
                    new StochasticDepth.Builder().dropRate(dropRate).scaleByKeep(false).build());
        }
        add(
                NFNet.residualOf(name),
                new SkipInitGain.Builder().initialGain(options.skipGain).build());
    }

    private void add(String name, Layer layer) {
        graph.addLayer(name, layer, last);
        last = name;
    }

    private void activate(String name, double factor) {
        ScaledActivation function =
                new ScaledActivation(activation.function(), activation.gamma() * factor);
        add(name, new Nonlinearity.Builder().activation(function).build());
    }

    /** A convolution without activation function: with one, the backward pass would repeat it. */
    private void conv(String name, int kernel, int out, int stride, int groups) {
        GroupedConvBuilder<?, ?> conv =
                net.standardization() == null
                        ? new Conv2D.Builder(kernel)
                        : new WSConv2D.Builder(kernel).standardization(net.standardization());
        conv.nOut(out)
                .stride(stride)
                .groups(groups)
                .padding(padding(kernel, stride))
                .weightInit(WeightInit.LECUN_NORMAL)
                .activation(Activation.IDENTITY);
        if (last.equals(NFNet.INPUT)) {
            conv.inputGradient(options.inputGradient);
        }
        add(name, conv.build());
        channels = out;
        shrink(stride);
    }

    private Padding padding(int kernel, int stride) {
        if (net.padding() == NFNetArchitecture.Padding.SYMMETRIC) {
            return Padding.of(kernel / 2);
        }
        int[] before = new int[2];
        int[] after = new int[2];
        for (int d = 0; d < 2; d++) {
            int total = Math.max(0, (shrunk(size[d], stride) - 1) * stride + kernel - size[d]);
            before[d] = total / 2;
            after[d] = total - before[d];
        }
        return Padding.perSide(before, after);
    }

    private static SubsamplingLayer maxPool() {
        return new MaxPooling2D.Builder(3, 3).stride(2, 2).padding(1, 1).build();
    }

    /** 'Same' rounds the size up; padding does not count in the average. */
    private static SubsamplingLayer averagePool(int size) {
        AveragePooling2D.Builder pool = new AveragePooling2D.Builder(size, size);
        pool.convolutionMode(ConvolutionMode.Same);
        return pool.build();
    }

    private void shrink(int stride) {
        size[0] = shrunk(size[0], stride);
        size[1] = shrunk(size[1], stride);
    }

    private static int shrunk(int size, int stride) {
        return (size + stride - 1) / stride;
    }

    private OutputLayer classifier() {
        return new OutputLayer.Builder(options.lossFunction)
                .nOut(options.classes)
                .activation(Activation.SOFTMAX)
                .weightInit(new WeightInitDistribution(new NormalDistribution(0, 0.01)))
                .build();
    }
}
