package org.lamina.contract;

import java.util.Map;
import org.junit.jupiter.api.function.Executable;
import org.lamina.harness.Form;

/** A part of what every layer must fulfil. */
interface Contract {

    /** The checks for this layer in this form, by name. */
    Map<String, Executable> checks(Row row, Form form);
}
