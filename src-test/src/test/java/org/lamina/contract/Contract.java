package org.lamina.contract;

import java.util.Map;
import org.junit.jupiter.api.function.Executable;
import org.lamina.harness.Form;

/** A part of what every layer must fulfil. */
interface Contract {

    /** The checks for this configuration in this form, by name. */
    Map<String, Executable> checks(Row row, Form form);

    /**
     * The checks that depend on no option but those that add parameters, by name: they run for one
     * configuration of each rank with each set of parameters.
     */
    default Map<String, Executable> checksOfParameters(Row row, Form form) {
        return Map.of();
    }
}
