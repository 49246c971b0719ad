package org.lamina.golden;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.lamina.harness.Close;
import org.lamina.harness.Form;
import org.lamina.harness.Nets;
import org.lamina.harness.Problems;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.shade.jackson.databind.JsonNode;

/**
 * Several updates through DL4J's own {@code fit}. The original constrains at the start of each
 * forward pass; constrained once at the start and then after each update, as DL4J does it, the
 * weights of every forward pass must be the same.
 */
final class TrainSequence implements Family {

    @Override
    public boolean matches(String family) {
        return family.equals("selfeeg_train_sequence");
    }

    @Override
    public List<String> forms() {
        return Arrays.stream(Form.values()).map(Form::toString).toList();
    }

    @Override
    public void run(GoldenCase golden, DataType type, String form) {
        Problems problems = new Problems();
        for (boolean onForward : new boolean[] {false, true}) {
            new Run(golden, type, Form.valueOf(form.toUpperCase(Locale.ROOT)), onForward, problems)
                    .all();
        }
        problems.report();
    }

    private static final class Run {
        private final GoldenCase golden;
        private final DataType type;
        private final boolean onForward;
        private final Problems problems;
        private final Close close;
        private final MultiLayerNetwork net;

        Run(GoldenCase golden, DataType type, Form form, boolean onForward, Problems problems) {
            this.golden = golden;
            this.type = type;
            this.onForward = onForward;
            this.problems = problems;
            this.close = golden.tolerance(type);
            this.net =
                    Nets.trainable(
                            SelfEegLayers.layer(golden, form, onForward),
                            Nets.inputType(activations("input_1").shape()),
                            type,
                            updater(golden.field("optimizer")));
        }

        void all() {
            SelfEegLayers.parameters(golden.layer())
                    .forEach(
                            (name, key) -> {
                                if (golden.has(name)) {
                                    parameter(key).assign(stored(name));
                                }
                            });
            if (!onForward) {
                net.applyConstraints(0, 0);
            }
            int steps = golden.field("steps").asInt();
            for (int k = 1; k <= steps; k++) {
                if (!onForward) {
                    check(
                            "weight in forward " + k,
                            parameter("W"),
                            stored("weight_in_forward_" + k));
                    check(
                            "output " + k,
                            net.output(activations("input_" + k)),
                            activations("output_" + k));
                    checkGradient(k);
                }
                net.fit(activations("input_" + k), activations("grad_output_" + k));
                check(
                        "weight after update " + k,
                        parameter("W"),
                        stored(constrainedAfter(k, steps)));
                if (golden.has("bias_after_update_" + k)) {
                    check("bias " + k, parameter("b"), stored("bias_after_update_" + k));
                }
            }
        }

        /** What the weight must be after update k: unconstrained only where forward constrains. */
        private String constrainedAfter(int k, int steps) {
            if (onForward) {
                return "weight_after_update_" + k;
            }
            return k < steps ? "weight_in_forward_" + (k + 1) : "weight_final_constrained";
        }

        /**
         * Computes gradients without an update; a forward pass that constrains would count twice.
         */
        private void checkGradient(int k) {
            net.setInput(activations("input_" + k));
            net.setLabels(activations("grad_output_" + k));
            net.computeGradientAndScore();
            INDArray gradient = net.gradient().getGradientFor("0_W");
            check("gradient of weight " + k, gradient, stored("grad_weight_" + k));
        }

        private void check(String what, INDArray actual, INDArray expected) {
            String label = onForward ? what + " (constraint on forward)" : what;
            problems.collect(() -> close.check(label, actual, expected));
        }

        private INDArray parameter(String key) {
            return net.getParam("0_" + key);
        }

        private INDArray stored(String array) {
            return SelfEegLayers.stored(golden.layer(), golden.array(array)).castTo(type);
        }

        private INDArray activations(String array) {
            return SelfEegLayers.folded(golden.layer(), golden.array(array)).castTo(type);
        }

        private static IUpdater updater(JsonNode optimizer) {
            String name = optimizer.path("name").asText();
            if (!name.equals("SGD") || optimizer.size() != 2) {
                throw new IllegalArgumentException(
                        "optimizer " + optimizer + " is not mapped here");
            }
            return new Sgd(optimizer.path("lr").asDouble());
        }
    }
}
