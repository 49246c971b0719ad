package org.lamina.zoo.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Gives a command that was interrupted (Ctrl-C, a termination signal) the time to save what it has:
 * the virtual machine's end is held up until {@link #close}.
 */
final class Interruption implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 60;

    private final CountDownLatch done = new CountDownLatch(1);
    private final Thread hook;

    /** Runs an action when the program is interrupted before {@link #close}. */
    Interruption(Runnable onInterrupt) {
        hook =
                new Thread(
                        () -> {
                            onInterrupt.run();
                            awaitEnd();
                        },
                        "interruption");
        Runtime.getRuntime().addShutdownHook(hook);
    }

    private void awaitEnd() {
        try {
            if (!done.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                System.err.println("Gave up waiting for the last batch; the checkpoint is older.");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        done.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // Already shutting down: the hook runs, and now ends.
        }
    }
}
