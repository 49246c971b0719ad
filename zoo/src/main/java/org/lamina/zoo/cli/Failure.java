package org.lamina.zoo.cli;

import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.exception.DL4JInvalidConfigException;
import org.lamina.zoo.data.DataException;
import org.lamina.zoo.modelfile.ModelFileException;
import org.lamina.zoo.weights.WeightsException;
import picocli.CommandLine.ParseResult;

/** What a command that failed prints and returns. */
final class Failure {
    /** Switches of a training that needs less memory with smaller values. */
    private static final List<String> SIZES =
            List.of("--batch", "--f1", "--depth", "--f2", "--width", "--length", "--resample");

    private Failure() {}

    /** Prints what went wrong and returns the exit code. */
    static int report(Throwable e, ParseResult parsed, Console console, boolean debug) {
        if (e instanceof UncheckedIOException unchecked) {
            return report(unchecked.getCause(), parsed, console, debug);
        }
        boolean noMemory = isLackOfMemory(e);
        String message = noMemory ? memoryNeeded(Main.deepest(parsed)) : oneLine(e);
        console.error(message, debug ? e : null);
        if (noMemory) {
            return ExitCode.FAILED;
        }
        return isUsage(e) ? ExitCode.USAGE : isData(e) ? ExitCode.DATA : ExitCode.FAILED;
    }

    /** Names the files and what helps. */
    private static String memoryNeeded(ParseResult command) {
        List<String> files = new ArrayList<>();
        command.matchedPositionals().forEach(file -> files.addAll(file.originalStringValues()));
        if (command.hasMatchedOption("--data")) {
            files.add(command.matchedOption("--data").originalStringValues().get(0));
        }
        List<String> smaller =
                SIZES.stream()
                        .filter(size -> command.commandSpec().findOption(size) != null)
                        .toList();
        return (files.isEmpty() ? "" : String.join(", ", files) + ": ")
                + "too large for the available memory; java -Xmx..., with more than the "
                + (Runtime.getRuntime().maxMemory() >> 20)
                + " MiB that this program may use"
                + (smaller.isEmpty() ? "" : ", or a smaller " + String.join(", ", smaller))
                + " helps";
    }

    /** ND4J wraps the error of its allocator, or passes on the message of the native one. */
    private static boolean isLackOfMemory(Throwable e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            String message = String.valueOf(cause.getMessage());
            if (cause instanceof OutOfMemoryError
                    || message.contains("bad_alloc")
                    || message.contains("Failed to allocate")
                    || message.contains("allocation failed")) {
                return true;
            }
        }
        return false;
    }

    /** Whether the command itself is wrong. */
    private static boolean isUsage(Throwable e) {
        return e instanceof UsageException || e instanceof DL4JInvalidConfigException;
    }

    /** Whether a file, or its content, is wrong. */
    private static boolean isData(Throwable e) {
        return e instanceof DataException
                || e instanceof ModelFileException
                || e instanceof WeightsException
                || e instanceof NoSuchFileException
                || e instanceof NotDirectoryException
                || e instanceof AccessDeniedException;
    }

    static String oneLine(Throwable e) {
        String message = e.getMessage();
        if (message == null || message.isBlank() || isForProgrammers(e)) {
            return "unexpected " + e.getClass().getSimpleName() + " (--debug shows where)";
        }
        if (e instanceof Error) {
            return e.getClass().getSimpleName() + ": " + joined(message);
        }
        if (e instanceof FileSystemException) {
            return e.getClass().getSimpleName().replace("Exception", "") + ": " + message;
        }
        return joined(message);
    }

    /** Exceptions whose messages are about the program's code. */
    private static boolean isForProgrammers(Throwable e) {
        return e instanceof NullPointerException
                || e instanceof ClassCastException
                || e instanceof IndexOutOfBoundsException;
    }

    private static String joined(String message) {
        return message.strip().replaceAll("\\s*\\R\\s*", " ");
    }
}
