package org.lamina.zoo.report;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.lamina.layers.TemporalSpatialFusion;
import org.lamina.zoo.EEGNet;
import org.lamina.zoo.data.epochs.ChannelStandardizer;
import org.lamina.zoo.data.epochs.EpochSet;
import org.lamina.zoo.data.epochs.EpochingOptions;
import org.lamina.zoo.data.recording.RecordingId;
import org.lamina.zoo.evaluation.Metrics;
import org.lamina.zoo.modelfile.ModelCard;
import org.lamina.zoo.modelfile.ModelFile;
import org.lamina.zoo.training.TrainingHistory;
import org.nd4j.linalg.factory.Nd4j;
import org.w3c.dom.Document;
import org.xml.sax.helpers.DefaultHandler;

class TrainingReportTest {
    private static final int SAMPLES = 40;
    private static final int KERNEL = 7;

    private static EpochSet epochs(List<String> channels) {
        Random random = new Random(3);
        int count = 6;
        float[] values = new float[count * channels.size() * SAMPLES];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return new EpochSet(
                Nd4j.create(values, new long[] {count, 1, channels.size(), SAMPLES}, 'c'),
                new int[] {0, 1, 0, 1, 0, 1},
                List.of("<left>", "right & up"),
                Collections.nCopies(6, RecordingId.ofRun("1")),
                channels,
                40,
                "test");
    }

    private static TrainingReport report(List<String> channels, boolean simulated) {
        EpochSet epochs = epochs(channels);
        MultiLayerNetwork network =
                EEGNet.builder()
                        .channels(channels.size())
                        .samples(SAMPLES)
                        .classes(2)
                        .kernelLength(KERNEL)
                        .f1(2)
                        .d(2)
                        .f2(4)
                        .build()
                        .init();
        ModelCard card =
                new ModelCard(
                        "eegnet",
                        epochs.classNames(),
                        channels,
                        40,
                        SAMPLES,
                        EpochingOptions.builder().build(),
                        "some data",
                        simulated,
                        Map.of());
        Metrics metrics =
                Metrics.of(
                        new double[][] {{0.9, 0.1}, {0.2, 0.8}, {0.4, 0.6}},
                        new int[] {0, 1, 0},
                        epochs.classNames());
        TrainingHistory history =
                new TrainingHistory()
                        .with(new TrainingHistory.Epoch(1, 0.7, 0.5, 0.69, 0.5, 0.5, 0.5, 1))
                        .with(new TrainingHistory.Epoch(2, 0.5, 0.8, 0.6, 0.75, 0.75, null, 1));
        return new TrainingReport(
                "A <report>",
                new ModelFile(network, ChannelStandardizer.of(epochs), card),
                epochs,
                history,
                2,
                Map.of("test", metrics),
                Map.of("source", "a & b"),
                Map.of("lr", "0.001"),
                List.of("lamina evaluate <x>"),
                null);
    }

    private static Document parse(String text) throws Exception {
        DocumentBuilder builder = DocumentBuilderFactory.newInstance().newDocumentBuilder();
        builder.setErrorHandler(new DefaultHandler());
        return builder.parse(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void isWellFormedSelfContainedAndComplete() throws Exception {
        String html = report(List.of("C3", "Cz", "C4", "Pz"), true).html();
        Document document = parse(html);
        String text = document.getDocumentElement().getTextContent();
        for (String part :
                List.of(
                        "A <report>",
                        "Simulated data.",
                        "0.667",
                        "0.400",
                        "<left>",
                        "right & up",
                        "Learning curves",
                        "Filter 1",
                        "Filter 2",
                        "lr",
                        "0.001",
                        "a & b",
                        "lamina evaluate <x>")) {
            assertTrue(text.contains(part), part + " is missing");
        }
        Matcher links = Pattern.compile("(?:src|href)=\"([^\"]{0,30})").matcher(html);
        int images = 0;
        while (links.find()) {
            images++;
            assertTrue(links.group(1).startsWith("data:image/"), links.group(1));
        }
        // Two curves; for each of two filters time, spectrum and two heads.
        assertEquals(2 + 2 * 4, images);
        assertFalse(html.contains("http://www.w3.org/1999/xlink"));
    }

    @Test
    void chartsAreWellFormedPictures() throws Exception {
        String html = report(List.of("C3", "Cz", "C4", "Pz"), false).html();
        assertFalse(html.contains("Simulated data."));
        Matcher svg = Pattern.compile("data:image/svg\\+xml;base64,([^\"]+)").matcher(html);
        int charts = 0;
        while (svg.find()) {
            charts++;
            String text =
                    new String(Base64.getDecoder().decode(svg.group(1)), StandardCharsets.UTF_8);
            assertTrue(text.contains("<svg"), text);
            assertFalse(text.contains("SansSerif"), text);
        }
        assertEquals(6, charts);
    }

    @Test
    void unknownPlacesGiveBars() throws Exception {
        String html = report(List.of("EEG 1", "EEG 2 & 3", "EEG 4"), false).html();
        parse(html);
        assertTrue(html.contains("class=\"bars\""));
        assertFalse(html.contains("class=\"head\""));
    }

    /** Patterns against loops: filter every channel, take the covariance, multiply. */
    @Test
    void patternsAreCovarianceTimesWeights() {
        TrainingReport report = report(List.of("C3", "Cz", "C4", "Pz"), false);
        EpochSet epochs = report.train();
        ChannelStandardizer standardizer = ChannelStandardizer.of(epochs);
        EegFilters filters =
                EegFilters.of(report.model().network(), standardizer, epochs).orElseThrow();
        assertEquals(2, filters.temporal().length);
        assertEquals(KERNEL, filters.temporal()[0].length);
        int channels = 4;
        for (int f = 0; f < 2; f++) {
            double[][] signals = new double[channels][epochs.size() * SAMPLES];
            for (int n = 0; n < epochs.size(); n++) {
                for (int c = 0; c < channels; c++) {
                    for (int t = 0; t < SAMPLES; t++) {
                        double sum = 0;
                        for (int k = 0; k < KERNEL; k++) {
                            int at = t + k - KERNEL / 2;
                            if (at >= 0 && at < SAMPLES) {
                                double x = epochs.features().getDouble(n, 0, c, at);
                                double z = (x - standardizer.mean()[c]) / standardizer.std()[c];
                                sum += filters.temporal()[f][k] * z;
                            }
                        }
                        signals[c][n * SAMPLES + t] = sum;
                    }
                }
            }
            for (int d = 0; d < 2; d++) {
                double[] expected = new double[channels];
                for (int i = 0; i < channels; i++) {
                    for (int j = 0; j < channels; j++) {
                        expected[i] +=
                                covariance(signals[i], signals[j]) * filters.spatial()[f][d][j];
                    }
                }
                assertArrayEquals(expected, filters.patterns()[f][d], 1e-4);
            }
        }
    }

    @Test
    void fusedLayersHaveTheSameFilters() {
        TrainingReport report = report(List.of("C3", "Cz", "C4", "Pz"), false);
        EpochSet epochs = report.train();
        ChannelStandardizer standardizer = ChannelStandardizer.of(epochs);
        MultiLayerNetwork network = (MultiLayerNetwork) report.model().network();
        MultiLayerNetwork fused =
                new MultiLayerNetwork(
                        TemporalSpatialFusion.fuse(network.getLayerWiseConfigurations()));
        fused.init(network.params(), true);
        assertEquals(network.getnLayers() - 2, fused.getnLayers());
        EegFilters expected = EegFilters.of(network, standardizer, epochs).orElseThrow();
        EegFilters filters = EegFilters.of(fused, standardizer, epochs).orElseThrow();
        assertArrayEquals(expected.temporal(), filters.temporal());
        assertArrayEquals(expected.spatial(), filters.spatial());
        assertArrayEquals(expected.patterns(), filters.patterns());
    }

    private static double covariance(double[] a, double[] b) {
        double meanA = 0;
        double meanB = 0;
        double product = 0;
        for (int i = 0; i < a.length; i++) {
            meanA += a[i] / a.length;
            meanB += b[i] / a.length;
            product += a[i] * b[i] / a.length;
        }
        return product - meanA * meanB;
    }
}
