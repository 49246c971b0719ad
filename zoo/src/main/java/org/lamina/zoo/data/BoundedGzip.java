package org.lamina.zoo.data;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;

/**
 * Unpacks gzip as long as that makes it at most a hundred times as large, which no measured data
 * do: a few megabytes can stand for gigabytes of nothing.
 */
public final class BoundedGzip extends FilterInputStream {
    private static final long MOST_TIMES = 100;
    private static final long ALWAYS_ALLOWED = 32L << 20;

    private final String file;
    private final Counted packed;
    private long unpacked;

    /** Counts what is read. */
    private static final class Counted extends FilterInputStream {
        private long bytes;

        Counted(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            int value = super.read();
            bytes += value < 0 ? 0 : 1;
            return value;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            int n = super.read(target, offset, length);
            bytes += Math.max(0, n);
            return n;
        }
    }

    /**
     * @param packed what is unpacked
     * @param file its name, for errors
     * @return the content; reading it throws {@link DataException} where it becomes too large
     * @throws IOException if these are no gzip data
     */
    public static InputStream of(InputStream packed, String file) throws IOException {
        Counted counted = new Counted(packed);
        return new BoundedGzip(new GZIPInputStream(counted, 1 << 16), counted, file);
    }

    private BoundedGzip(InputStream in, Counted packed, String file) {
        super(in);
        this.packed = packed;
        this.file = file;
    }

    @Override
    public int read() throws IOException {
        int value = super.read();
        count(value < 0 ? 0 : 1);
        return value;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        int n = super.read(target, offset, length);
        count(Math.max(0, n));
        return n;
    }

    private void count(int more) {
        unpacked += more;
        if (unpacked > ALWAYS_ALLOWED && unpacked > MOST_TIMES * packed.bytes) {
            throw new DataException(
                    file
                            + ": unpacks to more than "
                            + MOST_TIMES
                            + " times its size, as no measured data do; if it is right, unpack it"
                            + " yourself (gunzip)");
        }
    }
}
