package org.lamina.zoo.weights;

/**
 * Weights that cannot be read, do not fit or cannot be written as asked. The message is for a
 * person: it names the file or network, the array, its value and what is allowed.
 */
public final class WeightsException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

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
}
