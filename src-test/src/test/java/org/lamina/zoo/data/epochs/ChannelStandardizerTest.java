package org.lamina.zoo.data.epochs;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lamina.zoo.data.DataException;
import org.lamina.zoo.data.recording.RecordingId;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

class ChannelStandardizerTest {
    private static final int N = 7;
    private static final int C = 3;
    private static final int T = 11;

    /** Channel c has mean about 1000 c and deviation about c + 1; the last is constant. */
    private static float[] values() {
        Random random = new Random(2);
        float[] values = new float[N * C * T];
        for (int i = 0; i < values.length; i++) {
            int c = i / T % C;
            values[i] = c == 2 ? 5 : (float) (10_000 * c - 300 + (c + 1) * random.nextGaussian());
        }
        return values;
    }

    private static INDArray features() {
        return Nd4j.create(values(), new long[] {N, 1, C, T}, 'c');
    }

    private static EpochSet set() {
        return new EpochSet(
                features(),
                new int[] {0, 1, 0, 1, 0, 1, 0},
                List.of("a", "b"),
                Collections.nCopies(7, RecordingId.ofRun("r")),
                List.of("A", "B", "C"),
                100,
                "test");
    }

    @Test
    void standardizesEachChannelByItsOwnStatistics() {
        float[] values = values();
        double[] mean = new double[C];
        double[] std = new double[C];
        for (int i = 0; i < values.length; i++) {
            mean[i / T % C] += values[i] / (double) (N * T);
        }
        for (int i = 0; i < values.length; i++) {
            std[i / T % C] += Math.pow(values[i] - mean[i / T % C], 2) / (N * T);
        }
        ChannelStandardizer standardizer = ChannelStandardizer.of(set());
        assertArrayEquals(mean, standardizer.mean(), 1e-6);
        assertArrayEquals(
                new double[] {Math.sqrt(std[0]), Math.sqrt(std[1]), 1}, standardizer.std(), 1e-6);
        DataSet data = set().toDataSet();
        standardizer.preProcess(data);
        float[] actual = data.getFeatures().data().asFloat();
        for (int i = 0; i < values.length; i++) {
            int c = i / T % C;
            assertEquals((values[i] - mean[c]) / standardizer.std()[c], actual[i], 2e-3);
        }
        assertEquals(set().labels(), data.getLabels());
        standardizer.revert(data);
        assertArrayEquals(values, data.getFeatures().data().asFloat(), 2e-3f);
    }

    @Test
    void fitsFromDataSetsIteratorsAndRankThreeAlike() {
        ChannelStandardizer expected = ChannelStandardizer.of(set());
        ChannelStandardizer whole = new ChannelStandardizer();
        whole.fit(set().toDataSet());
        assertEquals(expected, whole);
        ChannelStandardizer batches = new ChannelStandardizer();
        EpochIterator iterator = EpochIterator.inOrder(set(), 2);
        batches.fit(iterator);
        assertEquals(expected, batches);
        assertTrue(iterator.hasNext());
        ChannelStandardizer three = new ChannelStandardizer();
        INDArray rank3 = features().reshape(N, C, T);
        three.fit(new DataSet(rank3, set().labels()));
        assertEquals(expected, three);
        // A view that is not contiguous must be read and changed in place all the same
        INDArray view = Nd4j.zeros(N, T, C).permute(0, 2, 1).assign(rank3);
        ChannelStandardizer viewed = new ChannelStandardizer();
        viewed.fit(new DataSet(view, set().labels()));
        assertEquals(expected, viewed);
        viewed.transform(view);
        expected.transform(rank3);
        assertEquals(rank3, view.dup('c'));
    }

    @Test
    void isSavedWithTheModel(@TempDir Path folder) throws Exception {
        MultiLayerNetwork network =
                new MultiLayerNetwork(
                        new NeuralNetConfiguration.Builder()
                                .list()
                                .layer(new OutputLayer.Builder().nIn(2).nOut(2).build())
                                .build());
        network.init();
        ChannelStandardizer standardizer = ChannelStandardizer.of(set());
        Path added = folder.resolve("added.zip");
        ModelSerializer.writeModel(network, added.toFile(), true);
        ModelSerializer.addNormalizerToModel(added.toFile(), standardizer);
        ChannelStandardizer restored = ModelSerializer.restoreNormalizerFromFile(added.toFile());
        assertEquals(standardizer, restored);
        Path written = folder.resolve("written.zip");
        ModelSerializer.writeModel(network, written.toFile(), true, standardizer);
        assertEquals(
                standardizer,
                ModelSerializer.restoreMultiLayerNetworkAndNormalizer(written.toFile(), true)
                        .getSecond());
        assertEquals(
                network.params(),
                ModelSerializer.restoreMultiLayerNetwork(added.toFile()).params());
    }

    @Test
    void refusesWhatDoesNotFit() {
        assertThrows(
                IllegalStateException.class, () -> new ChannelStandardizer().transform(features()));
        ChannelStandardizer two = new ChannelStandardizer(new double[2], new double[] {1, 1});
        String message =
                assertThrows(DataException.class, () -> two.transform(features())).getMessage();
        assertTrue(message.contains("[7, 1, 3, 11]") && message.contains("2 channels"), message);
        assertThrows(
                DataException.class, () -> new ChannelStandardizer(new double[1], new double[1]));
        assertThrows(UnsupportedOperationException.class, () -> two.fitLabel(true));
        INDArray bad = features();
        bad.putScalar(new long[] {0, 0, 1, 1}, Double.NaN);
        assertThrows(
                DataException.class, () -> new ChannelStandardizer().fit(new DataSet(bad, null)));
    }
}
