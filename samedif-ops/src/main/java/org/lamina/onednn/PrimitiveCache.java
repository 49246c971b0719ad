package org.lamina.onednn;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A thread's primitives by operation and shapes. Layers of equal shape share one. The least
 * recently used are evicted first.
 */
final class PrimitiveCache {

    private static final ThreadLocal<PrimitiveCache> CURRENT =
            ThreadLocal.withInitial(PrimitiveCache::new);

    /**
     * A deep network has some hundred shapes; recordings of varying length have arbitrarily many.
     */
    private static final int CAPACITY = 1024;

    private final Map<Key, Optional<Primitive>> primitives =
            new LinkedHashMap<>(64, 0.75f, true) {
                @Override
                protected boolean removeEldestEntry(Map.Entry<Key, Optional<Primitive>> eldest) {
                    return size() > CAPACITY;
                }
            };

    private PrimitiveCache() {}

    /**
     * The primitive for a key.
     *
     * @param make creates it the first time
     * @return empty if oneDNN does not support it
     */
    static Optional<Primitive> get(Key key, Supplier<Primitive> make) {
        Map<Key, Optional<Primitive>> primitives = CURRENT.get().primitives;
        Optional<Primitive> known = primitives.get(key);
        if (known == null) {
            known = made(key.threads, make);
            primitives.put(key, known);
        }
        return known;
    }

    /** oneDNN plans the work for the number of threads at the time a primitive is created. */
    private static Optional<Primitive> made(ThreadCount threads, Supplier<Primitive> make) {
        int before = threads.enter();
        try {
            return Optional.of(make.get().runBy(threads));
        } catch (UnsupportedOperationException e) {
            return Optional.empty();
        } finally {
            threads.leave(before);
        }
    }

    /** Everything that a primitive depends on. */
    static final class Key {

        private final String operation;
        private final ThreadCount threads;
        private long[] values = new long[32];
        private int length;

        /** A key for an operation and the threads to run it. */
        Key(String operation, ThreadCount threads) {
            this.operation = operation;
            this.threads = threads;
        }

        Key with(long value) {
            if (length == values.length) {
                values = Arrays.copyOf(values, 2 * length);
            }
            values[length++] = value;
            return this;
        }

        Key with(long... more) {
            with((long) more.length);
            for (long value : more) {
                with(value);
            }
            return this;
        }

        Key with(int... more) {
            with((long) more.length);
            for (int value : more) {
                with((long) value);
            }
            return this;
        }

        @Override
        public boolean equals(Object other) {
            if (!(other instanceof Key)) {
                return false;
            }
            Key that = (Key) other;
            return operation.equals(that.operation)
                    && Arrays.equals(values, 0, length, that.values, 0, that.length);
        }

        @Override
        public int hashCode() {
            int hash = operation.hashCode();
            for (int i = 0; i < length; i++) {
                hash = 31 * hash + Long.hashCode(values[i]);
            }
            return hash;
        }
    }
}
