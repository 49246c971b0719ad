package org.lamina.benchmark;

import static org.lamina.harness.Option.ACTIVATION;

import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.lamina.harness.Form;
import org.lamina.harness.LayerBuilder;
import org.lamina.harness.Nets;
import org.lamina.harness.Option;
import org.lamina.layers.SpecLayer;
import org.lamina.spec.LayerSpec;
import org.lamina.spec.LocalConvSpec;
import org.lamina.spec.ParamSpec;
import org.nd4j.linalg.activations.Activation;

/**
 * A layer alone: forward, or forward and backward with the gradients of input and parameters.
 *
 * @param lamina the layer in both forms
 * @param builtIn DL4J's layer for the same, or null
 * @param torch PyTorch's output as a Python expression of x and Lamina's parameters, or null
 */
record LayerWorkload(
        String name,
        String size,
        Mode mode,
        long[] shape,
        Function<Form, Layer> lamina,
        Supplier<Layer> builtIn,
        String torch)
        implements Workload {

    /** A layer of Lamina by its builder's name, without activation function. */
    static Function<Form, Layer> layer(String name, int[] kernel, Map<Option, ?> options) {
        return form ->
                LayerBuilder.of(form, name, kernel)
                        .set(ACTIVATION, Activation.IDENTITY)
                        .set(options)
                        .build();
    }

    /** The hyperparameters of the layer for the workload's input. */
    private LayerSpec spec() {
        InputType input = Nets.inputType(shape);
        Layer layer = lamina.apply(Form.NATIVE);
        layer.setNIn(input, false);
        return ((SpecLayer<?>) layer).getSpec();
    }

    @Override
    public boolean isFor(Competitor competitor) {
        switch (competitor) {
            case PYTORCH:
                return torch != null;
            case DL4J:
            case DL4J_DEFAULT:
                return builtIn != null;
            case ONNX_RUNTIME:
            case LAMINA_COMPILED:
                return false; // they run networks
            default:
                return true;
        }
    }

    @Override
    public boolean alone() {
        return false;
    }

    @Override
    public Step prepare(Competitor competitor) {
        boolean backward = mode == Mode.BACKWARD;
        switch (competitor) {
            case LAMINA:
            case LAMINA_DEFAULT:
                return new Dl4jLayerStep(lamina.apply(Form.NATIVE), shape, backward, true);
            case LAMINA_SAMEDIFF:
                return new Dl4jLayerStep(lamina.apply(Form.SAMEDIFF), shape, backward, true);
            case PYTORCH:
                return new TorchLayerStep(torch, spec().params(), shape, backward);
            default:
                return new Dl4jLayerStep(builtIn.get(), shape, backward, false);
        }
    }

    /**
     * A multiplication and an addition for each weight at each position that a filter is applied
     * to; three times that with both gradients.
     */
    @Override
    public double flops() {
        LayerSpec spec = spec();
        if (spec instanceof LocalConvSpec || shape.length < 3) {
            return 0;
        }
        long[] input = new long[shape.length - 2];
        System.arraycopy(shape, 2, input, 0, input.length);
        double weights =
                spec.params().stream()
                        .filter(p -> p.weight() && p.shape().length == shape.length)
                        .mapToLong(ParamSpec::length)
                        .sum();
        return (mode == Mode.BACKWARD ? 6 : 2) * weights * spec.uses(input) * shape[0];
    }
}
