package org.lamina.contract;

import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.function.Executable;
import org.lamina.harness.Form;
import org.lamina.spec.PaddingMode;

/**
 * The contract of every layer, in both forms. Adding a layer is adding rows to the table.
 *
 * <p>Golden values, the other half of what a layer must fulfil, are in {@code GoldenTest}.
 */
class LayerContractTest {

    private static final int[] NO_KERNEL = {};

    private static final List<Contract> CONTRACTS =
            List.of(new Numbers(), new Persistence(), new Training(), new Errors());

    /** Odd, even and non-square kernels; stride, dilation, groups, every padding. */
    private static List<Row> rows() {
        return List.of(
                row("DepthwiseConv2D", kernel(3, 3), size(2, 5, 6), "depthMultiplier", 2)
                        .with("hasBias", true),
                row("DepthwiseConv2D", kernel(2, 4), size(3, 4, 7), "maxNorm", 0.8),
                row("DepthwiseConv2D", kernel(4, 1), size(2, 4, 6), "depthMultiplier", 3)
                        .with("padding", "valid", "hasBias", true),
                row("DepthwiseConv2D", kernel(3, 2), size(2, 6, 6), "padding", ints(1, 0))
                        .with("stride", ints(2, 1)),
                row("SeparableConv2D", kernel(3, 3), size(2, 5, 4), "nOut", 3)
                        .with("hasBias", true, "depthMultiplier", 2),
                row("SeparableConv2D", kernel(1, 4), size(3, 2, 7), "nOut", 2)
                        .with("pointMaxNorm", 0.7, "padding", "valid"),
                row("ConstrainedConv2D", kernel(3, 3), size(2, 5, 6), "nOut", 3),
                row("ConstrainedConv2D", kernel(1, 4), size(2, 3, 8), "nOut", 2)
                        .with("paddingMode", PaddingMode.REFLECT, "hasBias", false),
                row("ConstrainedConv2D", kernel(2, 3), size(4, 6, 7), "nOut", 6)
                        .with("groups", 2, "padding", "valid", "dilation", ints(2, 1)),
                row("ConstrainedConv1D", kernel(3), size(2, 9), "nOut", 4),
                row("ConstrainedConv1D", kernel(4), size(4, 11), "nOut", 2)
                        .with("groups", 2, "padding", "valid", "hasBias", false),
                row("ConstrainedConv1D", kernel(3), size(2, 9), "nOut", 3)
                        .with("padding", "causal", "stride", ints(2), "dilation", ints(2)),
                row("ConstrainedDense", NO_KERNEL, size(5), "nOut", 3),
                row("ConstrainedDense", NO_KERNEL, size(4), "nOut", 6)
                        .with("hasBias", false, "maxNorm", null));
    }

    private static Row row(String layer, int[] kernel, long[] size, Object... options) {
        return new Row(layer, kernel, size, new LinkedHashMap<>()).with(options);
    }

    private static int[] kernel(int... sizes) {
        return sizes;
    }

    private static int[] ints(int... values) {
        return values;
    }

    private static long[] size(long... sizes) {
        return sizes;
    }

    @TestFactory
    List<DynamicNode> layers() {
        List<DynamicNode> layers = new ArrayList<>();
        for (Row row : rows()) {
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
