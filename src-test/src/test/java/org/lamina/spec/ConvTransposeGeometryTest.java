package org.lamina.spec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.nd4j.serde.json.JsonMappers;

class ConvTransposeGeometryTest {

    private static final ConvGeometry HALVING =
            ConvGeometry.ofKernel(3, 4).withStride(2).withPadding(Padding.of(1));

    /** PyTorch 1.13: {@code ConvTranspose2d} of a 5x6 input with these arguments. */
    @Test
    void outputSizeIsPyTorchs() {
        ConvTransposeGeometry geometry = new ConvTransposeGeometry(HALVING);
        assertArrayEquals(new long[] {9, 12}, geometry.outputSize(5, 6));
        assertArrayEquals(new long[] {10, 13}, geometry.withOutputPadding(1).outputSize(5, 6));
        assertArrayEquals(new long[] {10, 12}, geometry.withOutputSize(10, 12).outputSize(5, 6));
        ConvTransposeGeometry dilated =
                new ConvTransposeGeometry(ConvGeometry.ofKernel(3).withStride(2).withDilation(3));
        assertArrayEquals(new long[] {17}, dilated.withOutputPadding(2).outputSize(5));
        assertEquals(17, dilated.withOutputPadding(2).outputLength(0, 5));
    }

    @Test
    void aConvolutionOfTheOutputHasTheInputsSize() {
        for (int padding = 0; padding < 2; padding++) {
            for (long size = 1; size < 9; size++) {
                ConvTransposeGeometry geometry =
                        new ConvTransposeGeometry(HALVING).withOutputPadding(padding);
                long[] output = geometry.outputSize(size, size + 1);
                assertArrayEquals(new long[] {size, size + 1}, HALVING.outputSize(output));
            }
        }
    }

    @Test
    void wrongValuesAreNamed() {
        ConvTransposeGeometry geometry = new ConvTransposeGeometry(HALVING);
        refused(
                "outputPadding = [2]; must be smaller than stride = 2 or dilation = 1",
                () -> geometry.withOutputPadding(2));
        refused("outputPadding = [-1]; each must be 0", () -> geometry.withOutputPadding(-1));
        refused("outputPadding = null; give one", () -> geometry.withOutputPadding((int[]) null));
        refused("outputPadding = [0, 0, 1]", () -> geometry.withOutputPadding(0, 0, 1));
        refused("outputSize = [0]; each must be 1", () -> geometry.withOutputSize(0));
        refused("outputSize = [8, 8, 8]", () -> geometry.withOutputSize(8, 8, 8));
        refused(
                "outputPadding = [0, 1] with outputSize = [10, 12]; give one",
                () -> geometry.withOutputPadding(0, 1).withOutputSize(10, 12));
        refused(
                "padding = same; a transposed convolution takes one number",
                () -> transposed(ConvGeometry.ofKernel(3).withPadding(Padding.same())));
        refused(
                "padding = causal; a transposed convolution takes one number",
                () -> transposed(ConvGeometry.ofKernel(3).withPadding(Padding.causal())));
        refused(
                "padding = [1]/[0]; a transposed convolution takes one number",
                () ->
                        transposed(
                                ConvGeometry.ofKernel(3)
                                        .withPadding(
                                                Padding.perSide(new int[] {1}, new int[] {0}))));
        refused(
                "paddingMode = REFLECT; a transposed convolution takes ZEROS only",
                () -> transposed(HALVING.withPaddingMode(PaddingMode.REFLECT)));
    }

    @Test
    void anExactSizeOutOfReachNamesTheRange() {
        ConvTransposeGeometry geometry = transposed(HALVING).withOutputSize(11, 12);
        refused(
                "outputSize = [11, 12] cannot be reached from input size [5, 6] along dimension 0;"
                        + " allowed are 9 to 10",
                () -> geometry.outputSize(5, 6));
        refused("along dimension 1; allowed are 14 to 15", () -> geometry.outputSize(6, 7));
        assertArrayEquals(new int[] {0, 0}, geometry.outputPadding(6, 6));
    }

    @Test
    void anEmptyOutputIsRefused() {
        ConvTransposeGeometry geometry =
                transposed(ConvGeometry.ofKernel(2).withStride(2).withPadding(Padding.of(3)));
        assertArrayEquals(new long[] {2}, geometry.outputSize(4));
        refused("input size [3] is too small", () -> geometry.outputSize(3));
        refused("input of 2 spatial dimensions [3, 3]", () -> geometry.outputSize(3, 3));
    }

    /** An input position reaches the outputs that a convolution's position sees. */
    @Test
    void outputsSeeTheInputsThatReachThem() {
        for (int stride = 1; stride < 4; stride++) {
            for (int dilation = 1; dilation < 3; dilation++) {
                ConvGeometry convolution =
                        ConvGeometry.ofKernel(3)
                                .withStride(stride)
                                .withDilation(dilation)
                                .withPadding(Padding.of(1));
                ConvTransposeGeometry geometry = transposed(convolution);
                long size = geometry.outputSize(5)[0];
                for (long position = 0; position < size; position++) {
                    long at = position;
                    long[] reaching =
                            LongStream.range(0, 5)
                                    .filter(i -> sees(convolution, size, i, at))
                                    .toArray();
                    long[] seen = geometry.seen(0, 5, position);
                    Arrays.sort(seen);
                    if (reaching.length > 0) {
                        assertArrayEquals(reaching, seen, geometry + ", output " + position);
                    } else {
                        assertEquals(1, seen.length);
                    }
                }
            }
        }
    }

    private static boolean sees(ConvGeometry convolution, long size, long from, long position) {
        return LongStream.of(convolution.seen(0, size, from)).anyMatch(p -> p == position);
    }

    @Test
    void anOutputThatNothingReachesBelongsToTheInputBeforeIt() {
        ConvTransposeGeometry sparse =
                transposed(ConvGeometry.ofKernel(1).withStride(3)).withOutputPadding(2);
        long[] belongs = new long[6];
        for (int position = 0; position < 6; position++) {
            long[] seen = sparse.seen(0, 2, position);
            assertEquals(1, seen.length);
            belongs[position] = seen[0];
        }
        assertArrayEquals(new long[] {0, 0, 0, 1, 1, 1}, belongs);
    }

    @Test
    void isAValueAndSurvivesJson() throws Exception {
        ConvTransposeGeometry geometry = transposed(HALVING).withOutputPadding(1, 0);
        ConvTransposeGeometry exact = transposed(HALVING).withOutputSize(10, 12);
        for (ConvTransposeGeometry g : new ConvTransposeGeometry[] {geometry, exact}) {
            String json = JsonMappers.getMapper().writeValueAsString(g);
            ConvTransposeGeometry read =
                    JsonMappers.getMapper().readValue(json, ConvTransposeGeometry.class);
            assertEquals(g, read);
            assertEquals(g.hashCode(), read.hashCode());
        }
        assertNotEquals(geometry, exact);
        assertNotEquals(geometry, transposed(HALVING));
        assertTrue(exact.toString().contains("output size [10, 12]"), exact.toString());
    }

    private static ConvTransposeGeometry transposed(ConvGeometry convolution) {
        return new ConvTransposeGeometry(convolution);
    }

    private static void refused(String message, Executable what) {
        String text = assertThrows(IllegalArgumentException.class, what).getMessage();
        assertTrue(text.contains(message), text);
    }
}
