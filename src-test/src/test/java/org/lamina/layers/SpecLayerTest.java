package org.lamina.layers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.lamina.harness.Option.MAX_NORM;
import static org.lamina.harness.Option.N_IN;
import static org.lamina.harness.Option.N_OUT;

import java.util.List;
import java.util.Set;
import org.deeplearning4j.exception.DL4JInvalidConfigException;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.lamina.constraints.MaxNorm;
import org.lamina.harness.Form;
import org.lamina.harness.LayerBuilder;

class SpecLayerTest {

    @Test
    void aRefusedChangeOfChannelsChangesNothing() {
        DepthwiseConv2D layer =
                new DepthwiseConv2D.Builder(3).name("deep").nIn(4).depthMultiplier(2).build();
        Exception e = assertThrows(DL4JInvalidConfigException.class, () -> layer.setNOut(7));
        assertTrue(e.getMessage().contains("deep"), e.getMessage());
        assertEquals(8, layer.getNOut());
        assertThrows(DL4JInvalidConfigException.class, () -> layer.setNIn(-1));
        assertEquals(4, layer.getNIn());
        assertEquals(4, layer.getSpec().inChannels());
        layer.setNIn(5);
        assertEquals(10, layer.getNOut());
        assertEquals(5, layer.getSpec().inChannels());
    }

    @Test
    void outputsOfADepthwiseConvolutionFollowFromItsInputs() {
        DepthwiseConv2D.Builder wrong =
                new DepthwiseConv2D.Builder(3).name("deep").depthMultiplier(2).nOut(7);
        Exception e = assertThrows(DL4JInvalidConfigException.class, wrong::build);
        assertTrue(e.getMessage().contains("deep"), e.getMessage());
        assertTrue(e.getMessage().contains("= 7; "), e.getMessage());
        assertTrue(e.getMessage().contains("do not set it"), e.getMessage());
        DepthwiseConv2D right = new DepthwiseConv2D.Builder(3).depthMultiplier(2).build();
        right.setNIn(InputType.convolutional(5, 5, 4), false);
        assertEquals(8, right.getNOut());
    }

    @Test
    void hashCodesTellLayersWithoutInputGradientApart() {
        ConstrainedDense with = new ConstrainedDense.Builder().nIn(2).nOut(3).build();
        ConstrainedDense without = new ConstrainedDense.Builder().nIn(2).nOut(3).build();
        assertEquals(with.hashCode(), without.hashCode());
        without.setInputGradient(false);
        assertNotEquals(with, without);
        assertNotEquals(with.hashCode(), without.hashCode());
    }

    @Test
    void aLayerForAnyInputNamesItselfWhereThereIsNone() {
        BatchNorm layer = new BatchNorm.Builder().name("norm").build();
        Exception e =
                assertThrows(DL4JInvalidConfigException.class, () -> layer.getOutputType(0, null));
        assertEquals(
                "BatchNorm \"norm\": input type is null, expected any input type", e.getMessage());
    }

    /** As {@code NormOptions.maxNorm} documents. */
    @ParameterizedTest
    @EnumSource(Form.class)
    void theNetworksConstraintsReachALayerWithoutItsOwn(Form form) {
        Layer own = LayerBuilder.of(form, "ConstrainedDense").set(N_IN, 2).set(N_OUT, 3).build();
        Layer none =
                LayerBuilder.of(form, "ConstrainedDense")
                        .set(N_IN, 3)
                        .set(N_OUT, 4)
                        .set(MAX_NORM, null)
                        .build();
        MultiLayerConfiguration conf =
                new NeuralNetConfiguration.Builder()
                        .constrainWeights(new MaxNorm(0.1))
                        .list(own, none)
                        .build();
        assertEquals(
                List.of(new MaxNorm(2).withParams("W")),
                conf.getConf(0).getLayer().getConstraints());
        MaxNorm ofTheNetwork = new MaxNorm(0.1);
        ofTheNetwork.setParams(Set.of("W"));
        assertEquals(List.of(ofTheNetwork), conf.getConf(1).getLayer().getConstraints());
    }
}
