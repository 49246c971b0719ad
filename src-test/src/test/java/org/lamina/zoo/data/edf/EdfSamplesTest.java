package org.lamina.zoo.data.edf;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.lamina.zoo.data.files.DataFolder;
import org.lamina.zoo.data.reader.FileSamples;
import org.lamina.zoo.data.reader.RecordedSignal;
import org.lamina.zoo.data.recording.Event;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.ObjectMapper;

/** Files of other programs against what other readers found in them (expected.json). */
class EdfSamplesTest {

    @Test
    void everyFileAsExpected() throws Exception {
        Path folder = DataFolder.require("edf-samples");
        JsonNode expected = new ObjectMapper().readTree(folder.resolve("expected.json").toFile());
        List<Executable> checks = new ArrayList<>();
        expected.fields()
                .forEachRemaining(
                        file ->
                                checks.add(
                                        () ->
                                                check(
                                                        folder.resolve(file.getKey()),
                                                        file.getValue())));
        assertTrue(checks.size() >= 7, "expected.json names too few files");
        assertAll(checks);
    }

    private static void check(Path file, JsonNode expected) throws Exception {
        try (EdfReader reader = EdfReader.open(file)) {
            EdfHeader header = reader.header();
            assertEquals(expected.get("format").asText().equals("BDF"), header.bdf());
            assertEquals(expected.get("reserved").asText(), header.reserved());
            assertEquals(expected.get("patient").asText(), header.patient());
            assertEquals(expected.get("recording").asText(), header.recording());
            assertEquals(expected.get("startDate").asText(), header.startDate());
            assertEquals(expected.get("startTime").asText(), header.startTime());
            assertEquals(expected.get("headerBytes").asInt(), header.layout().start());
            assertEquals(expected.get("records").asLong(), header.layout().declared());
            assertEquals(expected.get("recordsPresent").asLong(), reader.records());
            assertEquals(expected.get("recordSeconds").asDouble(), header.recordSeconds());
            assertEquals(expected.get("numSignals").asInt(), header.layout().signals().size());
            for (int i = 0; i < header.layout().signals().size(); i++) {
                checkSignal(reader, i, expected.get("signals").get(i));
            }
            List<Event> annotations = reader.annotations();
            assertEquals(expected.get("annotationCount").asInt(), annotations.size());
            for (int i = 0; i < expected.get("firstAnnotations").size(); i++) {
                JsonNode annotation = expected.get("firstAnnotations").get(i);
                assertEquals(annotation.get(0).asDouble(), annotations.get(i).onset(), 1e-9);
                assertEquals(
                        annotation.get(1).isNull() ? Double.NaN : annotation.get(1).asDouble(),
                        annotations.get(i).duration());
                assertEquals(annotation.get(2).asText(), annotations.get(i).label());
            }
        }
    }

    private static void checkSignal(EdfReader reader, int i, JsonNode expected) throws Exception {
        RecordedSignal signal = reader.header().layout().signals().get(i);
        assertEquals(expected.get("label").asText(), signal.label());
        assertEquals(expected.get("samplesPerRecord").asInt(), signal.samplesPerRecord());
        assertEquals(expected.has("annotations"), EdfHeader.isAnnotations(signal));
        if (EdfHeader.isAnnotations(signal)) {
            return;
        }
        assertEquals(expected.get("unit").asText(), signal.unit());
        assertEquals(expected.get("physMin").asDouble(), signal.physicalMin());
        assertEquals(expected.get("physMax").asDouble(), signal.physicalMax());
        assertEquals(expected.get("digMin").asDouble(), signal.digitalMin());
        assertEquals(expected.get("digMax").asDouble(), signal.digitalMax());
        assertEquals(expected.get("rate").asDouble(), reader.header().layout().rate(signal), 1e-9);
        int n = expected.get("n").asInt();
        FileSamples samples = reader.samples(i);
        assertEquals(n, samples.length());
        int[] digital = digital(samples, 0, n);
        long sum = 0;
        double mean = 0;
        for (int value : digital) {
            sum += value;
            mean += signal.toPhysical(value) / n;
        }
        assertEquals(expected.get("digitalSum").asLong(), sum);
        close(expected.get("physicalMean").asDouble(), mean, "mean of " + signal.label());
        piece(expected.get("firstDigital"), digital);
        // Where the middle and the end lie: read them on their own, across the record's border too
        piece(expected.get("midDigital"), digital(samples, n / 2, 3));
        piece(expected.get("lastDigital"), digital(samples, n - 3, 3));
        for (int t = 0; t < expected.get("firstPhysical").size(); t++) {
            close(
                    expected.get("firstPhysical").get(t).asDouble(),
                    signal.toPhysical(digital[t]),
                    signal.label());
        }
    }

    private static int[] digital(FileSamples samples, int from, int count) {
        int[] values = new int[count];
        samples.eachStored(0, from, count, (t, value) -> values[t] = (int) value);
        return values;
    }

    private static void piece(JsonNode expected, int[] actual) {
        for (int t = 0; t < expected.size(); t++) {
            assertEquals(expected.get(t).asInt(), actual[t]);
        }
    }

    /** The expected values have nine digits. */
    private static void close(double expected, double actual, String what) {
        assertEquals(expected, actual, 1e-8 * Math.abs(expected) + 1e-9, what);
    }
}
