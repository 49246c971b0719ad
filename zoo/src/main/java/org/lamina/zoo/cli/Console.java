package org.lamina.zoo.cli;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Arrays;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a command prints. All text goes through this class, which escapes control characters: names
 * of files, labels or arrays may contain them.
 *
 * @param out results
 * @param err errors and warnings
 * @param terminal whether {@code out} is a terminal, where a progress bar can be redrawn
 */
record Console(PrintStream out, PrintStream err, boolean terminal) {
    /** Control characters, including those that only change the direction of text. */
    private static final Pattern CONTROL =
            Pattern.compile("[\\p{Cc}\\u2028\\u2029\\u202a-\\u202e\\u2066-\\u2069]");

    private static final Pattern JAR = Pattern.compile("(.*?\\.jar)(?: .*)?", Pattern.DOTALL);

    /** Prints a line; the format of numbers does not depend on the locale. */
    void print(String format, Object... args) {
        out.printf(Locale.ROOT, format + "%n", shown(args));
    }

    /** Prints several lines. */
    void printText(String text) {
        text.lines().forEach(line -> out.print(shown(line) + "\n"));
        out.flush();
    }

    void warn(String format, Object... args) {
        err.printf(Locale.ROOT, "Warning: " + format + "%n", shown(args));
    }

    /** Prints the message of an error and, unless {@code where} is null, its stack trace. */
    void error(String message, Throwable where) {
        err.println("Error: " + shown(message));
        if (where != null) {
            StringWriter trace = new StringWriter();
            where.printStackTrace(new PrintWriter(trace));
            trace.toString().lines().forEach(line -> err.println(shown(line, "\t")));
        }
    }

    private static Object[] shown(Object... args) {
        return Arrays.stream(args)
                .map(arg -> arg instanceof Number ? arg : shown(String.valueOf(arg)))
                .toArray();
    }

    private static String shown(String text) {
        return shown(text, "");
    }

    private static String shown(String text, String but) {
        return CONTROL.matcher(text)
                .replaceAll(
                        found ->
                                Matcher.quoteReplacement(
                                        but.contains(found.group())
                                                ? found.group()
                                                : String.format(
                                                        "\\u%04x", (int) found.group().charAt(0))));
    }

    /** How the user started this program, for suggested commands. */
    static String program() {
        return program(System.getProperty("sun.java.command", ""));
    }

    static String program(String started) {
        Matcher jar = JAR.matcher(started);
        return jar.matches() ? "java -jar " + Texts.quoted(jar.group(1)) : "lamina";
    }
}
