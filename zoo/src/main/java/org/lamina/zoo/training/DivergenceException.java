package org.lamina.zoo.training;

/** Training cannot continue: the loss, the parameters or the outputs are no longer finite. */
public final class DivergenceException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    /**
     * @param message one line that says when
     */
    public DivergenceException(String message) {
        super(message);
    }
}
