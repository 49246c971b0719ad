package org.lamina.zoo.data.epochs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.lamina.zoo.data.DataException;
import org.lamina.zoo.data.recording.RecordingId;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

class EpochIteratorTest {
    /**
     * Twenty-three epochs of 2 x 3; the first sample of each is its number, its class that mod 3.
     */
    private static EpochSet set() {
        int n = 23;
        float[] values = new float[n * 6];
        for (int i = 0; i < values.length; i++) {
            int number = i / 6;
            values[i] = number + (i % 6) * 0.1f;
        }
        return new EpochSet(
                Nd4j.create(values, new long[] {n, 1, 2, 3}, 'c'),
                IntStream.range(0, n).map(i -> i % 3).toArray(),
                List.of("a", "b", "c"),
                IntStream.range(0, n).mapToObj(i -> RecordingId.ofRun("r" + i % 2)).toList(),
                List.of("A", "B"),
                100,
                "test");
    }

    private static List<Integer> pass(EpochIterator iterator) {
        List<Integer> order = new ArrayList<>();
        while (iterator.hasNext()) {
            DataSet batch = iterator.next();
            assertEquals(DataType.FLOAT, batch.getFeatures().dataType());
            for (int i = 0; i < batch.numExamples(); i++) {
                int number = (int) batch.getFeatures().getFloat(i, 0, 0, 0);
                assertEquals(number + 0.5f, batch.getFeatures().getFloat(i, 0, 1, 2), 1e-5);
                assertEquals(1, batch.getLabels().getFloat(i, number % 3), "label follows");
                assertEquals(1, batch.getLabels().getRow(i).sumNumber().floatValue());
                order.add(number);
            }
        }
        return order;
    }

    @Test
    void takesEachEpochOnceInBatches() {
        EpochIterator iterator = EpochIterator.inOrder(set(), 5);
        assertEquals(IntStream.range(0, 23).boxed().toList(), pass(iterator));
        assertThrows(NoSuchElementException.class, iterator::next);
        iterator.reset();
        assertEquals(5, iterator.next().numExamples());
        assertEquals(2, iterator.next(2).numExamples());
        assertEquals(List.of("a", "b", "c"), iterator.getLabels());
        assertEquals(3, iterator.totalOutcomes());
        assertEquals(6, iterator.inputColumns());
        assertEquals(5, iterator.batch());
        assertFalse(iterator.asyncSupported());
        assertTrue(iterator.resetSupported());
    }

    @Test
    void shufflesEachPassAnewAndCanBeResumed() {
        EpochIterator iterator = EpochIterator.shuffled(set(), 4, 1);
        List<List<Integer>> passes = new ArrayList<>();
        for (int p = 0; p < 4; p++) {
            iterator.reset();
            iterator.reset();
            assertEquals(p, iterator.epoch(), "an extra reset skips no pass");
            passes.add(pass(iterator));
            assertEquals(23, new HashSet<>(passes.get(p)).size());
        }
        assertEquals(4, new HashSet<>(passes).size(), "orders differ");
        EpochIterator resumed = EpochIterator.shuffled(set(), 4, 1);
        resumed.setEpoch(2);
        assertEquals(passes.get(2), pass(resumed));
        resumed.reset();
        assertEquals(passes.get(3), pass(resumed));
        // Another seed must not give the same orders one pass later
        EpochIterator other = EpochIterator.shuffled(set(), 4, 2);
        assertFalse(passes.contains(pass(other)));
    }

    @Test
    void preprocessorChangesTheBatchOnly() {
        EpochSet set = set();
        EpochIterator iterator = EpochIterator.inOrder(set, 23);
        iterator.setPreProcessor(batch -> batch.getFeatures().addi(100));
        assertEquals(100, iterator.next().getFeatures().getFloat(0, 0, 0, 0));
        assertEquals(0, set.features().getFloat(0, 0, 0, 0));
        DataSet whole = set.toDataSet();
        whole.getFeatures().addi(100);
        assertEquals(0, set.features().getFloat(0, 0, 0, 0));
        assertEquals("b", whole.getLabelName(1));
    }

    @Test
    void survivesJavaSerialization() throws Exception {
        EpochIterator iterator = EpochIterator.shuffled(set(), 4, 1);
        iterator.next();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(iterator);
        }
        try (ObjectInputStream in =
                new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            assertEquals(pass(iterator), pass((EpochIterator) in.readObject()));
        }
    }

    @Test
    void refusesWhatDoesNotFit() {
        assertThrows(DataException.class, () -> EpochIterator.inOrder(set(), 0));
        assertThrows(DataException.class, () -> EpochIterator.inOrder(set(), 1).setEpoch(-1));
        assertThrows(DataException.class, () -> set().subset(new int[0]));
        String message =
                assertThrows(
                                DataException.class,
                                () ->
                                        new EpochSet(
                                                Nd4j.create(2, 3),
                                                new int[2],
                                                List.of("a"),
                                                Collections.nCopies(2, RecordingId.ofRun("r")),
                                                List.of("A"),
                                                1,
                                                ""))
                        .getMessage();
        assertTrue(message.contains("[2, 3]"), message);
        assertNotEquals("", message);
    }
}
