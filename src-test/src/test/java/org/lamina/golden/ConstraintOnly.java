package org.lamina.golden;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.lamina.harness.Close;
import org.lamina.harness.Form;
import org.lamina.harness.Nets;
import org.lamina.harness.Problems;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.NoOp;

/** A constraint applied to a weight, once or several times in a row; no forward pass. */
final class ConstraintOnly implements Family {

    @Override
    public boolean matches(String family) {
        return family.equals("selfeeg_constraint_only");
    }

    @Override
    public List<String> forms() {
        return Arrays.stream(Form.values()).map(Form::toString).toList();
    }

    @Override
    public void run(GoldenCase golden, DataType type, String form) {
        Layer layer =
                SelfEegLayers.layer(golden, Form.valueOf(form.toUpperCase(Locale.ROOT)), false);
        MultiLayerNetwork net = Nets.init(Nets.config(type, new NoOp()).list().layer(layer));
        Close close = golden.tolerance(type);
        Problems problems = new Problems();
        SelfEegLayers.parameters(golden.layer())
                .forEach(
                        (name, key) -> {
                            if (golden.has(name + "_before")) {
                                INDArray before = stored(golden, name + "_before", type);
                                net.getParam("0_" + key).assign(before);
                            }
                        });
        int applications = golden.field("applications").asInt(1);
        for (int k = 1; k <= applications; k++) {
            String suffix = applications == 1 ? "_after" : "_after_" + k;
            net.applyConstraints(k, 0);
            SelfEegLayers.parameters(golden.layer())
                    .forEach(
                            (name, key) -> {
                                if (golden.has(name + "_before")) {
                                    problems.collect(
                                            () ->
                                                    close.check(
                                                            name + suffix,
                                                            net.getParam("0_" + key),
                                                            stored(golden, name + suffix, type)));
                                }
                            });
        }
        problems.report();
    }

    private static INDArray stored(GoldenCase golden, String array, DataType type) {
        return SelfEegLayers.stored(golden.layer(), golden.array(array)).castTo(type);
    }
}
