package org.lamina.spec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class ConvGeometryTest {

    @Test
    void buildersTakeValuesInAnyOrder() {
        ConvGeometry strideFirst = ConvGeometry.builder(2, 3).stride(2).padding(1).build();
        assertEquals(strideFirst, ConvGeometry.builder(2, 3, 3).padding(1).stride(2, 2).build());
        assertEquals(
                ConvGeometry.ofKernel(3, 3).withStride(2).withPadding(Padding.of(1)), strideFirst);
        assertEquals(
                strideFirst, ConvGeometry.builder(2, 7).groups(4).geometry(strideFirst).build());
    }

    @Test
    void buildersKeepWhatTheyWereGiven() {
        int[] stride = {2, 1};
        ConvGeometry.Builder builder = ConvGeometry.builder(2, 3).padding("valid").stride(stride);
        stride[0] = 5;
        assertArrayEquals(new int[] {2, 1}, builder.build().stride());
    }

    @Test
    void wrongValuesAreNamedWhenTheGeometryIsBuilt() {
        ConvGeometry.Builder builder = ConvGeometry.builder(2, 3);
        refused("padding = null; allowed", () -> builder.padding((String) null).build());
        refused("padding = null; allowed", () -> builder.padding((int[]) null).build());
        refused("padding = null; allowed", () -> builder.padding((Padding) null).build());
        refused("padding = 'full'; allowed", () -> builder.padding("full").build());
        refused("padding = 'causal' with 2", () -> builder.padding("causal").build());
        refused("paddingMode = null", () -> builder.padding(1).paddingMode(null).build());
        refused("stride = null", () -> ConvGeometry.builder(1, 3).stride((int[]) null).build());
        refused("stride = [0]", () -> ConvGeometry.builder(1, 3).stride(0).build());
        refused("kernel = [3, 3, 3]", () -> ConvGeometry.builder(2, 3, 3, 3).build());
        refused("groups = 0", () -> ConvGeometry.builder(1, 3).groups(0).build());
        refused("padding = 'same' with stride", () -> ConvGeometry.builder(1, 3).stride(2).build());
        refused(
                "padding = 'same' with stride",
                () -> ConvGeometry.ofKernel(3).withPadding(Padding.same()).withStride(2));
    }

    @Test
    void aKernelBeyondTheRangeOfIntIsRefused() {
        refused(
                "kernel = [70000] with dilation = [70000]",
                () -> ConvGeometry.builder(1, 70_000).dilation(70_000).build());
        ConvGeometry largest = ConvGeometry.ofKernel(2).withDilation(Integer.MAX_VALUE - 1);
        assertArrayEquals(new long[] {1}, largest.outputSize(Integer.MAX_VALUE));
    }

    @Test
    void liftedAndUndilatedGeometriesSeeTheSame() {
        for (String padding : new String[] {"same", "valid", "causal"}) {
            ConvGeometry g = ConvGeometry.builder(1, 4).dilation(3).padding(padding).build();
            ConvGeometry lifted = g.lifted();
            ConvGeometry wide = lifted.undilated();
            assertArrayEquals(new int[] {1, 4}, lifted.kernelSize());
            assertArrayEquals(new int[] {1, 3}, lifted.dilation());
            assertArrayEquals(new int[] {1, 10}, wide.kernelSize());
            assertArrayEquals(new int[] {1, 1}, wide.dilation());
            assertArrayEquals(new int[] {0, g.padBefore()[0]}, wide.padBefore());
            assertArrayEquals(new int[] {0, g.padAfter()[0]}, wide.padAfter());
            long length = g.outputSize(20)[0];
            assertArrayEquals(new long[] {1, length}, lifted.outputSize(1, 20));
            assertArrayEquals(new long[] {1, length}, wide.outputSize(1, 20));
            assertSame(lifted, lifted.lifted());
        }
    }

    private static void refused(String message, Executable executable) {
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, executable);
        assertTrue(e.getMessage().contains(message), e.getMessage());
    }
}
