package org.lamina.zoo.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.lamina.zoo.NFNet;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * How the size of the signal changes from block to block of an untrained normalizer-free network:
 * the signal propagation plot of https://arxiv.org/abs/2101.08692.
 *
 * @param blocks what the blocks put out, in their order
 */
public record SignalPropagation(List<Block> blocks) {

    /**
     * What a block puts out.
     *
     * @param name of its vertex
     * @param squaredMean mean over the channels of a channel's squared mean
     * @param variance mean over the channels of a channel's variance
     * @param expected that variance by the network's plan
     */
    public record Block(String name, double squaredMean, double variance, double expected) {}

    /**
     * Measures.
     *
     * @param models of one architecture, for example with several seeds; what is measured is
     *     averaged over them. For the plan to hold their skip gains are 1.
     * @param images {@code [N, channels, height, width]}, for example standard normal noise
     */
    public static SignalPropagation of(List<NFNet> models, INDArray images) {
        Map<String, Double> plan = models.get(0).expectedVariances();
        List<String> names = List.copyOf(plan.keySet());
        double[] squaredMean = new double[names.size()];
        double[] variance = new double[names.size()];
        for (NFNet model : models) {
            ComputationGraph network = model.init();
            Map<String, INDArray> outputs = network.feedForward(images.dup(), false);
            for (int i = 0; i < names.size(); i++) {
                INDArray channels = byChannel(outputs.get(names.get(i)));
                INDArray means = channels.mean(1);
                squaredMean[i] += means.mul(means).meanNumber().doubleValue() / models.size();
                variance[i] += channels.var(false, 1).meanNumber().doubleValue() / models.size();
            }
        }
        List<Block> blocks = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            String name = names.get(i);
            blocks.add(new Block(name, squaredMean[i], variance[i], plan.get(name)));
        }
        return new SignalPropagation(blocks);
    }

    /** {@code [N, C, H, W]} as {@code [C, N * H * W]}. */
    private static INDArray byChannel(INDArray array) {
        return array.permute(1, 0, 2, 3).dup('c').reshape('c', array.size(1), -1);
    }

    /** Measured and expected variance against the block's number, as SVG. */
    public String varianceChart() {
        return Charts.svg(
                "block",
                "mean variance of a channel",
                List.of(
                        line("measured", Block::variance, Charts.BLUE),
                        line("expected", Block::expected, Charts.ORANGE)));
    }

    /** Squared mean against the block's number, as SVG. */
    public String squaredMeanChart() {
        return Charts.svg(
                "block",
                "mean squared mean of a channel",
                List.of(line("measured", Block::squaredMean, Charts.BLUE)));
    }

    private Charts.Line line(String name, ToDoubleFunction<Block> value, java.awt.Color color) {
        double[] x = new double[blocks.size()];
        for (int i = 0; i < x.length; i++) {
            x[i] = i + 1;
        }
        return new Charts.Line(name, x, blocks.stream().mapToDouble(value).toArray(), color);
    }
}
