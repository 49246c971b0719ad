package org.lamina.contract;

import static org.lamina.contract.LayerFamily.row;
import static org.lamina.contract.LayerFamily.size;
import static org.lamina.harness.Option.ACTIVATION;
import static org.lamina.harness.Option.BETA;
import static org.lamina.harness.Option.DROP_RATE;
import static org.lamina.harness.Option.GATE;
import static org.lamina.harness.Option.HAS_BIAS;
import static org.lamina.harness.Option.HIDDEN;
import static org.lamina.harness.Option.INITIAL_GAIN;
import static org.lamina.harness.Option.INNER_ACTIVATION;
import static org.lamina.harness.Option.KERNEL_SIZE;
import static org.lamina.harness.Option.LEARNABLE_BETA;
import static org.lamina.harness.Option.N_IN;
import static org.lamina.harness.Option.N_OUT;
import static org.lamina.harness.Option.REDUCTION;
import static org.lamina.harness.Option.SCALE;
import static org.lamina.harness.Option.SCALE_BY_KEEP;
import static org.lamina.harness.Option.SEED;

import java.util.List;
import org.lamina.activations.Elu;
import org.lamina.activations.Gelu;
import org.lamina.activations.GeluTanh;
import org.lamina.activations.SafeLog;
import org.lamina.activations.ScaledActivation;
import org.lamina.activations.Square;
import org.lamina.activations.Swish;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.IActivation;

/** Swish, activation functions alone, channel gates, skip gain, stochastic depth. */
final class GatingFamily implements LayerFamily {

    private static Row swish(Object... options) {
        return row("SwishLayer", NO_KERNEL, size(3, 4), options);
    }

    private static Row nonlinearity(Object... options) {
        return row("Nonlinearity", NO_KERNEL, size(3, 4), options);
    }

    private static Row gain(Object... options) {
        return row("SkipInitGain", NO_KERNEL, size(3, 4), options);
    }

    private static Row depth(Object... options) {
        return row("StochasticDepth", NO_KERNEL, size(3, 4), options);
    }

    private static Row squeeze(Object... options) {
        return row("SqueezeExcitation", NO_KERNEL, size(4, 5), options);
    }

    private static Row attention(Object... options) {
        return row("ECA", NO_KERNEL, size(4, 5), options);
    }

    @Override
    public List<Row> rows() {
        return List.of(
                swish(),
                row("SwishLayer", NO_KERNEL, size(4), LEARNABLE_BETA, true),
                swish(LEARNABLE_BETA, true, BETA, 1.5),
                row("SwishLayer", NO_KERNEL, size(2, 4, 3), LEARNABLE_BETA, true),
                row("SwishLayer", NO_KERNEL, size(2, 3, 2, 4), BETA, -0.5),
                nonlinearity(ACTIVATION, ScaledActivation.unitVariance(new Gelu())),
                row("Nonlinearity", NO_KERNEL, size(4), ACTIVATION, new Swish()),
                row("Nonlinearity", NO_KERNEL, size(2, 4, 3), ACTIVATION, new Elu(0.75)),
                row("Nonlinearity", NO_KERNEL, size(2, 3, 2, 4), ACTIVATION, new Swish(2)),
                nonlinearity(ACTIVATION, new GeluTanh()),
                nonlinearity(ACTIVATION, new Square()),
                row("Nonlinearity", NO_KERNEL, size(2, 4), ACTIVATION, new SafeLog(0.5)),
                gain(INITIAL_GAIN, 0.3),
                row("SkipInitGain", NO_KERNEL, size(4), INITIAL_GAIN, 0.5),
                row("SkipInitGain", NO_KERNEL, size(2, 4, 3), INITIAL_GAIN, -2.0),
                row("SkipInitGain", NO_KERNEL, size(2, 3, 2, 3), INITIAL_GAIN, 0.7),
                depth(DROP_RATE, 0.5, SEED, 1L),
                row("StochasticDepth", NO_KERNEL, size(4), DROP_RATE, 0.3, SEED, 4L),
                row("StochasticDepth", NO_KERNEL, size(2, 4, 3), DROP_RATE, 0.4, SEED, 6L)
                        .with(SCALE_BY_KEEP, false),
                row("StochasticDepth", NO_KERNEL, size(2, 3, 2, 3), DROP_RATE, 0.0),
                squeeze(REDUCTION, 2, INNER_ACTIVATION, new Swish()),
                squeeze(HIDDEN, 3, HAS_BIAS, false, GATE, Activation.TANH)
                        .with(INNER_ACTIVATION, Activation.TANH),
                row("SqueezeExcitation", NO_KERNEL, size(6), INNER_ACTIVATION, Activation.SIGMOID)
                        .with(REDUCTION, 3),
                row("SqueezeExcitation", NO_KERNEL, size(5, 3, 4), REDUCTION, 2, SCALE, 2.0)
                        .with(INNER_ACTIVATION, Activation.SOFTPLUS),
                row("SqueezeExcitation", NO_KERNEL, size(3, 2, 3, 4), HIDDEN, 2)
                        .with(INNER_ACTIVATION, Activation.TANH, GATE, Activation.SOFTMAX),
                attention(),
                row("ECA", NO_KERNEL, size(6), KERNEL_SIZE, 5, GATE, Activation.TANH),
                row("ECA", NO_KERNEL, size(5, 3, 4), SCALE, 2.0, GATE, new Swish()),
                row("ECA", NO_KERNEL, size(3, 2, 3, 4), KERNEL_SIZE, 7)
                        .with(GATE, Activation.SOFTMAX));
    }

    @Override
    public List<Invalid> invalid() {
        return List.of(
                new Invalid(swish(BETA, Double.NaN), "beta = NaN; must be a finite number"),
                new Invalid(swish(BETA, Double.POSITIVE_INFINITY), "beta = Infinity"),
                new Invalid(swish(BETA, Double.NEGATIVE_INFINITY), "beta = -Infinity"),
                new Invalid(swish(BETA, Double.NaN, LEARNABLE_BETA, true), "beta = NaN"),
                new Invalid(
                        swish(BETA, Double.POSITIVE_INFINITY, LEARNABLE_BETA, true),
                        "must be a finite number"),
                new Invalid(swish(N_IN, -1), "nIn (channels) = -1; must be 1 or greater"),
                new Invalid(swish(N_IN, -300, LEARNABLE_BETA, true), "nIn (channels) = -300"),
                new Invalid(swish(N_OUT, 7), "nOut = 7; the layer has as many outputs as inputs"),
                new Invalid(swish(N_IN, 3, N_OUT, 7), "nIn = 3"),
                new Invalid(swish(N_IN, 3, N_OUT, -3), "nOut = -3"),
                new Invalid(nonlinearity(N_IN, -1), "nIn (channels) = -1; must be 1 or greater"),
                new Invalid(nonlinearity(N_IN, -300), "nIn (channels) = -300"),
                new Invalid(nonlinearity(N_IN, Integer.MIN_VALUE), "nIn (channels) = -2147483648"),
                new Invalid(nonlinearity(N_IN, -1, N_OUT, -1), "nIn (channels) = -1"),
                new Invalid(nonlinearity(N_IN, -1, N_OUT, 3), "nIn = -1"),
                new Invalid(nonlinearity(N_OUT, 7), "nOut = 7; the layer has as many outputs"),
                new Invalid(nonlinearity(N_OUT, -7), "nOut = -7"),
                new Invalid(nonlinearity(N_IN, 3, N_OUT, 7), "nIn = 3"),
                new Invalid(nonlinearity(N_IN, 3, N_OUT, 1), "nOut = 1"),
                new Invalid(nonlinearity(N_IN, 3, N_OUT, -3), "nOut = -3"),
                new Invalid(gain(INITIAL_GAIN, Double.NaN), "initialGain = NaN; must be a finite"),
                new Invalid(gain(INITIAL_GAIN, Double.POSITIVE_INFINITY), "initialGain = Inf"),
                new Invalid(gain(INITIAL_GAIN, Double.NEGATIVE_INFINITY), "initialGain = -Inf"),
                new Invalid(gain(N_IN, 4, INITIAL_GAIN, Double.NaN), "initialGain = NaN"),
                new Invalid(gain(N_IN, -1), "nIn (channels) = -1; must be 1 or greater"),
                new Invalid(gain(N_IN, -300), "nIn (channels) = -300"),
                new Invalid(gain(N_OUT, 7), "nOut = 7; the layer has as many outputs as inputs"),
                new Invalid(gain(N_OUT, -7), "nOut = -7"),
                new Invalid(gain(N_IN, 3, N_OUT, 7), "nIn = 3"),
                new Invalid(gain(N_IN, 3, N_OUT, 1), "nOut = 1"),
                new Invalid(depth(DROP_RATE, 1.0), "dropRate = 1.0; must be in [0, 1)"),
                new Invalid(depth(DROP_RATE, 1.5), "dropRate = 1.5; must be in [0, 1)"),
                new Invalid(depth(DROP_RATE, -0.1), "dropRate = -0.1; must be in [0, 1)"),
                new Invalid(depth(DROP_RATE, Double.NaN), "dropRate = NaN; must be in [0, 1)"),
                new Invalid(depth(DROP_RATE, Double.POSITIVE_INFINITY), "dropRate = Infinity"),
                new Invalid(depth(DROP_RATE, Double.NEGATIVE_INFINITY), "dropRate = -Infinity"),
                new Invalid(depth(N_IN, -1), "nIn (channels) = -1; must be 1 or greater"),
                new Invalid(depth(N_IN, -300, SEED, 3L), "nIn (channels) = -300"),
                new Invalid(depth(N_OUT, 7), "nOut = 7; the layer has as many outputs as inputs"),
                new Invalid(depth(N_OUT, -7), "nOut = -7"),
                new Invalid(depth(N_IN, 3, N_OUT, 7), "nIn = 3"),
                new Invalid(squeeze(REDUCTION, 0), "reduction = 0; must be 1 or greater"),
                new Invalid(squeeze(REDUCTION, -4), "reduction = -4; must be 1 or greater"),
                new Invalid(squeeze(HIDDEN, 0), "hidden = 0; must be 1 or greater"),
                new Invalid(squeeze(HIDDEN, -2), "hidden = -2; must be 1 or greater"),
                new Invalid(squeeze(HIDDEN, 2, REDUCTION, 2), "give one of them"),
                new Invalid(squeeze(SCALE, 0.0), "scale = 0.0; must be a finite number"),
                new Invalid(squeeze(SCALE, Double.NaN), "scale = NaN; must be a finite number"),
                new Invalid(squeeze(SCALE, Double.POSITIVE_INFINITY), "scale = Infinity"),
                new Invalid(squeeze(GATE, (IActivation) null), "gate = null; must be an"),
                new Invalid(
                        squeeze(INNER_ACTIVATION, (IActivation) null),
                        "innerActivation = null; must be an activation function"),
                new Invalid(squeeze(N_IN, -1), "nIn (channels) = -1; must be 1 or greater"),
                new Invalid(squeeze(N_OUT, 7), "nOut = 7; the layer has as many outputs"),
                new Invalid(squeeze(N_IN, 4, N_OUT, 7), "nIn = 4"),
                new Invalid(attention(KERNEL_SIZE, 4), "kernelSize = 4; must be an odd number"),
                new Invalid(attention(KERNEL_SIZE, 0), "kernelSize = 0; must be an odd number"),
                new Invalid(attention(KERNEL_SIZE, -3), "kernelSize = -3; must be an odd"),
                new Invalid(attention(SCALE, 0.0), "scale = 0.0; must be a finite number"),
                new Invalid(attention(SCALE, Double.NaN), "scale = NaN; must be a finite"),
                new Invalid(attention(SCALE, Double.NEGATIVE_INFINITY), "scale = -Infinity"),
                new Invalid(attention(GATE, (IActivation) null), "gate = null; must be an"),
                new Invalid(attention(N_IN, -1), "nIn (channels) = -1; must be 1 or greater"),
                new Invalid(attention(N_OUT, 7), "nOut = 7; the layer has as many outputs"),
                new Invalid(attention(N_IN, 4, N_OUT, 7), "nIn = 4"));
    }
}
