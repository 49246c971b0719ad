package org.lamina.zoo.cli;

/**
 * A command cannot be carried out as given. The message is one line that says what is wrong and
 * why.
 */
final class UsageException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UsageException(String message) {
        super(message);
    }

    UsageException(String message, Throwable cause) {
        super(message, cause);
    }
}
