package org.lamina.zoo.training;

/** Training cannot continue: the loss, the parameters or the outputs are no longer finite. */
public final class DivergenceException extends IllegalStateException {
    /**
     * @param message one line that says when
     */
    public DivergenceException(String message) {
        super(message);
    }
}
