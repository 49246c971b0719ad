package org.lamina.zoo.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lamina.activations.Gelu;
import org.lamina.spec.WeightStandardization;
import org.lamina.zoo.NFNet;
import org.lamina.zoo.NFNetArchitecture;
import org.lamina.zoo.NFNetArchitecture.Attention;
import org.lamina.zoo.NFNetArchitecture.Block;
import org.lamina.zoo.NFNetArchitecture.Stage;
import org.lamina.zoo.NFNetArchitecture.Stem;

class SignalPropagationTest {

    /** Of the expected value. */
    private static final double TOLERANCE = 0.1;

    private static void assertFollowsTheory(SignalPropagation measured) {
        for (SignalPropagation.Block block : measured.blocks()) {
            assertNear(block.theory(), block.variance(), block);
            assertNear(block.residualTheory(), block.residual(), block);
            // Standardized weights take the activation function's mean away.
            assertTrue(block.squaredMean() < TOLERANCE * block.theory(), block.toString());
        }
    }

    private static void assertNear(double expected, double value, SignalPropagation.Block block) {
        assertEquals(expected, value, TOLERANCE * expected, block.toString());
    }

    /** Whole networks, mean pools included, every block. */
    @ParameterizedTest
    @CsvSource({"NFNET_TINY, 64, 8, 4", "NFNET_TINY, 32, 24, 8", "NF_RESNET_26, 224, 3, 2"})
    void theVarianceFollowsTheory(NFNet.Preset preset, int size, int networks, int images) {
        NFNet model = NFNet.builder().preset(preset).imageSize(size, size).build();
        SignalPropagation measured = SignalPropagation.of(model, networks, images, 1);
        assertEquals(preset.architecture().blocks(), measured.blocks().size());
        assertFollowsTheory(measured);
        assertTrue(measured.varianceChart().startsWith("data:image/svg"));
        assertTrue(measured.residualChart().startsWith("data:image/svg"));
        assertTrue(measured.squaredMeanChart().startsWith("data:image/svg"));
    }

    /**
     * The paper's NF-ResNet has convolutions with a stride where timm's has mean pools: then the
     * rule that the blocks scale by holds as it is.
     */
    @Test
    void withoutMeanPoolsItFollowsTheRule() {
        NFNetArchitecture pooled = NFNet.Preset.NF_RESNET_26.architecture();
        NFNetArchitecture strided =
                new NFNetArchitecture(
                        pooled.stem(),
                        pooled.stages(),
                        new Block(0.25, 0, 1, Attention.none(), false, false),
                        pooled.lastWidth(),
                        pooled.activation(),
                        pooled.standardization(),
                        pooled.padding(),
                        0,
                        0);
        NFNet model = NFNet.builder().architecture(strided).build();
        SignalPropagation measured = SignalPropagation.of(model, 2, 2, 1);
        assertFollowsTheory(measured);
        double[] rule = {1.04, 1.08, 1.04, 1.08, 1.04, 1.08, 1.04, 1.08};
        for (int i = 0; i < rule.length; i++) {
            SignalPropagation.Block block = measured.blocks().get(i);
            assertEquals(rule[i], block.planned(), 1e-12, block.name());
            assertNear(rule[i], block.variance(), block);
        }
        assertEquals("stage4-block2", measured.blocks().get(7).name());
    }

    /** NFNet-F's blocks, deep stem and activation function; narrower, so that it takes no time. */
    @Test
    void theVarianceFollowsTheoryWithGelu() {
        NFNetArchitecture architecture =
                new NFNetArchitecture(
                        new Stem(3, List.of(16, 64), List.of(2, 1), false),
                        List.of(new Stage(64, 1, 1), new Stage(128, 4, 2), new Stage(128, 2, 2)),
                        new Block(0.5, 16, 2, Attention.squeezeExcitation(0.5), true, false),
                        2,
                        new Gelu(),
                        WeightStandardization.nfnet(),
                        NFNetArchitecture.Padding.SAME,
                        0.2,
                        0.25);
        NFNet model =
                NFNet.builder().architecture(architecture).imageSize(63, 70).classes(10).build();
        assertFollowsTheory(SignalPropagation.of(model, 6, 4, 1));
    }
}
