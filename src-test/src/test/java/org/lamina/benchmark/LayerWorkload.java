package org.lamina.benchmark;

import ai.djl.ndarray.NDArray;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.lamina.harness.Form;
import org.lamina.harness.LayerBuilder;
import org.lamina.harness.Nets;
import org.lamina.layers.conf.SpecLayer;
import org.lamina.spec.LayerSpec;
import org.nd4j.linalg.activations.Activation;

/** A layer alone: forward, or forward and backward with the gradients of input and parameters. */
final class LayerWorkload implements Workload {

    /** A layer in PyTorch: its output for an input and parameters by Lamina's names. */
    interface TorchLayer {
        NDArray apply(NDArray x, Map<String, NDArray> params);
    }

    private final String name;
    private final String size;
    private final Mode mode;
    private final long[] shape;
    private final Function<Form, Layer> lamina;
    private final Supplier<Layer> builtIn;
    private final TorchLayer torch;

    /**
     * A workload.
     *
     * @param lamina the layer in both forms
     * @param builtIn DL4J's layer for the same, or null
     * @param torch PyTorch's, or null
     */
    LayerWorkload(
            String name,
            String size,
            Mode mode,
            long[] shape,
            Function<Form, Layer> lamina,
            Supplier<Layer> builtIn,
            TorchLayer torch) {
        this.name = name;
        this.size = size;
        this.mode = mode;
        this.shape = shape;
        this.lamina = lamina;
        this.builtIn = builtIn;
        this.torch = torch;
    }

    /** A layer of Lamina by its builder's name, without activation function. */
    static Function<Form, Layer> layer(String name, int[] kernel, Map<String, ?> options) {
        return form ->
                LayerBuilder.of(form, name, kernel)
                        .set("activation", Activation.IDENTITY)
                        .set(options)
                        .build();
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String size() {
        return size;
    }

    @Override
    public Mode mode() {
        return mode;
    }

    @Override
    public long[] shape() {
        return shape.clone();
    }

    /** The hyperparameters of the layer for the workload's input. */
    private LayerSpec spec() {
        InputType input = Nets.inputType(shape);
        Layer layer = lamina.apply(Form.NATIVE);
        layer.setNIn(input, false);
        return ((SpecLayer<?>) layer).getSpec();
    }

    @Override
    public Step prepare(Competitor competitor) {
        boolean backward = mode == Mode.BACKWARD;
        switch (competitor) {
            case LAMINA:
            case LAMINA_DEFAULT:
                return new Dl4jStep(lamina.apply(Form.NATIVE), shape, backward, true);
            case LAMINA_SAMEDIFF:
                return new Dl4jStep(lamina.apply(Form.SAMEDIFF), shape, backward, true);
            case PYTORCH:
                return torch == null ? null : new TorchStep(torch, spec(), shape, backward);
            default:
                return builtIn == null ? null : new Dl4jStep(builtIn.get(), shape, backward, false);
        }
    }
}
