package org.lamina.zoo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.lamina.zoo.data.epochs.EpochExtractor;
import org.lamina.zoo.data.epochs.EpochIterator;
import org.lamina.zoo.data.epochs.EpochSet;
import org.lamina.zoo.data.recording.Recording;
import org.lamina.zoo.data.simulation.EegSimulator;
import org.lamina.zoo.evaluation.Metrics;
import org.lamina.zoo.modelfile.ModelFile;

class PretrainedTest {

    @ParameterizedTest
    @EnumSource(Pretrained.class)
    void modelCards(Pretrained pretrained) throws IOException {
        String card = pretrained.card();
        for (String part : List.of("| data |", "| split |", "| settings |", "| limits |")) {
            assertTrue(card.contains(part), part);
        }
        assertTrue(card.contains("--seed " + pretrained.load().card().settings().get("seed")));
    }

    /** The accuracy that the model card states. */
    @Test
    void eegNetKnowsTheSimulation() throws IOException {
        ModelFile file = Pretrained.EEGNET_SIMULATED.load();
        MultiLayerNetwork net = EEGNet.builder().build().initPretrained();
        assertEquals(((MultiLayerNetwork) file.network()).params(), net.params());
        List<Recording> test =
                EegSimulator.builder().seed(1).build().recordings().stream()
                        .filter(recording -> List.of("05", "06").contains(recording.run()))
                        .toList();
        EpochSet set = EpochExtractor.extractAvailable(test, file.card().epoching());
        EpochIterator iterator = EpochIterator.inOrder(set, 32);
        iterator.setPreProcessor(file.normalizer());
        Metrics metrics = Metrics.of(net, iterator);
        assertEquals(96, set.size());
        assertEquals(0.948, metrics.accuracy(), 0.0005);
    }

    @Test
    void otherNetworksAreRefused() {
        assertThrows(
                IllegalArgumentException.class,
                () -> EEGNet.builder().channels(21).build().initPretrained());
        IllegalArgumentException e =
                assertThrows(
                        IllegalArgumentException.class,
                        () ->
                                EEGNet.builder()
                                        .preset(EEGNet.Preset.SELFEEG)
                                        .build()
                                        .initPretrained());
        assertTrue(e.getMessage().contains("SELFEEG"), e.getMessage());
    }
}
