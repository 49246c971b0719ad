package org.lamina.zoo.cli;

import java.util.function.IntSupplier;
import org.nd4j.linalg.factory.Environment;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.nativeblas.NativeOps;
import org.nd4j.nativeblas.NativeOpsHolder;
import picocli.CommandLine.Option;

/** The threads that a command computes with. */
final class Threads {
    static final String OPTION = "--threads";

    private static final String VARIABLE = "OMP_NUM_THREADS";
    private static final int MOST = 1024;

    /** What {@link #OPTION} says while a command runs; null without it. */
    private static Integer given;

    @Option(
            names = OPTION,
            paramLabel = "N",
            description =
                    "Threads to compute with (OMP_NUM_THREADS, or the cores). Sums over several"
                            + " threads round in another order, so that other numbers of threads"
                            + " give slightly other results.")
    @Limits(from = 1, to = MOST)
    @SuppressWarnings("unused") // picocli sets it
    private Integer threads;

    /** Number of threads now. */
    static int count() {
        return openMp().ompGetMaxThreads();
    }

    private static NativeOps openMp() {
        // Whose backend the holder needs.
        Nd4j.getBackend();
        return NativeOpsHolder.getInstance().getDeviceNativeOps();
    }

    /** For a command that is to be repeated: the switch as it was given, or nothing. */
    static String asGiven() {
        return given == null ? "" : " " + OPTION + " " + given;
    }

    /**
     * Runs a command with so many threads.
     *
     * @param number what the switch says; null: as the environment has it
     */
    static int with(Integer number, IntSupplier command) {
        checkEnvironment(System.getenv(VARIABLE));
        if (number == null) {
            return command.getAsInt();
        }
        NativeOps omp = openMp();
        Environment nd4j = Nd4j.getEnvironment();
        int before = omp.ompGetMaxThreads();
        int ofNd4j = nd4j.maxMasterThreads();
        try {
            given = number;
            omp.setOmpNumThreads(number);
            nd4j.setMaxMasterThreads(number);
            return command.getAsInt();
        } finally {
            given = null;
            omp.setOmpNumThreads(before);
            nd4j.setMaxMasterThreads(ofNd4j);
        }
    }

    /** Makes the calling thread, a worker's of a cluster, compute alone. */
    static void one() {
        openMp().setOmpNumThreads(1);
        Nd4j.getEnvironment().setMaxMasterThreads(1);
    }

    /** ND4J and OpenMP end the program at a value that is no number of threads. */
    static void checkEnvironment(String value) {
        if (value != null && !value.matches("0*[1-9]\\d{0,3}")) {
            throw new UsageException(
                    VARIABLE
                            + "="
                            + value
                            + " in the environment is no number of threads: unset it, or set it to"
                            + " 1 or more");
        }
    }
}
