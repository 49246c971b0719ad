package org.lamina.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.lamina.harness.Option.ACTIVATION;
import static org.lamina.harness.Option.N_OUT;
import static org.lamina.harness.Option.WEIGHT_INIT;

import java.util.function.UnaryOperator;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.distribution.UniformDistribution;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.lamina.harness.Form;
import org.lamina.harness.Nets;
import org.lamina.spec.ParamSpec;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.impl.ActivationELU;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Options of DL4J's builders that a SameDiff layer takes like any other layer. */
class SharedOptionsTest {

    private static final DataType TYPE = DataType.DOUBLE;

    /** Also those that SameDiff has no graph for, or a random one. */
    @Test
    void everyActivationFunctionIsThatOfTheNativeForm() {
        Row row = LayerFamily.row("Conv2D", new int[] {2, 3}, new long[] {2, 4, 5}, N_OUT, 3);
        for (boolean channelsLast : new boolean[] {false, true}) {
            for (Activation activation : Activation.values()) {
                check(row.with(ACTIVATION, activation), channelsLast);
            }
            check(row.with(ACTIVATION, new ActivationReLU(2.0, 0.1, 0.3)), channelsLast);
            check(row.with(ACTIVATION, new ActivationELU(0.5)), channelsLast);
        }
    }

    private static void check(Row row, boolean channelsLast) {
        Nets.Pass expected = pass(row, Form.NATIVE, channelsLast);
        Nets.Pass actual = pass(row, Form.SAMEDIFF, channelsLast);
        Numbers.checkPass(actual, expected, UnaryOperator.identity(), TYPE);
    }

    private static Nets.Pass pass(Row row, Form form, boolean channelsLast) {
        MultiLayerNetwork net = Nets.single(row.build(form), row.input(channelsLast), TYPE);
        row.randomize(net, 91);
        INDArray x = row.batch(TYPE, 92);
        INDArray g = row.outputGradient(TYPE, form, 93);
        Nd4j.getRandom().setSeed(94); // for the random one
        return channelsLast
                ? Nets.pass(net, Numbers.toLast(x), Numbers.toLast(g))
                : Nets.pass(net, x, g);
    }

    @Test
    void weightsComeFromADistribution() {
        LayerFamily.everyLayer(
                (row, form) -> {
                    if (row.has(p -> p.weight() && p.init() == null)) {
                        distribution(row, form);
                    }
                });
    }

    private static void distribution(Row row, Form form) {
        MultiLayerNetwork net =
                Nets.single(
                        row.builder(form)
                                .set(WEIGHT_INIT, new UniformDistribution(0.04, 0.05))
                                .build(),
                        row.input(),
                        TYPE);
        for (ParamSpec param : row.spec().params()) {
            if (param.weight() && param.init() == null) {
                INDArray w = net.getParam("0_" + param.name());
                assertTrue(w.minNumber().doubleValue() >= 0.04 - 1e-7, param.name());
                assertTrue(w.maxNumber().doubleValue() <= 0.05 + 1e-7, param.name());
            }
        }
    }

    /** Files of earlier versions, whose SameDiff layers were DL4J's {@code SameDiffLayer}s. */
    @Test
    void readsTheUpdaterOfEarlierVersions() {
        Row row = LayerFamily.row("Conv1D", new int[] {3}, new long[] {2, 6}, N_OUT, 3);
        String json =
                Nets.single(row.build(Form.SAMEDIFF), row.input(), TYPE)
                        .getLayerWiseConfigurations()
                        .toJson();
        String earlier = json.replaceAll("\"(iUpdater|iupdater)\"", "\"updater\"");
        assertTrue(!earlier.equals(json), json);
        assertEquals(
                MultiLayerConfiguration.fromJson(json), MultiLayerConfiguration.fromJson(earlier));
    }
}
