package org.lamina.zoo.data;

/**
 * The data given cannot be used. The message is one line for a person: it names the file (and the
 * line or field), the value found and what is allowed. Control characters in it are replaced, and
 * the middle of a very long one is left out.
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
     * @param cause what was thrown below, may be null
     */
    public DataException(String message, Throwable cause) {
        super(presentable(message), cause);
    }

    /**
     * Messages quote from files that may hold anything: a terminal must not act on it, and a person
     * must be able to read it.
     */
    private static String presentable(String message) {
        String clean = message.replaceAll("[\\p{Cc}\\p{Cf}\\p{Cs}\u2028\u2029]+", "\ufffd");
        return clean.length() <= BEGINNING + END
                ? clean
                : clean.substring(0, BEGINNING) + " ... " + clean.substring(clean.length() - END);
    }
}
