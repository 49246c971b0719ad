package org.lamina.zoo.modelfile;

import java.io.IOException;

/**
 * A file is not a model file, or is damaged. The message is one line for a person and names the
 * file.
 */
public final class ModelFileException extends IOException {
    /**
     * @param message one line that says what is wrong with which file
     * @param cause what was thrown below, may be null
     */
    public ModelFileException(String message, Throwable cause) {
        super(message, cause);
    }
}
