package org.lamina.golden;

import java.util.List;
import org.nd4j.linalg.api.buffer.DataType;

/** Runs the cases of one or more families against this project's implementation. */
interface Family {

    /** Whether this adapter is the one for the family. */
    boolean matches(String family);

    /** The implementations that a case is run on, for example "native" and "samediff". */
    List<String> forms();

    /**
     * Runs a case.
     *
     * @throws AssertionError naming everything that differs
     */
    void run(GoldenCase golden, DataType type, String form);
}
