package org.lamina.zoo.data;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.function.Executable;

/** Assertions on errors and notes. */
public final class DataErrors {
    private DataErrors() {}

    /** The code throws a {@link DataException} with that part in its one line. */
    public static void fails(String part, Executable code) {
        String message = assertThrows(DataException.class, code).getMessage();
        contains(message, part);
        assertFalse(message.contains("\n"), "one line: " + message);
    }

    /** A text contains all these parts. */
    public static void contains(String message, String... parts) {
        for (String part : parts) {
            assertTrue(message.contains(part), "'" + part + "' is missing in: " + message);
        }
    }
}
