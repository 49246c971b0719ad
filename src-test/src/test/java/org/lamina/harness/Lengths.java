package org.lamina.harness;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Tuple;

/** Random lengths of signals and filters. */
public final class Lengths {

    private Lengths() {}

    /** Three of four are short, the others long. */
    public static Arbitrary<Integer> of(int from, int to, int longFrom, int longTo) {
        return Arbitraries.frequencyOf(
                Tuple.of(3, Arbitraries.integers().between(from, to)),
                Tuple.of(1, Arbitraries.integers().between(longFrom, longTo)));
    }
}
