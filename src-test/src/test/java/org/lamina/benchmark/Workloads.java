package org.lamina.benchmark;

import java.util.ArrayList;
import java.util.List;

/** What is measured. A process knows a workload by its place in {@link #ALL}. */
final class Workloads {

    static final Workload GEMM = new GemmWorkload();
    static final List<Growth> GROWTH = Growth.all();
    static final List<Overhead> OVERHEADS = new ArrayList<>();
    static final List<Workload> ALL = new ArrayList<>();

    static {
        Overhead constraints = Networks.constraints();
        List<Overhead> pairs = new ArrayList<>(Networks.orders());
        pairs.addAll(GraphWorkload.compiling());
        Layers layers = new Layers();
        OVERHEADS.add(constraints);
        OVERHEADS.addAll(pairs);
        OVERHEADS.addAll(layers.overheads());
        ALL.addAll(Networks.ALL);
        ALL.add(constraints.with());
        ALL.add(constraints.without());
        for (Overhead pair : pairs) {
            ALL.add(pair.with());
            ALL.add(pair.without());
        }
        ALL.add(GEMM);
        ALL.addAll(layers.all());
        GROWTH.forEach(growth -> ALL.addAll(growth.points()));
    }

    private Workloads() {}

    /** Place of the workload that is compared with this one in the same process, or this one's. */
    static int partner(int workload) {
        for (Overhead overhead : OVERHEADS) {
            if (overhead.with() == ALL.get(workload)) {
                return ALL.indexOf(overhead.without());
            }
            if (overhead.without() == ALL.get(workload)) {
                return ALL.indexOf(overhead.with());
            }
        }
        return workload;
    }
}
