package org.lamina.zoo.cli;

/** Exit codes of the program and of its commands. */
final class ExitCode {
    static final int OK = 0;

    /** Memory or disk full, training diverged, or an error in the program. */
    static final int FAILED = 1;

    /** The command cannot be carried out as given. */
    static final int USAGE = 2;

    /** Data or a file cannot be used. */
    static final int DATA = 3;

    static final int INTERRUPTED = 130;

    private ExitCode() {}
}
