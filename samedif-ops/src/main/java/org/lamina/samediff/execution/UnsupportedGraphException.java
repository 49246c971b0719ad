package org.lamina.samediff.execution;

/** Thrown if a graph has an op that a {@link CompiledGraph} cannot run. */
final class UnsupportedGraphException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    UnsupportedGraphException(String op) {
        super(op);
    }
}
