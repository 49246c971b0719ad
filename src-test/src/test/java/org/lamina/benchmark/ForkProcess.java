package org.lamina.benchmark;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;

/** A competitor's {@link Fork}, seen from outside: idle but for the time of a command. */
final class ForkProcess implements AutoCloseable {

    private static final String ONEDNN_JAR = "onednn";

    private final Competitor competitor;
    private final BiConsumer<Competitor, String[]> results;
    private final Process process;
    private final PrintWriter commands;
    private final BufferedReader answers;

    /**
     * Starts it.
     *
     * @param results takes the parts of each line that it prints
     */
    ForkProcess(Competitor competitor, int threads, BiConsumer<Competitor, String[]> results)
            throws IOException {
        this.competitor = competitor;
        this.results = results;
        ProcessBuilder builder =
                new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        // The heap is there from the beginning: what a step adds to the process
                        // are arrays.
                        "-Xms1g",
                        "-Xmx1g",
                        "-XX:+AlwaysPreTouch",
                        "-Dorg.bytedeco.javacpp.maxbytes=6g",
                        "-Dorg.bytedeco.javacpp.maxphysicalbytes=12g",
                        "-Dai.djl.offline=true",
                        "-Dai.djl.pytorch.num_threads=" + threads,
                        "-cp",
                        classPath(competitor.oneDnn()),
                        Fork.class.getName(),
                        competitor.name());
        builder.environment().put("OMP_NUM_THREADS", String.valueOf(threads));
        builder.redirectError(ProcessBuilder.Redirect.INHERIT);
        this.process = builder.start();
        this.commands = new PrintWriter(process.outputWriter(), true);
        this.answers = process.inputReader();
    }

    /** This process' class path, without ND4J's oneDNN build if it is not wanted. */
    private static String classPath(boolean oneDnn) {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> oneDnn || !new File(entry).getName().contains(ONEDNN_JAR))
                .collect(Collectors.joining(File.pathSeparator));
    }

    Competitor competitor() {
        return competitor;
    }

    /** Gives a command and waits until it is done. */
    void tell(String command) throws IOException {
        commands.println(command);
        for (String line = answers.readLine(); !Fork.DONE.equals(line); line = answers.readLine()) {
            if (line == null) {
                throw new IllegalStateException(competitor + " ended at: " + command);
            }
            if (line.startsWith("@")) { // other output is passed over
                results.accept(competitor, line.split(" "));
            }
        }
    }

    /** Ends it. */
    @Override
    public void close() throws InterruptedException {
        commands.close();
        process.waitFor();
    }
}
