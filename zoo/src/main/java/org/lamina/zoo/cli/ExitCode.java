package org.lamina.zoo.cli;

/** What the program, and each command, ends with. */
final class ExitCode {
    static final int OK = 0;

    /** Memory or disk were full, training diverged, or an error of the program. */
    static final int FAILED = 1;

    /** What was asked for is not possible. */
    static final int USAGE = 2;

    /** Data or a file cannot be used. */
    static final int DATA = 3;

    static final int INTERRUPTED = 130;

    private ExitCode() {}
}
