package org.lamina.samediff.execution;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.nd4j.autodiff.samediff.SameDiff;

/**
 * Builds a gradient graph while suppressing the line per op that SameDiff 1.0.0-M2.1 prints to
 * standard output.
 */
final class QuietGradients {

    private QuietGradients() {}

    static synchronized void create(SameDiff sameDiff, String... variables) {
        PrintStream out = System.out;
        PrintStream quiet = new Filter(out, Thread.currentThread());
        System.setOut(quiet);
        try {
            sameDiff.createGradFunction(variables);
        } finally {
            if (System.out == quiet) {
                System.setOut(out);
            }
        }
    }

    /** Passes on everything except one thread's announcements. */
    private static final class Filter extends PrintStream {

        private final PrintStream target;
        private final Thread thread;

        Filter(PrintStream out, Thread thread) {
            super(new Forward(out), true, StandardCharsets.UTF_8);
            this.target = out;
            this.thread = thread;
        }

        @Override
        public void println(String line) {
            boolean announcement =
                    Thread.currentThread() == thread
                            && line != null
                            && line.startsWith("Added differentiated op ");
            if (!announcement) {
                target.println(line);
            }
        }
    }

    private static final class Forward extends OutputStream {

        private final PrintStream out;

        Forward(PrintStream out) {
            this.out = out;
        }

        @Override
        public void write(int b) {
            out.write(b);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            out.write(bytes, offset, length);
        }

        @Override
        public void flush() {
            out.flush();
        }
    }
}
