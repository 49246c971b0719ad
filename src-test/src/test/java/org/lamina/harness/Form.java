package org.lamina.harness;

import java.util.Locale;

/** The two forms in which every layer exists. */
public enum Form {
    /** DL4J conf and impl on ND4J. */
    NATIVE,
    /** SameDiff layer. */
    SAMEDIFF;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
