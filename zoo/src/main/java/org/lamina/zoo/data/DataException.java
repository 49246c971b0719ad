package org.lamina.zoo.data;

import java.util.Locale;

/**
 * The data cannot be used. The message is one line for people: it names the file (and the line or
 * field), the value found and what is allowed. Control characters are replaced, and the middle of a
 * very long message is left out.
 */
public final class DataException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;
    private static final int BEGINNING = 800;
    private static final int END = 200;

    /**
     * @param message one line that says what is wrong and where
     */
    public DataException(String message) {
        super(presentable(message));
    }

    /**
     * @param message one line that says what is wrong and where
     * @param cause the exception that led to this one; may be null
     */
    public DataException(String message, Throwable cause) {
        super(presentable(message), cause);
    }

    /**
     * @param format of one line that says what is wrong and where, as {@link String#format} takes
     *     it
     * @param args of the format; if the last one is an exception, it becomes the cause
     */
    public DataException(String format, Object... args) {
        this(
                String.format(Locale.ROOT, format, args),
                args[args.length - 1] instanceof Throwable cause ? cause : null);
    }

    /**
     * Messages quote files, which may contain anything: control characters must not reach a
     * terminal, and the message must stay readable.
     */
    private static String presentable(String message) {
        String clean = message.replaceAll("[\\p{Cc}\\p{Cf}\\p{Cs}\u2028\u2029]+", "\ufffd");
        return clean.length() <= BEGINNING + END
                ? clean
                : clean.substring(0, BEGINNING) + " ... " + clean.substring(clean.length() - END);
    }
}
