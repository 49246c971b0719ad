package org.lamina.samediff.execution;

/** A graph has an op that a {@link CompiledGraph} does not run. */
final class UnsupportedGraphException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    UnsupportedGraphException(String op) {
        super(op);
    }
}
