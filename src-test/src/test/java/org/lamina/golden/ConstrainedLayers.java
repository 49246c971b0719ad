package org.lamina.golden;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.lamina.harness.Close;
import org.lamina.harness.Form;
import org.lamina.harness.Nets;
import org.lamina.harness.Problems;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * One forward and backward pass of a constrained layer: constrained weights, output, gradients with
 * respect to the input and every parameter. Each case runs with the constraint applied as DL4J does
 * (on the layer, outside the forward pass) and as the original does (at the start of a forward
 * pass, in evaluation and in training).
 */
final class ConstrainedLayers implements Family {

    private static final List<String> NAMES =
            List.of(
                    "selfeeg_depthwise2d",
                    "selfeeg_constrained_conv2d",
                    "selfeeg_constrained_conv1d",
                    "selfeeg_constrained_dense",
                    "selfeeg_separable2d");

    @Override
    public boolean matches(String family) {
        return NAMES.contains(family);
    }

    @Override
    public List<String> forms() {
        return Arrays.stream(Form.values()).map(Form::toString).toList();
    }

    @Override
    public void run(GoldenCase golden, DataType type, String form) {
        GoldenCase expected = CausalQuirk.applies(golden) ? CausalQuirk.corrected(golden) : golden;
        new Run(expected, type, Form.valueOf(form.toUpperCase(Locale.ROOT))).all();
    }

    private static final class Run {
        private final GoldenCase golden;
        private final DataType type;
        private final Form form;
        private final Close close;
        private final Problems problems = new Problems();

        Run(GoldenCase golden, DataType type, Form form) {
            this.golden = golden;
            this.type = type;
            this.form = form;
            this.close = golden.tolerance(type);
        }

        void all() {
            constraintOutsideForward();
            constraintOnForward();
            problems.report();
        }

        private void constraintOutsideForward() {
            MultiLayerNetwork net = network(false);
            setParameters(net);
            net.applyConstraints(0, 0);
            checkParameters("after the constraint", net);
            check("output in evaluation", net.output(input()), output());
            checkPass("", net);
        }

        private void constraintOnForward() {
            MultiLayerNetwork net = network(true);
            setParameters(net);
            INDArray evaluated = net.output(input());
            checkParameters("after a forward pass in evaluation", net);
            check("output in evaluation, constraint on forward", evaluated, output());
            setParameters(net);
            checkPass(", constraint on forward", net);
            checkParameters("after a training pass", net);
        }

        private void checkPass(String when, MultiLayerNetwork net) {
            INDArray outputGradient = activations(golden.array("grad_output"));
            Nets.Pass pass = Nets.pass(net, input(), outputGradient);
            check("output" + when, pass.output(), output());
            check(
                    "loss" + when,
                    pass.output()
                            .castTo(DataType.DOUBLE)
                            .mul(outputGradient.castTo(DataType.DOUBLE))
                            .sum()
                            .reshape(1),
                    golden.array("loss"));
            check(
                    "gradient of input" + when,
                    pass.inputGradient(),
                    activations(golden.array("grad_input")));
            parameters()
                    .forEach(
                            (name, key) ->
                                    check(
                                            "gradient of " + name + when,
                                            pass.gradients().get("0_" + key),
                                            stored(golden.array("grad_" + name))));
        }

        private MultiLayerNetwork network(boolean onForward) {
            return Nets.single(
                    SelfEegLayers.layer(golden, form, onForward),
                    Nets.inputType(input().shape()),
                    type);
        }

        private void setParameters(MultiLayerNetwork net) {
            parameters()
                    .forEach(
                            (name, key) ->
                                    net.getParam("0_" + key).assign(stored(golden.array(name))));
        }

        private void checkParameters(String when, MultiLayerNetwork net) {
            parameters()
                    .forEach(
                            (name, key) -> {
                                boolean changed = golden.has(name + "_after");
                                check(
                                        name + " " + when,
                                        net.getParam("0_" + key),
                                        stored(golden.array(changed ? name + "_after" : name)));
                            });
        }

        /** The case's parameters: PyTorch's name to this project's. */
        private Map<String, String> parameters() {
            Map<String, String> names = SelfEegLayers.parameters(golden.layer());
            names.keySet().retainAll(golden.arrays().keySet());
            return names;
        }

        private INDArray stored(INDArray parameter) {
            return SelfEegLayers.stored(golden.layer(), parameter).castTo(type);
        }

        private INDArray activations(INDArray array) {
            return SelfEegLayers.folded(golden.layer(), array).castTo(type);
        }

        private INDArray input() {
            return activations(golden.array("input"));
        }

        private INDArray output() {
            return activations(golden.array("output"));
        }

        private void check(String what, INDArray actual, INDArray expected) {
            problems.collect(() -> close.check(what, actual, expected));
        }
    }
}
