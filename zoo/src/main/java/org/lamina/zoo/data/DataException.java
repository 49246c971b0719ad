package org.lamina.zoo.data;

/**
 * The data given cannot be used. The message is one line for a person: it names the file (and the
 * line or field), the value found and what is allowed.
 */
public final class DataException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    /**
     * @param message one line that says what is wrong and where
     */
    public DataException(String message) {
        super(message);
    }

    /**
     * @param message one line that says what is wrong and where
     * @param cause what was thrown below, may be null
     */
    public DataException(String message, Throwable cause) {
        super(message, cause);
    }
}
