package org.lamina.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.filter.ThresholdFilter;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.function.Executable;
import org.lamina.harness.Form;
import org.slf4j.LoggerFactory;

/**
 * The contract of every layer, in both forms. Adding a layer is adding rows to its {@link
 * LayerFamily}.
 *
 * <p>{@code -Dcontract.only=REGEX} selects configurations, for example those of one layer, {@code
 * -Dcontract.checks=REGEX} what is checked.
 *
 * <p>Golden values, the other half of what a layer must fulfil, are in {@code GoldenTest}.
 */
class LayerContractTest {

    private static final Pattern ONLY = Pattern.compile(System.getProperty("contract.only", ""));

    private static final Pattern CHECKS =
            Pattern.compile(System.getProperty("contract.checks", ""));

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

    /** Graphs are built for each size of the input: what they warn of is logged often. */
    private static final ListAppender<ILoggingEvent> GRAPHS = new ListAppender<>();

    private static final Logger LOGGER = (Logger) LoggerFactory.getLogger("org.nd4j.autodiff");

    @BeforeAll
    static void listen() {
        ThresholdFilter warnings = new ThresholdFilter();
        warnings.setLevel(Level.WARN.levelStr);
        warnings.start();
        GRAPHS.addFilter(warnings);
        GRAPHS.start();
        LOGGER.addAppender(GRAPHS);
    }

    @AfterAll
    static void listenNoMore() {
        LOGGER.detachAppender(GRAPHS);
    }

    @TestFactory
    List<DynamicNode> layers() {
        List<Row> rows =
                LayerFamily.allRows().stream()
                        .filter(row -> ONLY.matcher(row.toString()).find())
                        .toList();
        Set<Row> distinct = LayerFamily.withDistinctParameters(rows);
        List<DynamicNode> layers = new ArrayList<>();
        for (Row row : rows) {
            List<DynamicNode> tests = new ArrayList<>();
            for (Form form : Form.values()) {
                for (Contract contract : CONTRACTS) {
                    Map<String, Executable> checks =
                            new LinkedHashMap<>(contract.checks(row, form));
                    if (distinct.contains(row)) {
                        checks.putAll(contract.checksOfParameters(row, form));
                    }
                    checks.keySet().removeIf(name -> !CHECKS.matcher(name).find());
                    checks.forEach((name, check) -> tests.add(test(row, form, name, check)));
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
                    GRAPHS.list.clear();
                    try {
                        check.execute();
                        assertEquals(List.of(), GRAPHS.list, "warnings");
                    } catch (Throwable e) {
                        throw new AssertionError(full + ": " + e.getMessage(), e);
                    }
                });
    }
}
