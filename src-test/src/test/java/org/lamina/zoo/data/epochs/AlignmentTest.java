package org.lamina.zoo.data.epochs;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.lamina.zoo.data.DataException;
import org.lamina.zoo.data.recording.RecordingId;
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

    private static final float[][] GIVEN = {
        {1, 2, 0, -1, 3, 1, -2, 1, 0, 1, 1, 2}, {2, -1, 1, 0, 1, 1, -1, -3, -2, 0, 1, 1}
    };

    /**
     * numpy, for {@code X} of 2 epochs, 3 channels and 4 samples: {@code w, v = eigh(mean([x @ x.T
     * / 4 for x in X], 0)); v @ diag(1 / sqrt(w)) @ v.T @ X}.
     */
    @Test
    void epochsAreThoseOfNumpy() {
        float[][] aligned = {
            {
                0.6597844f, 1.7234195f, 0.2158722f, -0.7293158f, 1.6306146f, 0.525541f,
                -1.0424141f, 0.7999547f, 0.3498591f, 1.126119f, 0.6857069f, 1.7130369f
            },
            {
                1.4517597f, -0.9104224f, 1.0009756f, 0.2785317f, 0.2662352f, 0.6270842f,
                -0.5406489f, -1.6068388f, -1.4496131f, -0.004118f, 0.8626954f, 0.5992716f
            }
        };
        assertAligned(aligned, GIVEN);
        // Of a person whose amplifier has another gain
        assertAligned(aligned, times(250, GIVEN));
    }

    /** As {@link #epochsAreThoseOfNumpy}, of {@code X - X.mean(1)}; R has rank 2. */
    @Test
    void averageReferencedEpochsAreThoseOfNumpy() {
        float[][] averaged = times(1, GIVEN);
        for (float[] epoch : averaged) {
            for (int t = 0; t < 4; t++) {
                float mean = (epoch[t] + epoch[4 + t] + epoch[8 + t]) / 3;
                for (int c = 0; c < 3; c++) {
                    epoch[4 * c + t] -= mean;
                }
            }
        }
        float[][] aligned = {
            {
                -0.2606169f, 0.5406526f, 0.2606169f, -1.3548679f, 0.9859117f, -0.2670898f,
                -0.9859117f, 0.3836023f, -0.7252948f, -0.2735627f, 0.7252948f, 0.9712656f
            },
            {
                1.3613408f, -0.8077424f, 0.5341797f, 0.5277067f, 0.1846422f, 0.684757f,
                -0.8353343f, -1.4035789f, -1.545983f, 0.1229854f, 0.3011547f, 0.8758721f
            }
        };
        assertAligned(aligned, averaged);
    }

    private static float[][] times(float factor, float[][] epochs) {
        float[][] product = new float[epochs.length][epochs[0].length];
        for (int n = 0; n < epochs.length; n++) {
            for (int i = 0; i < epochs[n].length; i++) {
                product[n][i] = factor * epochs[n][i];
            }
        }
        return product;
    }

    private static void assertAligned(float[][] expected, float[][] epochs) {
        EuclideanAlignment alignment = new EuclideanAlignment(3, 4);
        for (float[] epoch : epochs) {
            alignment.add(epoch);
        }
        for (int n = 0; n < epochs.length; n++) {
            float[] epoch = epochs[n].clone();
            alignment.align(epoch);
            assertArrayEquals(expected[n], epoch, 1e-6f);
        }
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
                "channel 1 has samples that are not finite", () -> alignment.align(new float[4]));
    }

    private static void assertMessage(String part, Runnable code) {
        String message = assertThrows(DataException.class, code::run).getMessage();
        assertTrue(message.contains(part), message);
    }
}
