package org.lamina.contract;

import static org.lamina.contract.LayerFamily.row;
import static org.lamina.contract.LayerFamily.size;

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
                row("SwishLayer", NO_KERNEL, size(4), "learnableBeta", true),
                swish("learnableBeta", true, "beta", 1.5),
                row("SwishLayer", NO_KERNEL, size(2, 4, 3), "learnableBeta", true),
                row("SwishLayer", NO_KERNEL, size(2, 3, 2, 4), "beta", -0.5),
                nonlinearity("activation", ScaledActivation.unitVariance(new Gelu())),
                row("Nonlinearity", NO_KERNEL, size(4), "activation", new Swish()),
                row("Nonlinearity", NO_KERNEL, size(2, 4, 3), "activation", new Elu(0.75)),
                row("Nonlinearity", NO_KERNEL, size(2, 3, 2, 4), "activation", new Swish(2)),
                nonlinearity("activation", new GeluTanh()),
                nonlinearity("activation", new Square()),
                row("Nonlinearity", NO_KERNEL, size(2, 4), "activation", new SafeLog(0.5)),
                gain("initialGain", 0.3),
                row("SkipInitGain", NO_KERNEL, size(4), "initialGain", 0.5),
                row("SkipInitGain", NO_KERNEL, size(2, 4, 3), "initialGain", -2.0),
                row("SkipInitGain", NO_KERNEL, size(2, 3, 2, 3), "initialGain", 0.7),
                depth("dropRate", 0.5, "seed", 1L),
                row("StochasticDepth", NO_KERNEL, size(4), "dropRate", 0.3, "seed", 4L),
                row("StochasticDepth", NO_KERNEL, size(2, 4, 3), "dropRate", 0.4, "seed", 6L)
                        .with("scaleByKeep", false),
                row("StochasticDepth", NO_KERNEL, size(2, 3, 2, 3), "dropRate", 0.0),
                squeeze("reduction", 2, "innerActivation", new Swish()),
                squeeze("hidden", 3, "hasBias", false, "gate", Activation.TANH)
                        .with("innerActivation", Activation.TANH),
                row("SqueezeExcitation", NO_KERNEL, size(6), "innerActivation", Activation.SIGMOID)
                        .with("reduction", 3),
                row("SqueezeExcitation", NO_KERNEL, size(5, 3, 4), "reduction", 2, "scale", 2.0)
                        .with("innerActivation", Activation.SOFTPLUS),
                row("SqueezeExcitation", NO_KERNEL, size(3, 2, 3, 4), "hidden", 2)
                        .with("innerActivation", Activation.TANH, "gate", Activation.SOFTMAX),
                attention(),
                row("ECA", NO_KERNEL, size(6), "kernelSize", 5, "gate", Activation.TANH),
                row("ECA", NO_KERNEL, size(5, 3, 4), "scale", 2.0, "gate", new Swish()),
                row("ECA", NO_KERNEL, size(3, 2, 3, 4), "kernelSize", 7)
                        .with("gate", Activation.SOFTMAX));
    }

    @Override
    public List<Invalid> invalid() {
        return List.of(
                new Invalid(swish("beta", Double.NaN), "beta = NaN; must be a finite number"),
                new Invalid(swish("beta", Double.POSITIVE_INFINITY), "beta = Infinity"),
                new Invalid(swish("beta", Double.NEGATIVE_INFINITY), "beta = -Infinity"),
                new Invalid(swish("beta", Double.NaN, "learnableBeta", true), "beta = NaN"),
                new Invalid(
                        swish("beta", Double.POSITIVE_INFINITY, "learnableBeta", true),
                        "must be a finite number"),
                new Invalid(swish("nIn", -1), "nIn (channels) = -1; must be 1 or greater"),
                new Invalid(swish("nIn", -300, "learnableBeta", true), "nIn (channels) = -300"),
                new Invalid(swish("nOut", 7), "nOut = 7; the layer has as many outputs as inputs"),
                new Invalid(swish("nIn", 3, "nOut", 7), "nIn = 3"),
                new Invalid(swish("nIn", 3, "nOut", -3), "nOut = -3"),
                new Invalid(nonlinearity("nIn", -1), "nIn (channels) = -1; must be 1 or greater"),
                new Invalid(nonlinearity("nIn", -300), "nIn (channels) = -300"),
                new Invalid(nonlinearity("nIn", Integer.MIN_VALUE), "nIn (channels) = -2147483648"),
                new Invalid(nonlinearity("nIn", -1, "nOut", -1), "nIn (channels) = -1"),
                new Invalid(nonlinearity("nIn", -1, "nOut", 3), "nIn = -1"),
                new Invalid(nonlinearity("nOut", 7), "nOut = 7; the layer has as many outputs"),
                new Invalid(nonlinearity("nOut", -7), "nOut = -7"),
                new Invalid(nonlinearity("nIn", 3, "nOut", 7), "nIn = 3"),
                new Invalid(nonlinearity("nIn", 3, "nOut", 1), "nOut = 1"),
                new Invalid(nonlinearity("nIn", 3, "nOut", -3), "nOut = -3"),
                new Invalid(gain("initialGain", Double.NaN), "initialGain = NaN; must be a finite"),
                new Invalid(gain("initialGain", Double.POSITIVE_INFINITY), "initialGain = Inf"),
                new Invalid(gain("initialGain", Double.NEGATIVE_INFINITY), "initialGain = -Inf"),
                new Invalid(gain("nIn", 4, "initialGain", Double.NaN), "initialGain = NaN"),
                new Invalid(gain("nIn", -1), "nIn (channels) = -1; must be 1 or greater"),
                new Invalid(gain("nIn", -300), "nIn (channels) = -300"),
                new Invalid(gain("nOut", 7), "nOut = 7; the layer has as many outputs as inputs"),
                new Invalid(gain("nOut", -7), "nOut = -7"),
                new Invalid(gain("nIn", 3, "nOut", 7), "nIn = 3"),
                new Invalid(gain("nIn", 3, "nOut", 1), "nOut = 1"),
                new Invalid(depth("dropRate", 1.0), "dropRate = 1.0; must be in [0, 1)"),
                new Invalid(depth("dropRate", 1.5), "dropRate = 1.5; must be in [0, 1)"),
                new Invalid(depth("dropRate", -0.1), "dropRate = -0.1; must be in [0, 1)"),
                new Invalid(depth("dropRate", Double.NaN), "dropRate = NaN; must be in [0, 1)"),
                new Invalid(depth("dropRate", Double.POSITIVE_INFINITY), "dropRate = Infinity"),
                new Invalid(depth("dropRate", Double.NEGATIVE_INFINITY), "dropRate = -Infinity"),
                new Invalid(depth("nIn", -1), "nIn (channels) = -1; must be 1 or greater"),
                new Invalid(depth("nIn", -300, "seed", 3L), "nIn (channels) = -300"),
                new Invalid(depth("nOut", 7), "nOut = 7; the layer has as many outputs as inputs"),
                new Invalid(depth("nOut", -7), "nOut = -7"),
                new Invalid(depth("nIn", 3, "nOut", 7), "nIn = 3"),
                new Invalid(squeeze("reduction", 0), "reduction = 0; must be 1 or greater"),
                new Invalid(squeeze("reduction", -4), "reduction = -4; must be 1 or greater"),
                new Invalid(squeeze("hidden", 0), "hidden = 0; must be 1 or greater"),
                new Invalid(squeeze("hidden", -2), "hidden = -2; must be 1 or greater"),
                new Invalid(squeeze("hidden", 2, "reduction", 2), "give one of them"),
                new Invalid(squeeze("scale", 0.0), "scale = 0.0; must be a finite number"),
                new Invalid(squeeze("scale", Double.NaN), "scale = NaN; must be a finite number"),
                new Invalid(squeeze("scale", Double.POSITIVE_INFINITY), "scale = Infinity"),
                new Invalid(squeeze("gate", (IActivation) null), "gate = null; must be an"),
                new Invalid(
                        squeeze("innerActivation", (IActivation) null),
                        "innerActivation = null; must be an activation function"),
                new Invalid(squeeze("nIn", -1), "nIn (channels) = -1; must be 1 or greater"),
                new Invalid(squeeze("nOut", 7), "nOut = 7; the layer has as many outputs"),
                new Invalid(squeeze("nIn", 4, "nOut", 7), "nIn = 4"),
                new Invalid(attention("kernelSize", 4), "kernelSize = 4; must be an odd number"),
                new Invalid(attention("kernelSize", 0), "kernelSize = 0; must be an odd number"),
                new Invalid(attention("kernelSize", -3), "kernelSize = -3; must be an odd"),
                new Invalid(attention("scale", 0.0), "scale = 0.0; must be a finite number"),
                new Invalid(attention("scale", Double.NaN), "scale = NaN; must be a finite"),
                new Invalid(attention("scale", Double.NEGATIVE_INFINITY), "scale = -Infinity"),
                new Invalid(attention("gate", (IActivation) null), "gate = null; must be an"),
                new Invalid(attention("nIn", -1), "nIn (channels) = -1; must be 1 or greater"),
                new Invalid(attention("nOut", 7), "nOut = 7; the layer has as many outputs"),
                new Invalid(attention("nIn", 4, "nOut", 7), "nIn = 4"));
    }
}
