package org.lamina.zoo.data.recording;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.lamina.zoo.data.DataErrors.fails;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RecordingTest {
    private static final Event LATE = new Event(0.5, Double.NaN, "b");
    private static final Event EARLY = new Event(0.25, 1, "a");

    private static Recording recording(String name, List<String> channels, float[]... samples) {
        return new Recording(name, "test", 4, channels, "uV", samples, List.of(LATE, EARLY));
    }

    @Test
    void picksChannelsByNameHoweverWritten() {
        Recording all =
                recording(
                        "S001R05.edf",
                        List.of("Fc5.", "C3..", "Cz"),
                        new float[] {1, 2},
                        new float[] {3, 4},
                        new float[] {5, 6});
        Recording picked = all.withId(new RecordingId("p", "s", "x")).pick(List.of("CZ", " fc5"));
        assertEquals(List.of("Cz", "Fc5."), picked.channels());
        assertArrayEquals(new float[] {5, 6}, picked.samples(0));
        assertArrayEquals(new float[] {1, 2}, picked.samples(1));
        assertEquals(new RecordingId("p", "s", "x"), picked.id());
        assertEquals(List.of(EARLY, LATE), picked.events());
        assertEquals(0.5, picked.seconds());
        fails("no channel 'Oz'; available: Fc5., C3.., Cz", () -> all.pick(List.of("Oz")));
        List<String> many = IntStream.rangeClosed(1, 30).mapToObj(i -> "E" + i).toList();
        fails("E9, E10, ... and 20 more", () -> Recording.indicesOf("x", many, List.of("Oz")));
        fails("'C3' is requested twice", () -> all.pick(List.of("C3..", "C3")));
    }

    @Test
    void givesCopies() {
        Recording one = recording("a", List.of("A"), new float[] {1, 2});
        one.samples(0)[0] = 9;
        assertArrayEquals(new float[] {1, 2}, one.samples(0));
        float[] target = new float[3];
        one.source().copy(0, 1, target, 2, 1);
        assertArrayEquals(new float[] {0, 0, 2}, target);
    }

    @Test
    void refusesWhatDoesNotFit() {
        fails(
                "1 channel names for 2",
                () -> recording("f", List.of("A"), new float[1], new float[1]));
        fails("B has 2", () -> recording("f", List.of("A", "B"), new float[1], new float[2]));
        fails(
                "two channels are named 'a.'",
                () -> recording("f", List.of("A", "a."), new float[1], new float[1]));
        fails("onset NaN", () -> new Event(Double.NaN, 0, "x"));
        fails(
                "sampling rate 0.0",
                () -> new Recording("f", "", 0, List.of("A"), "uV", new float[1][1], List.of()));
    }
}
