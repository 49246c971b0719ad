package org.lamina.zoo.cli;

import java.util.Locale;

/**
 * A command cannot be carried out as given. The message is one line that says what is wrong and
 * why.
 */
final class UsageException extends RuntimeException {
    UsageException(String message) {
        super(message);
    }

    UsageException(String message, Throwable cause) {
        super(message, cause);
    }

    /**
     * @param args of the format; if the last one is an exception, it becomes the cause
     */
    UsageException(String format, Object... args) {
        this(
                String.format(Locale.ROOT, format, args),
                args[args.length - 1] instanceof Throwable cause ? cause : null);
    }
}
