package org.lamina.zoo.cli;

import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.Platform;

/**
 * Lets idle threads of the CPU backend sleep.
 *
 * <p>By default, threads of GNU's OpenMP spin while they wait for each other. Where other programs
 * use the processor, too, most of its time then goes into waiting: training a small network took
 * eight times as long. The library reads its policy from the environment when it is loaded, so the
 * program sets the variable before ND4J is loaded; a value set by the user is kept.
 */
final class OpenMp {
    /** The part of the C library that is needed; JNA comes with ND4J. */
    private interface C extends Library {
        int setenv(String name, String value, int overwrite);
    }

    private OpenMp() {}

    static void waitPassively() {
        if (Platform.isWindows()) {
            return;
        }
        try {
            Native.loadLibrary(Platform.C_LIBRARY_NAME, C.class)
                    .setenv("OMP_WAIT_POLICY", "passive", 0);
        } catch (UnsatisfiedLinkError e) {
            // Only speed is lost.
            org.slf4j.LoggerFactory.getLogger(OpenMp.class).debug("OpenMP policy not set", e);
        }
    }
}
