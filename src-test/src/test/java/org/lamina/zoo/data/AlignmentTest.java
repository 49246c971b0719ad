package org.lamina.zoo.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

class AlignmentTest {
    private static final int EPOCHS = 30;
    private static final int CHANNELS = 4;
    private static final int SAMPLES = 50;

    private static final List<RecordingId> IDS =
            List.of(
                    new RecordingId("A", "1", "x"),
                    new RecordingId("A", "2", "y"),
                    new RecordingId("B", "1", "x"));

    /** Noise that each person and session mixes in another way, epochs in turn. */
    private static EpochSet set() {
        Random random = new Random(4);
        INDArray features = Nd4j.create(DataType.FLOAT, EPOCHS, 1, CHANNELS, SAMPLES);
        double[][][] mixing = new double[3][CHANNELS][CHANNELS];
        for (double[][] matrix : mixing) {
            for (double[] row : matrix) {
                for (int k = 0; k < CHANNELS; k++) {
                    row[k] = 10 * random.nextGaussian();
                }
            }
        }
        for (int n = 0; n < EPOCHS; n++) {
            INDArray noise = Nd4j.create(DataType.FLOAT, CHANNELS, SAMPLES);
            for (int i = 0; i < noise.length(); i++) {
                noise.putScalar(i, random.nextGaussian());
            }
            INDArray mixed = Nd4j.createFromArray(mixing[n % 3]).castTo(DataType.FLOAT).mmul(noise);
            features.get(NDArrayIndex.point(n), NDArrayIndex.point(0)).assign(mixed);
        }
        return new EpochSet(
                features,
                IntStream.range(0, EPOCHS).map(n -> n / 3 % 2).toArray(),
                List.of("a", "b"),
                IntStream.range(0, EPOCHS).mapToObj(n -> IDS.get(n % 3)).toList(),
                List.of("1", "2", "3", "4"),
                100,
                "");
    }

    private static INDArray meanCovariance(EpochSet set, int group) {
        INDArray sum = Nd4j.create(DataType.DOUBLE, CHANNELS, CHANNELS);
        int count = 0;
        for (int n = 0; n < set.size(); n++) {
            if (n % 3 == group) {
                INDArray x = set.features().slice(n).slice(0).castTo(DataType.DOUBLE);
                sum.addi(x.mmul(x.transpose()));
                count++;
            }
        }
        return sum.div(count * SAMPLES);
    }

    @Test
    void meanCovarianceOfEachPersonAndSessionIsTheIdentity() {
        EpochSet set = set();
        INDArray before = set.features().dup();
        EpochSet aligned = Alignment.EUCLIDEAN.apply(set);
        assertEquals(before, set.features());
        for (int group = 0; group < 3; group++) {
            assertTrue(
                    meanCovariance(aligned, group)
                            .equalsWithEps(Nd4j.eye(CHANNELS).castTo(DataType.DOUBLE), 1e-5),
                    meanCovariance(aligned, group).toString());
        }
        assertEquals(set.ids(), aligned.ids());
        assertSame(set, Alignment.NONE.apply(set));
    }

    /** The map is R^(-1/2): applied twice to x x^T it takes R away, and it is symmetric. */
    @Test
    void theMapIsTheInverseRootOfTheMeanCovariance() {
        EpochSet set = set().subset(IntStream.range(0, EPOCHS).filter(n -> n % 3 == 0).toArray());
        EuclideanAlignment alignment = new EuclideanAlignment(CHANNELS, SAMPLES);
        for (int n = 0; n < set.size(); n++) {
            alignment.add(set.features().slice(n).dup().data().asFloat());
        }
        INDArray map = Nd4j.create(DataType.DOUBLE, CHANNELS, CHANNELS);
        for (int k = 0; k < CHANNELS; k++) {
            float[] unit = new float[CHANNELS * SAMPLES];
            unit[k * SAMPLES] = 1;
            alignment.align(unit);
            for (int c = 0; c < CHANNELS; c++) {
                map.putScalar(c, k, unit[c * SAMPLES]);
            }
        }
        assertTrue(map.equalsWithEps(map.transpose(), 1e-6));
        INDArray covariance = Nd4j.create(DataType.DOUBLE, CHANNELS, CHANNELS);
        for (int n = 0; n < set.size(); n++) {
            INDArray x = set.features().slice(n).slice(0).castTo(DataType.DOUBLE);
            covariance.addi(x.mmul(x.transpose()).div(set.size() * SAMPLES));
        }
        assertTrue(
                map.mmul(map)
                        .mmul(covariance)
                        .equalsWithEps(Nd4j.eye(CHANNELS).castTo(DataType.DOUBLE), 1e-4));
    }

    /** With an average reference the channels' sum is 0, and R has no inverse. */
    @Test
    void directionsWithoutSignalStayWithout() {
        EpochSet set = set();
        INDArray x = set.features();
        EpochSet averaged = set.withFeatures(x.sub(x.mean(true, 2)));
        INDArray aligned = Alignment.EUCLIDEAN.apply(averaged).features();
        assertTrue(aligned.amaxNumber().doubleValue() < 10, aligned.amaxNumber().toString());
        assertEquals(0, aligned.sum(2).amaxNumber().doubleValue(), 1e-3);
        INDArray rank = meanCovariance(Alignment.EUCLIDEAN.apply(averaged), 1);
        assertEquals(CHANNELS - 1, Nd4j.diag(rank).sumNumber().doubleValue(), 1e-4);
        assertTrue(rank.mmul(rank).equalsWithEps(rank, 1e-5), "a projection");
    }

    @Test
    void wrongInputIsSaid() {
        EuclideanAlignment alignment = new EuclideanAlignment(2, 2);
        assertMessage("no epoch", () -> alignment.align(new float[4]));
        alignment.add(new float[] {1, 2, Float.NaN, 3});
        assertMessage(
                "channel 1 has samples that are no number", () -> alignment.align(new float[4]));
    }

    private static void assertMessage(String part, Runnable code) {
        String message = assertThrows(DataException.class, code::run).getMessage();
        assertTrue(message.contains(part), message);
    }
}
