package org.lamina.zoo.weights;

import java.util.Locale;

/**
 * Weights that cannot be read, do not fit or cannot be written as asked. The message is for a
 * person: it names the file or network, the array, its value and what is allowed.
 */
public final class WeightsException extends IllegalArgumentException {
    /**
     * @param message what is wrong with what, and what is allowed
     */
    public WeightsException(String message) {
        super(message);
    }

    /**
     * @param message what is wrong with what, and what is allowed
     * @param cause what was thrown below
     */
    public WeightsException(String message, Throwable cause) {
        super(message, cause);
    }

    /**
     * @param format of the message, as {@link String#format} takes it
     * @param args of the format; if the last one is an exception, it becomes the cause
     */
    public WeightsException(String format, Object... args) {
        this(
                String.format(Locale.ROOT, format, args),
                args[args.length - 1] instanceof Throwable cause ? cause : null);
    }
}
