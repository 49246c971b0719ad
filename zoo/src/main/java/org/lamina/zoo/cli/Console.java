package org.lamina.zoo.cli;

import java.io.PrintStream;
import java.util.Locale;

/**
 * Where a command prints.
 *
 * @param out results
 * @param err errors and warnings
 * @param terminal whether {@code out} is a terminal, where a progress bar can be redrawn
 */
record Console(PrintStream out, PrintStream err, boolean terminal) {
    /** Prints a line; numbers are written the same way everywhere. */
    void print(String format, Object... args) {
        out.printf(Locale.ROOT, format + "%n", args);
    }

    void warn(String format, Object... args) {
        err.printf(Locale.ROOT, "Warning: " + format + "%n", args);
    }

    /** How the user started this program, for the commands that are suggested. */
    static String program() {
        String started = System.getProperty("sun.java.command", "").split(" ", 2)[0];
        return started.endsWith(".jar") ? "java -jar " + started : "lamina";
    }
}
