package org.lamina.zoo.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Gives an interrupted command (Ctrl-C, a termination signal) time to save its state: the virtual
 * machine does not exit before {@link #close}.
 */
final class Interruption implements AutoCloseable {
    static final long PATIENCE_SECONDS = 60;

    private final CountDownLatch done = new CountDownLatch(1);
    private final Thread hook;
    private final Consumer<Thread> remove;

    /** Runs an action when the program is interrupted before {@link #close}. */
    Interruption(Runnable onInterrupt) {
        this(
                onInterrupt,
                Runtime.getRuntime()::addShutdownHook,
                Runtime.getRuntime()::removeShutdownHook);
    }

    /**
     * @param add registers a shutdown hook
     * @param remove unregisters it
     */
    Interruption(Runnable onInterrupt, Consumer<Thread> add, Consumer<Thread> remove) {
        this.remove = remove;
        hook =
                new Thread(
                        () -> {
                            onInterrupt.run();
                            awaitEnd();
                        },
                        "interruption");
        add.accept(hook);
    }

    private void awaitEnd() {
        try {
            if (!done.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                System.err.println(
                        "Gave up waiting for the current updates; the checkpoint is an older one.");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        done.countDown();
        try {
            remove.accept(hook);
        } catch (IllegalStateException e) {
            // Already shutting down: the hook runs, and now ends.
        }
    }
}
