package org.lamina.arrays;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

class ViewsTest {

    /** {@code [4, 3, 2]}, its element (i, j, k) is 100 i + 10 j + k, at a place in a vector. */
    private static INDArray array(int offset) {
        INDArray all = Nd4j.zeros(offset + 24);
        INDArray part = all.get(NDArrayIndex.interval(offset, offset + 24)).reshape('c', 4, 3, 2);
        for (int i = 0; i < 24; i++) {
            part.putScalar(i, 100 * (i / 6) + 10 * (i / 2 % 3) + i % 2);
        }
        return part;
    }

    private static void check(INDArray part, double... expected) {
        assertArrayEquals(expected, part.dup('c').data().asDouble());
    }

    @Test
    void partsAreTheSameWhereverTheArrayBegins() {
        for (int offset = 0; offset < 30; offset++) {
            INDArray array = array(offset);
            check(
                    Views.slice(array, 0, 2, 4),
                    200,
                    201,
                    210,
                    211,
                    220,
                    221,
                    300,
                    301,
                    310,
                    311,
                    320,
                    321);
            check(Views.slice(array, 1, 1, 2), 10, 11, 110, 111, 210, 211, 310, 311);
            check(
                    Views.slice(array, 2, 1, 2),
                    1,
                    11,
                    21,
                    101,
                    111,
                    121,
                    201,
                    211,
                    221,
                    301,
                    311,
                    321);
            check(Views.at(array, 3), 300, 301, 310, 311, 320, 321);
            check(Views.at(Views.at(array, 3), 2), 320, 321);
            check(
                    Views.at(array.permute(2, 0, 1), 1),
                    1,
                    11,
                    21,
                    101,
                    111,
                    121,
                    201,
                    211,
                    221,
                    301,
                    311,
                    321);
            check(
                    Views.every(2, 1, array, 0),
                    100,
                    101,
                    110,
                    111,
                    120,
                    121,
                    300,
                    301,
                    310,
                    311,
                    320,
                    321);
            Views.at(array, 3).assign(-1);
            assertEquals(-1, array.getDouble(3, 2, 1));
            assertEquals(221, array.getDouble(2, 2, 1));
        }
    }

    /** What {@link Views} is for; fails once upstream has mended it. */
    @Test
    void upstreamGivesNothingForSomePartsOfAView() {
        assertTrue(
                array(20)
                        .get(NDArrayIndex.interval(2, 4), NDArrayIndex.all(), NDArrayIndex.all())
                        .isEmpty());
        assertTrue(array(20).slice(2).isEmpty());
    }

    @Test
    void noModuleTakesPartsInAnotherWay() throws IOException {
        Path root = Path.of("").toAbsolutePath();
        root = Files.isDirectory(root.resolve("samedif-ops")) ? root : root.getParent();
        for (String module : List.of("samedif-ops", "dl4j-layers", "zoo")) {
            try (Stream<Path> files = Files.walk(root.resolve(module).resolve("src/main/java"))) {
                for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
                    String text = Files.readString(file);
                    for (String call : List.of("NDArrayIndex", ".getRow(", ".getColumn(")) {
                        assertTrue(
                                !text.contains("INDArray") || !text.contains(call),
                                file + " uses " + call);
                    }
                }
            }
        }
    }
}
