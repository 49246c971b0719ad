package org.lamina.harness;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A program run in a process of its own.
 *
 * @param code its exit code
 * @param printed what it printed, on standard error too
 */
public record Jvm(int code, String printed) {

    /** The class path of the tests. */
    public static final String CLASS_PATH = System.getProperty("java.class.path");

    /**
     * Runs a class to its end.
     *
     * @param options the virtual machine's
     */
    public static Jvm run(
            String classPath, List<String> options, Class<?> main, String... arguments)
            throws IOException, InterruptedException {
        List<String> command = command(classPath, options);
        command.add(main.getName());
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        byte[] printed = process.getInputStream().readAllBytes();
        return new Jvm(process.waitFor(), new String(printed, StandardCharsets.UTF_8));
    }

    /** The command up to the main class. */
    public static List<String> command(String classPath, List<String> options) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        // They end before optimized code has paid.
        command.add("-XX:TieredStopAtLevel=1");
        command.addAll(options);
        command.addAll(List.of("-cp", classPath));
        return command;
    }
}
