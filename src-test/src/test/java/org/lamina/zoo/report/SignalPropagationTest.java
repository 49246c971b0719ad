package org.lamina.zoo.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lamina.spec.WeightStandardization;
import org.lamina.zoo.NFNet;
import org.lamina.zoo.NFNetArchitecture;
import org.lamina.zoo.NFNetArchitecture.Block;
import org.lamina.zoo.NFNetArchitecture.Stage;
import org.lamina.zoo.NFNetArchitecture.Stem;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class SignalPropagationTest {

    /** Narrow, with the papers' blocks: NF-ResNet's, and NFNet's but for the mean pool. */
    private static NFNet network(boolean nfnet, long seed) {
        NFNetArchitecture architecture =
                new NFNetArchitecture(
                        new Stem(3, List.of(64), List.of(1), false),
                        List.of(new Stage(64, 3, 1), new Stage(64, 4, 2), new Stage(128, 3, 2)),
                        nfnet ? new Block(0.5, 16, 2, 0.5, false) : new Block(0.5, 0, 1, 0, false),
                        0,
                        new ActivationReLU(),
                        WeightStandardization.nfnet(),
                        NFNetArchitecture.Padding.SYMMETRIC,
                        0,
                        0);
        return NFNet.builder()
                .architecture(architecture)
                .imageSize(64, 64)
                .classes(10)
                .skipGain(1)
                .seed(seed)
                .build();
    }

    /** The padding's zeros take some percent; a wrong factor in a block, or none, takes more. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theVarianceFollowsThePlan(boolean nfnet) {
        Nd4j.getRandom().setSeed(1);
        INDArray noise = Nd4j.randn(DataType.FLOAT, 2, 3, 64, 64);
        List<NFNet> models = LongStream.range(0, 4).mapToObj(s -> network(nfnet, s)).toList();
        SignalPropagation measured = SignalPropagation.of(models, noise);
        double[] plan = {1.04, 1.08, 1.12, 1.04, 1.08, 1.12, 1.16, 1.04, 1.08, 1.12};
        assertEquals(plan.length, measured.blocks().size());
        for (int i = 0; i < plan.length; i++) {
            SignalPropagation.Block block = measured.blocks().get(i);
            assertEquals(plan[i], block.expected(), 1e-12, block.name());
            assertEquals(plan[i], block.variance(), 0.1 * plan[i], block.name());
            // Standardized weights take the activation function's mean away.
            assertTrue(block.squaredMean() < 0.1, block.toString());
        }
        assertEquals("stage2-block4", measured.blocks().get(6).name());
        assertTrue(measured.varianceChart().contains("<svg"));
        assertTrue(measured.squaredMeanChart().contains("<svg"));
    }
}
