package org.lamina.zoo.data.epochs;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.lamina.zoo.data.DataErrors.fails;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.lamina.zoo.data.recording.Event;
import org.lamina.zoo.data.recording.Recording;
import org.nd4j.linalg.api.buffer.DataType;

/** Epochs against the samples they must hold, on recordings whose samples are their own index. */
class EpochExtractorTest {
    private static final double RATE = 100;

    private static Recording ramp(String name, int seconds, Event... events) {
        int n = (int) (seconds * RATE);
        float[][] samples = new float[2][n];
        for (int t = 0; t < n; t++) {
            samples[0][t] = t;
            samples[1][t] = -t;
        }
        return new Recording(name, "ramp", RATE, List.of("A", "B"), "uV", samples, List.of(events));
    }

    private static Event event(double onset, String label) {
        return new Event(onset, Double.NaN, label);
    }

    private static EpochingOptions.Builder options() {
        return EpochingOptions.builder().window(0.5, 1.5);
    }

    @Test
    void cutsTheRightSamples() {
        Recording first =
                ramp("S001R01.edf", 10, event(1, "T1"), event(2, "T0"), event(3.004, "T2"));
        Recording second = ramp("S001R02.edf", 5, event(0, "T2"), event(4, "T1"));
        EpochSet set = EpochExtractor.extract(List.of(first, second), options().build());
        // The last event's epoch reaches beyond the second recording, T0 is rest
        assertArrayEquals(new long[] {3, 1, 2, 100}, set.features().shape());
        assertEquals(DataType.FLOAT, set.features().dataType());
        assertEquals(List.of("T1", "T2"), set.classNames());
        assertArrayEquals(new int[] {0, 1, 1}, set.classes());
        assertEquals(List.of("01", "01", "02"), set.runs());
        assertEquals(List.of(first.id(), first.id(), second.id()), set.ids());
        assertEquals("S001", set.subset(new int[] {2}).ids().get(0).person());
        int[] starts = {150, 350, 50};
        for (int i = 0; i < 3; i++) {
            for (int t = 0; t < 100; t++) {
                assertEquals(starts[i] + t, set.features().getFloat(i, 0, 0, t));
                assertEquals(-starts[i] - t, set.features().getFloat(i, 0, 1, t));
            }
        }
        assertArrayEquals(new float[][] {{1, 0}, {0, 1}, {0, 1}}, set.labels().toFloatMatrix());
        assertEquals(100, set.samples());
        assertArrayEquals(new int[] {1, 2}, set.classCounts());
    }

    /** As between two gaps of a file: a piece may even be too short for the filter. */
    @Test
    void shortPiecesGiveNoEpochs() {
        Recording good = ramp("good", 10, event(1, "x"), event(2, "y"));
        Recording piece =
                new Recording(
                        "piece",
                        "",
                        RATE,
                        List.of("A", "B"),
                        "uV",
                        new float[2][1],
                        List.of(event(0, "x")));
        EpochingOptions filtered = options().band(4, 30).build();
        assertEquals(2, EpochExtractor.extract(List.of(piece, good), filtered).size());
    }

    @Test
    void labelMapOrdersRenamesAndJoinsClasses() {
        Map<String, String> labels = new LinkedHashMap<>();
        labels.put("T2", "feet");
        labels.put("T0", "other");
        labels.put("T1", "other");
        EpochSet set =
                EpochExtractor.extract(
                        List.of(ramp("a", 10, event(1, "T1"), event(2, "T0"), event(3, "T2"))),
                        options().labels(labels).build());
        assertEquals(List.of("feet", "other"), set.classNames());
        assertArrayEquals(new int[] {1, 1, 0}, set.classes());
    }

    @Test
    void preprocessingPicksFiltersAndResamples() {
        int n = 2000;
        float[][] samples = new float[2][n];
        for (int t = 0; t < n; t++) {
            samples[1][t] =
                    (float)
                            (Math.sin(2 * Math.PI * 10 * t / 200)
                                    + Math.sin(2 * Math.PI * 60 * t / 200)
                                    + 500);
        }
        Recording raw = new Recording("a", "", 200, List.of("A", "B"), "uV", samples, List.of());
        Recording done =
                EpochExtractor.preprocess(
                        raw,
                        EpochingOptions.builder()
                                .channels(List.of("b"))
                                .band(1, 30)
                                .resampleHz(80)
                                .build());
        assertEquals(80, done.samplingRate());
        assertEquals(List.of("B"), done.channels());
        assertEquals(800, done.length());
        for (int t = 100; t < 700; t++) {
            assertEquals(Math.sin(2 * Math.PI * 10 * t / 80), done.samples(0)[t], 0.02);
        }
    }

    @Test
    void rejectsByAmplitude() {
        Recording raw = ramp("a", 10, event(1, "x"), event(2, "x"), event(3, "y"), event(4, "y"));
        float[][] spike = {raw.samples(0), raw.samples(1)};
        spike[1][280] = 5000;
        Recording bad = raw.withSamples(spike, RATE);
        EpochSet set = EpochExtractor.extract(List.of(bad), options().rejectMicrovolt(99).build());
        assertArrayEquals(new int[] {0, 1, 1}, set.classes());
        fails(
                "no epoch left: 0 extend beyond their recording, 4 exceed 98.0 uV",
                () -> EpochExtractor.extract(List.of(bad), options().rejectMicrovolt(98).build()));
    }

    @Test
    void errorsAreClear() {
        Recording good = ramp("good", 10, event(1, "x"), event(2, "y"));
        EpochingOptions options = options().build();
        fails("No recordings", () -> EpochExtractor.extract(List.of(), options));
        fails(
                "quiet: no events",
                () -> EpochExtractor.extract(List.of(ramp("quiet", 10)), options));
        fails(
                "only rest, rejected events and bad intervals (T0)",
                () -> EpochExtractor.extract(List.of(ramp("r", 10, event(1, "T0"))), options));
        fails(
                "Only one class ('x')",
                () -> EpochExtractor.extract(List.of(ramp("r", 10, event(1, "x"))), options));
        fails(
                "no event 'z'; available: x, y",
                () ->
                        EpochExtractor.extract(
                                List.of(good),
                                options().labels(Map.of("x", "a", "z", "b")).build()));
        fails("tmin 1.0 s must be below tmax 1.0 s", () -> options().window(1, 1).build());
        fails("low 8.0 Hz must be below high 4.0 Hz", () -> options().band(8, 4).build());
        fails("low NaN Hz", () -> options().band(Double.NaN, 4).build());
        fails(
                "longer than the recording (10.000 s)",
                () -> EpochExtractor.extract(List.of(good), options().window(0, 11).build()));
        fails(
                "has no sample",
                () -> EpochExtractor.extract(List.of(good), options().window(0, 0.001).build()));
        fails(
                "good: Filter: edge 50.0 Hz must be below half",
                () -> EpochExtractor.extract(List.of(good), options().band(4, 50).build()));
        fails(
                "no channel 'Cz'; available: A, B",
                () ->
                        EpochExtractor.extract(
                                List.of(good), options().channels(List.of("Cz")).build()));
        float[][] samples = {good.samples(0), good.samples(1)};
        fails(
                "good has 100.0 Hz, good has 50.0 Hz",
                () ->
                        EpochExtractor.extract(
                                List.of(good, good.withSamples(samples, 50)), options));
        fails(
                "Channels differ",
                () -> EpochExtractor.extract(List.of(good, good.pick(List.of("A"))), options));
    }

    @Test
    void splitsByRun() {
        List<Recording> recordings = new ArrayList<>();
        for (int run = 1; run <= 4; run++) {
            recordings.add(ramp("S001R0" + run, 10, event(run, "x"), event(run + 1, "y")));
        }
        recordings.add(ramp("S001R05", 10, event(1, "x")));
        EpochSet set = EpochExtractor.extract(recordings, options().build());
        EpochSet.Split split = set.splitByRun(List.of("01", "03"), List.of("04"));
        assertEquals(List.of("01", "01", "03", "03"), split.train().runs());
        assertEquals(List.of("04", "04"), split.test().runs());
        assertEquals(450, split.test().features().getFloat(0, 0, 0, 0));
        EpochSet.Split rest = set.splitByRun(List.of(), List.of("02"));
        assertEquals(
                new TreeSet<>(List.of("01", "03", "04", "05")), new TreeSet<>(rest.train().runs()));
        fails("Run 04 is both", () -> set.splitByRun(List.of("01", "04"), List.of("04")));
        fails(
                "run '9'; runs that have some: 01, 02, 03, 04, 05",
                () -> set.splitByRun(List.of("9"), List.of("04")));
        fails("only the class 'x'", () -> set.splitByRun(List.of("05"), List.of("04")));
        fails("No run to test with", () -> set.splitByRun(List.of("05"), List.of()));
        fails("No run left", () -> set.splitByRun(List.of(), set.runs()));
    }

    @Test
    void splitsStratified() {
        Random random = new Random(5);
        Event[] events =
                IntStream.range(0, 90)
                        .mapToObj(i -> event(i, random.nextInt(3) == 0 ? "x" : "y"))
                        .toArray(Event[]::new);
        EpochSet set = EpochExtractor.extract(List.of(ramp("a", 100, events)), options().build());
        EpochSet.Split split = set.splitStratified(0.25, 7);
        for (int k = 0; k < 2; k++) {
            assertEquals(0.25 * set.classCounts()[k], split.test().classCounts()[k], 0.5 + 1e-9);
            assertEquals(
                    set.classCounts()[k],
                    split.test().classCounts()[k] + split.train().classCounts()[k]);
        }
        TreeSet<Float> starts = new TreeSet<>();
        for (EpochSet half : List.of(split.train(), split.test())) {
            for (int i = 0; i < half.size(); i++) {
                starts.add(half.features().getFloat(i, 0, 0, 0));
            }
        }
        assertEquals(set.size(), starts.size(), "every epoch is in one half");
        assertEquals(split.test().features(), set.splitStratified(0.25, 7).test().features());
        assertTrue(!split.test().features().equals(set.splitStratified(0.25, 8).test().features()));
        fails("Test fraction 1.0", () -> set.splitStratified(1, 7));
        EpochSet tiny =
                EpochExtractor.extract(
                        List.of(ramp("a", 9, event(1, "x"), event(2, "y"), event(3, "y"))),
                        options().build());
        fails("Class 'x' has 1 epochs", () -> tiny.splitStratified(0.5, 1));
    }

    /** As MNE's reject_by_annotation: what overlaps goes, what only touches stays. */
    @Test
    void epochsThatOverlapABadIntervalAreDropped() {
        Recording recording =
                ramp(
                        "a",
                        10,
                        event(0, "x"),
                        event(1, "y"),
                        event(2, "x"),
                        event(4, "y"),
                        event(6, "y"),
                        event(7, "x"),
                        // Touches the epochs from 0.5 to 1.5 s and from 2.5 to 3.5 s
                        new Event(1.5, 1, "Bad Interval/Userdefined"),
                        new Event(5.4, Double.NaN, "BAD"),
                        new Event(7.2, 0.4, "bad_acq_skip"));
        EpochSet kept = EpochExtractor.extract(List.of(recording), options().build());
        assertEquals(List.of("x", "y"), kept.classNames(), "bad intervals are no class");
        assertArrayEquals(new int[] {0, 0}, starts(kept, 50, 250));
        EpochSet all =
                EpochExtractor.extract(List.of(recording), options().badIntervals(true).build());
        assertEquals(6, all.size());
        // Labels that are named are classes, and others that begin alike are no bad intervals
        Recording words =
                ramp("w", 10, event(1, "bad_word"), event(2, "good_word"), event(3, "badge"));
        assertEquals(
                2,
                EpochExtractor.extract(
                                List.of(words),
                                options().labels(Map.of("bad_word", "b", "good_word", "g")).build())
                        .size());
        fails(
                "2 overlap a bad interval",
                () -> EpochExtractor.extract(List.of(spoilt()), options().build()));
    }

    private static Recording spoilt() {
        return ramp("s", 10, event(1, "x"), event(2, "y"), new Event(0, 9, "bad"));
    }

    /** Classes of epochs, which must start at these samples. */
    private static int[] starts(EpochSet set, int... starts) {
        assertEquals(starts.length, set.size());
        for (int i = 0; i < starts.length; i++) {
            assertEquals(starts[i], set.features().getFloat(i, 0, 0, 0));
        }
        return set.classes();
    }

    @Test
    void runsAreFoundWithoutLeadingZeros() {
        Recording first = ramp("S001R01.edf", 10, event(1, "T1"), event(3, "T2"));
        Recording second = ramp("S001R02.edf", 10, event(1, "T2"), event(4, "T1"));
        EpochSet.Split split =
                EpochExtractor.extract(List.of(first, second), options().build())
                        .splitByRun(List.of("1"), List.of("2"));
        assertEquals(List.of("01", "01"), split.train().runs());
        assertEquals(List.of("02", "02"), split.test().runs());
    }
}
