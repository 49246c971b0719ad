package org.lamina.zoo.report;

import java.awt.Color;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.lamina.zoo.NFNet;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * How the size of the signal changes from block to block of an untrained normalizer-free network
 * whose input is standard normal white noise: the signal propagation plots of
 * https://arxiv.org/abs/2101.08692.
 *
 * @param blocks in their order
 */
public record SignalPropagation(List<Block> blocks) {

    /**
     * The signal after a block.
     *
     * @param name of its vertex
     * @param squaredMean mean over the output's channels of a channel's squared mean
     * @param variance mean over the output's channels of a channel's variance
     * @param residual the variance of the residual branch, before its factor 0.2
     * @param planned the output's variance by the papers' rule, which ignores pooling
     * @param theory the output's variance by theory
     * @param residualTheory the residual branch's variance by theory
     */
    public record Block(
            String name,
            double squaredMean,
            double variance,
            double residual,
            double planned,
            double theory,
            double residualTheory) {}

    /**
     * Measures untrained networks with skip gains of 1. Channels are few and weights random, so the
     * variances of a single network scatter around the theoretical ones; average several.
     *
     * @param model the kind of network
     * @param networks number of networks, each with other weights and other noise
     * @param images number of images of noise for each
     * @param seed of weights and noise
     */
    public static SignalPropagation of(NFNet model, int networks, int images, long seed) {
        Map<String, Double> planned = model.expectedVariances();
        List<String> names = List.copyOf(planned.keySet());
        double[] squaredMean = new double[names.size()];
        double[] variance = new double[names.size()];
        double[] residual = new double[names.size()];
        int[] shape = model.metaData().getInputShape()[0];
        Map<String, Double> theory =
                NoiseTheory.variances(model.with(1, seed).conf(), shape[1], shape[2]);
        double factor = NFNet.RESIDUAL_WEIGHT * NFNet.RESIDUAL_WEIGHT;
        for (int n = 0; n < networks; n++) {
            ComputationGraph network = model.with(1, seed + n).init();
            Nd4j.getRandom().setSeed(seed + n);
            INDArray noise = Nd4j.randn(DataType.FLOAT, images, shape[0], shape[1], shape[2]);
            Map<String, INDArray> outputs = network.feedForward(noise, false);
            for (int i = 0; i < names.size(); i++) {
                INDArray channels = byChannel(outputs.get(names.get(i)));
                INDArray means = channels.mean(1);
                squaredMean[i] += means.mul(means).meanNumber().doubleValue() / networks;
                variance[i] += variance(channels) / networks;
                INDArray branch = byChannel(outputs.get(NFNet.residualOf(names.get(i))));
                residual[i] += variance(branch) / factor / networks;
            }
        }
        List<Block> blocks = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            String name = names.get(i);
            blocks.add(
                    new Block(
                            name,
                            squaredMean[i],
                            variance[i],
                            residual[i],
                            planned.get(name),
                            theory.get(name),
                            theory.get(NFNet.residualOf(name)) / factor));
        }
        return new SignalPropagation(blocks);
    }

    /** {@code [N, C, H, W]} as {@code [C, N * H * W]}. */
    private static INDArray byChannel(INDArray array) {
        return array.permute(1, 0, 2, 3).dup('c').reshape('c', array.size(1), -1);
    }

    private static double variance(INDArray channels) {
        return channels.var(false, 1).meanNumber().doubleValue();
    }

    /** Variance of the blocks' outputs against the block's number, as an image. */
    public String varianceChart() {
        return chart(
                "variance of a channel",
                line("rule without pooling", Block::planned, Charts.GRAY),
                line("theory", Block::theory, Charts.ORANGE),
                line("measured", Block::variance, Charts.BLUE));
    }

    /** Variance of the residual branches against the block's number, as an image. */
    public String residualChart() {
        return chart(
                "variance of the residual branch",
                line("theory", Block::residualTheory, Charts.ORANGE),
                line("measured", Block::residual, Charts.BLUE));
    }

    /** Squared mean against the block's number, as an image. */
    public String squaredMeanChart() {
        return chart(
                "squared mean of a channel", line("measured", Block::squaredMean, Charts.BLUE));
    }

    private static String chart(String title, Charts.Line... lines) {
        return Charts.large("block", title, Arrays.asList(lines), null);
    }

    private Charts.Line line(String name, ToDoubleFunction<Block> value, Color color) {
        double[] x = new double[blocks.size()];
        Arrays.setAll(x, i -> i + 1);
        return new Charts.Line(name, x, blocks.stream().mapToDouble(value).toArray(), color);
    }
}
