package org.lamina.benchmark;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Runs every competitor at every workload in processes that take turns of a split second, so that a
 * machine that is slow for a minute is slow for all of them, prints tables and writes {@code
 * benchmark.json} and charts.
 *
 * <p>System properties: {@code benchmark.rounds} (processes for each competitor, default 3), {@code
 * benchmark.seconds} (time for each workload in each process, default 0.5), {@code
 * benchmark.threads} (default 2), {@code benchmark.only} (regular expression for name, mode, shape
 * and size of workloads; default all), {@code benchmark.competitors} (the same for their names),
 * {@code benchmark.out} (folder, default target/benchmark).
 */
final class Benchmark {

    private static final int FEWEST_TURNS = 5;
    private static final double TURN_SECONDS = 0.25;

    private final int rounds = Integer.getInteger("benchmark.rounds", 3);
    private final double seconds =
            Double.parseDouble(System.getProperty("benchmark.seconds", "0.5"));
    private final int threads = Integer.getInteger("benchmark.threads", 2);
    private final Pattern only = Pattern.compile(System.getProperty("benchmark.only", ""));
    private final Pattern competitors =
            Pattern.compile(System.getProperty("benchmark.competitors", ""));
    private final Path out = Path.of(System.getProperty("benchmark.out", "target/benchmark"));
    private final Results results = new Results();

    private Benchmark() {}

    public static void main(String[] args) throws IOException, InterruptedException {
        new Benchmark().run();
    }

    private void run() throws IOException, InterruptedException {
        TreeSet<Integer> chosen = new TreeSet<>();
        for (int i = 0; i < Workloads.ALL.size(); i++) {
            Workload workload = Workloads.ALL.get(i);
            if (only.matcher(workload.id() + ", " + workload.size()).find()) {
                chosen.add(i);
                chosen.add(Workloads.partner(i));
            }
        }
        if (chosen.stream().anyMatch(i -> Workloads.ALL.get(i).flops() > 0)) {
            chosen.add(Workloads.ALL.indexOf(Workloads.GEMM));
        }
        for (int round = 0; round < rounds; round++) {
            for (List<String> tasks : processes(chosen)) {
                compete(tasks);
            }
            System.out.printf("Round %d of %d%n", round + 1, rounds);
        }
        new Report(results).write(out, rounds, String.valueOf(seconds), threads);
    }

    /**
     * What each process has to do: tasks, which are a workload, or two that it does in turns,
     * "3+4".
     */
    private static List<List<String>> processes(TreeSet<Integer> chosen) {
        List<List<String>> processes = new ArrayList<>();
        List<String> shared = new ArrayList<>();
        for (int i : chosen) {
            int partner = Workloads.partner(i);
            if (partner < i) {
                continue;
            }
            String task = partner == i ? String.valueOf(i) : i + "+" + partner;
            if (Workloads.ALL.get(i).alone()) {
                processes.add(List.of(task));
            } else {
                shared.add(task);
            }
        }
        if (!shared.isEmpty()) {
            processes.add(shared);
        }
        return processes;
    }

    /** Tasks, each in a process of every competitor; the processes take turns of a split second. */
    private void compete(List<String> tasks) throws IOException, InterruptedException {
        List<ForkProcess> all = new ArrayList<>();
        try {
            for (Competitor competitor : Competitor.values()) {
                if (competitors.matcher(competitor.toString()).find()
                        && tasks.stream().anyMatch(task -> first(task).isFor(competitor))) {
                    all.add(new ForkProcess(competitor, threads, this::read));
                }
            }
            for (String task : tasks) {
                List<ForkProcess> rivals =
                        all.stream().filter(p -> first(task).isFor(p.competitor())).toList();
                for (ForkProcess rival : rivals) {
                    rival.tell(Fork.PREPARE + " " + task + " " + seconds / 2);
                }
                int turns = (int) Math.max(FEWEST_TURNS, seconds / TURN_SECONDS);
                for (int turn = 0; turn < turns; turn++) {
                    for (ForkProcess rival : rivals) {
                        rival.tell(Fork.MEASURE + " " + seconds / turns);
                    }
                }
                for (ForkProcess rival : rivals) {
                    rival.tell(Fork.END);
                }
            }
        } finally {
            for (ForkProcess process : all) {
                process.close();
            }
        }
    }

    private static Workload first(String task) {
        return Workloads.ALL.get(Integer.parseInt(task.split("\\+")[0]));
    }

    /** Takes a line that a {@link Fork} printed. */
    private void read(Competitor competitor, String[] parts) {
        Measurement m = results.add(Workloads.ALL.get(Integer.parseInt(parts[1])), competitor);
        double value = Double.parseDouble(parts[2]);
        switch (parts[0]) {
            case Fork.SAMPLE:
                m.sample(value, Double.parseDouble(parts[3]));
                break;
            case Fork.FINGERPRINT:
                m.fingerprint(value);
                break;
            case Fork.MEMORY:
                m.memory(value, Double.parseDouble(parts[3]));
                break;
            default:
                throw new IllegalStateException(String.join(" ", parts));
        }
    }
}
