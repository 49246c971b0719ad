package org.lamina.benchmark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What the benchmark makes of its samples. */
class BenchmarkTest {

    @Test
    void exponentIsThatOfThePower() {
        for (Growth growth : Workloads.GROWTH) {
            double exponent = growth.exponent(point -> 3 * Math.pow(point.value(), 1.5));
            assertEquals(1.5, exponent, 1e-9, growth.name());
        }
    }

    @Test
    void workloadsDifferInNameModeShapeOrSize() {
        Set<String> seen = new HashSet<>();
        for (Workload workload : Workloads.ALL) {
            String id = workload.id() + ", " + workload.size();
            assertTrue(seen.add(id), id + " twice");
        }
    }

    /** Without its size a process would fail before the first sample. */
    @Test
    void whatMemoryIsMeasuredOfHasATinyStep() {
        for (int i = 0; i < Workloads.ALL.size(); i++) {
            boolean single = Workloads.partner(i) == i;
            if (single && Fork.measuresMemory(i)) {
                Workload workload = Workloads.ALL.get(i);
                assertTrue(workload.tiny().shape().length > 0, workload.id());
            }
        }
        int network = Workloads.ALL.indexOf(Networks.ALL.get(0));
        assertFalse(Fork.measuresMemory(network, network + 1), "two share a process");
    }

    @Test
    void flopsOfConvolutions() {
        // 2 * outputs * weights of an output; three times that with both gradients.
        double typical = 2.0 * (32 * 64 * 32 * 32) * (64 * 9);
        for (Workload workload : Workloads.ALL) {
            String id = workload.id() + " " + workload.size();
            if (id.equals("ConstrainedConv2D 3x3, forward, 32x64x32x32 typical")) {
                assertEquals(typical, workload.flops());
            } else if (id.equals("WSConv2D 3, forward + backward, 32x64x32x32 typical")) {
                assertEquals(3 * typical, workload.flops());
            } else if (id.startsWith("WSConvTranspose2D 3x3, stride 2, forward, 16x64x16x16")) {
                // Each input is multiplied with 64 * 9 weights.
                assertEquals(2.0 * (16 * 64 * 16 * 16) * (64 * 9), workload.flops());
            } else if (id.startsWith("DepthwiseConv2D (C, 1), forward, 64x8x22x256")) {
                assertEquals(2.0 * (64 * 16 * 256) * 22, workload.flops());
            } else if (id.startsWith("Swish") || id.startsWith("LocalConv2D")) {
                assertEquals(0, workload.flops());
            }
        }
    }

    @Test
    void targetsHoldOrDoNot() {
        Results results = new Results();
        Workload training = Networks.ALL.get(0);
        sample(results, training, Competitor.LAMINA, 50, 80);
        sample(results, training, Competitor.PYTORCH, 40, 40);
        sample(results, training, Competitor.DL4J, 1000, 800);
        Overhead overhead = Workloads.OVERHEADS.get(0);
        sample(results, overhead.with(), Competitor.LAMINA, 102, Double.NaN);
        sample(results, overhead.without(), Competitor.LAMINA, 100, Double.NaN);

        List<Target> targets = Target.of(results);

        assertEquals(5, targets.size(), targets::toString);
        assertEquals(1.25, targets.get(0).value(), 1e-12);
        assertFalse(targets.get(0).holds(), "slower than PyTorch");
        assertEquals(20, targets.get(1).value(), 1e-12);
        assertTrue(targets.get(1).holds(), "20 times faster than DL4J");
        assertEquals(2, targets.get(2).value(), 1e-12);
        assertFalse(targets.get(2).holds(), "adds twice PyTorch's memory");
        assertEquals(1.125, targets.get(3).value(), 1e-12);
        assertTrue(targets.get(3).holds(), "a process of 1.125 times PyTorch's");
        assertEquals(0.02, targets.get(4).value(), 1e-12);
        assertTrue(targets.get(4).holds(), "constraints cost 2 %");
    }

    private static void sample(
            Results results, Workload workload, Competitor competitor, double ms, double mb) {
        Measurement m = results.add(workload, competitor);
        m.sample(ms, ms);
        m.memory(mb + 280, mb);
    }
}
