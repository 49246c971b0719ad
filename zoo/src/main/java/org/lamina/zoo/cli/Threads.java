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
                    "Number of threads (OMP_NUM_THREADS, or the cores). It determines the order in"
                        + " which sums are rounded, so that results differ slightly between numbers"
                        + " of threads.")
    @Limits(from = 1, to = MOST)
    @SuppressWarnings("unused") // picocli sets it
    private Integer threads;

    /** Number of threads now. */
    static int count() {
        return openMp().ompGetMaxThreads();
    }

    private static NativeOps openMp() {
        // Loads the backend, which the holder needs.
        Nd4j.getBackend();
        return NativeOpsHolder.getInstance().getDeviceNativeOps();
    }

    /** The switch as it was given, for a command to repeat; empty if it was not. */
    static String asGiven() {
        return given == null ? "" : " " + OPTION + " " + given;
    }

    /**
     * Runs a command with a number of threads.
     *
     * @param number of threads; null for that of the environment
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

    /** Makes the calling thread, that of a Spark worker, compute without helpers. */
    static void one() {
        openMp().setOmpNumThreads(1);
        Nd4j.getEnvironment().setMaxMasterThreads(1);
    }

    /** ND4J and OpenMP end the program if the value is not a number of threads. */
    static void checkEnvironment(String value) {
        if (value != null && !value.matches("0*[1-9]\\d{0,3}")) {
            throw new UsageException(
                    "%s=%s in the environment is not a number of threads: unset it, or set it to 1"
                            + " or more",
                    VARIABLE, value);
        }
    }
}
