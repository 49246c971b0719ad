package org.lamina.constraints;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import org.deeplearning4j.nn.api.layers.LayerConstraint;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Configurations to audit, and what every audit is checked for. */
final class Audits {

    static final InputType FLAT = InputType.feedForward(6);
    static final InputType IMAGE = InputType.convolutional(6, 6, 2);
    static final InputType SEQUENCE = InputType.recurrent(4, 5);

    private Audits() {}

    static MultiLayerConfiguration conf(InputType type, Layer... layers) {
        NeuralNetConfiguration.ListBuilder list =
                new NeuralNetConfiguration.Builder()
                        .seed(5)
                        .convolutionMode(ConvolutionMode.Same)
                        .list()
                        .validateOutputLayerConfig(false);
        for (Layer layer : layers) {
            list.layer(layer);
        }
        if (type != null) {
            list.setInputType(type);
        }
        return list.build();
    }

    static DenseLayer.Builder layer() {
        return new DenseLayer.Builder().nOut(4);
    }

    /** One dense layer with constraints on its weights. */
    static MultiLayerConfiguration dense(LayerConstraint... constraints) {
        return conf(FLAT, layer().constrainWeights(constraints).build());
    }

    static OutputLayer output() {
        return new OutputLayer.Builder(LossFunction.MCXENT)
                .nOut(3)
                .activation(Activation.SOFTMAX)
                .build();
    }

    static List<LayerConstraint> constraints(MultiLayerConfiguration conf, int layer) {
        return conf.getConf(layer).getLayer().getConstraints();
    }

    static NormConstraint on(NormConstraint constraint, String... params) {
        NormConstraint copy = constraint.clone();
        copy.setParams(Set.of(params));
        return copy;
    }

    /** Audits, and checks what holds for every audit. */
    static ConstraintAudit<MultiLayerConfiguration> audit(MultiLayerConfiguration conf) {
        String before = conf.toJson();
        ConstraintAudit<MultiLayerConfiguration> audit = ConstraintAudit.of(conf);
        assertEquals(before, conf.toJson(), "the original is left alone");
        MultiLayerConfiguration corrected = audit.corrected();
        assertEquals(corrected, MultiLayerConfiguration.fromJson(corrected.toJson()));
        assertEquals(corrected, MultiLayerConfiguration.fromYaml(corrected.toYaml()));
        if (audit.findings().isEmpty()) {
            assertEquals(before, corrected.toJson());
        } else {
            ConstraintAudit<MultiLayerConfiguration> again = ConstraintAudit.of(corrected);
            List<ConstraintAudit.Finding> left =
                    again.findings().stream()
                            .filter(
                                    f ->
                                            !f.remedy().startsWith("Not changed")
                                                    && !f.remedy().startsWith("Call"))
                            .toList();
            assertTrue(left.isEmpty(), () -> "fixed once, found again: " + left);
            assertEquals(corrected.toJson(), again.corrected().toJson());
        }
        return audit;
    }

    static void assertSays(ConstraintAudit<?> audit, String... parts) {
        String text = audit.toString();
        for (String part : parts) {
            assertTrue(text.contains(part), text);
        }
    }

    static MultiLayerNetwork network(MultiLayerConfiguration conf) {
        MultiLayerNetwork net = new MultiLayerNetwork(conf);
        net.init();
        return net;
    }

    /** That initial weights satisfy the constraints. */
    static void assertProjected(MultiLayerConfiguration corrected) {
        MultiLayerNetwork net = network(corrected);
        INDArray initial = net.params().dup();
        Constraints.project(net);
        assertTrue(initial.equalsWithEps(net.params(), 1e-6), "projection changes weights");
    }
}
