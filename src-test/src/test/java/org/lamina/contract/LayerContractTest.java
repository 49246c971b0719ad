package org.lamina.contract;

import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.function.Executable;
import org.lamina.harness.Form;

/**
 * The contract of every layer, in both forms. Adding a layer is adding rows to its {@link
 * LayerFamily}.
 *
 * <p>{@code -Dcontract.only=REGEX} selects configurations, for example those of one layer.
 *
 * <p>Golden values, the other half of what a layer must fulfil, are in {@code GoldenTest}.
 */
class LayerContractTest {

    private static final Pattern ONLY = Pattern.compile(System.getProperty("contract.only", ""));

    private static final List<Contract> CONTRACTS =
            List.of(
                    new Numbers(),
                    new Placement(),
                    new Persistence(),
                    new Training(),
                    new Padded(),
                    new Promises(),
                    new NotNumbers(),
                    new Errors(),
                    new Execution(),
                    new Exported());

    @TestFactory
    List<DynamicNode> layers() {
        List<DynamicNode> layers = new ArrayList<>();
        for (Row row : LayerFamily.allRows()) {
            if (!ONLY.matcher(row.toString()).find()) {
                continue;
            }
            List<DynamicNode> tests = new ArrayList<>();
            for (Form form : Form.values()) {
                for (Contract contract : CONTRACTS) {
                    contract.checks(row, form)
                            .forEach((name, check) -> tests.add(test(row, form, name, check)));
                }
            }
            layers.add(dynamicContainer(row.toString(), tests));
        }
        return layers;
    }

    @TestFactory
    List<DynamicNode> invalidConfigurations() {
        List<DynamicNode> tests = new ArrayList<>();
        for (LayerFamily family : LayerFamily.ALL) {
            for (LayerFamily.Invalid wrong : family.invalid()) {
                if (!ONLY.matcher(wrong.row().toString()).find()) {
                    continue;
                }
                for (Form form : Form.values()) {
                    Executable check =
                            () -> Errors.refused(wrong.row().builder(form), wrong.message());
                    tests.add(test(wrong.row(), form, "is refused", check));
                }
            }
        }
        return tests;
    }

    private static DynamicNode test(Row row, Form form, String name, Executable check) {
        String full = row + ", " + form + ": " + name;
        return dynamicTest(
                full,
                () -> {
                    try {
                        check.execute();
                    } catch (Throwable e) {
                        throw new AssertionError(full + ": " + e.getMessage(), e);
                    }
                });
    }
}
