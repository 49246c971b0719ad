package org.lamina.samediff.execution;

/** Thrown if a graph has an op that a {@link CompiledGraph} cannot run. */
final class UnsupportedGraphException extends RuntimeException {

    UnsupportedGraphException(String op) {
        super(op);
    }
}
