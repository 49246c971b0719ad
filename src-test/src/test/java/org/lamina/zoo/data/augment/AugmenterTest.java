package org.lamina.zoo.data.augment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.lamina.zoo.data.DataException;
import org.lamina.zoo.data.epochs.ChannelStandardizer;
import org.lamina.zoo.data.epochs.EpochIterator;
import org.lamina.zoo.data.epochs.EpochSet;
import org.lamina.zoo.data.recording.RecordingId;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

class AugmenterTest {
    private static final int N = 24;
    private static final int CHANNELS = 12;
    private static final int SAMPLES = 120;

    private static INDArray noise(DataType type, long... shape) {
        Nd4j.getRandom().setSeed(8);
        return Nd4j.randn(type, shape);
    }

    private static INDArray labels() {
        INDArray labels = Nd4j.create(DataType.FLOAT, N, 2);
        for (int n = 0; n < N; n++) {
            labels.putScalar(n, n % 2, 1);
        }
        return labels;
    }

    static List<String> names() {
        return AugmentationSpec.names();
    }

    private static Augmenter augmenter(String spec, long seed) {
        return new Augmenter(List.of(AugmentationSpec.parse(spec, 64)), seed);
    }

    private static DataSet applied(Augmenter augmenter, INDArray features) {
        DataSet set = new DataSet(features.dup(), labels());
        augmenter.preProcess(set);
        return set;
    }

    /** Also: layout and data type stay, all but mixup keep labels, input is not written to. */
    @ParameterizedTest
    @MethodSource("names")
    void followsFromSeedPassAndBatch(String name) {
        INDArray x = noise(DataType.FLOAT, N, 1, CHANNELS, SAMPLES);
        Augmenter augmenter = augmenter(name, 5);
        augmenter.startPass(2);
        DataSet first = applied(augmenter, x);
        DataSet second = applied(augmenter, x);
        assertNotEquals(x, first.getFeatures());
        assertNotEquals(first.getFeatures(), second.getFeatures());
        assertEquals(name.equals("mixup"), !labels().equals(first.getLabels()));
        assertEquals(
                labels().sum(1), first.getLabels().sum(1).castTo(DataType.FLOAT), "sum of labels");
        assertEquals(DataType.FLOAT, first.getLabels().dataType());

        augmenter.startPass(3);
        assertNotEquals(first.getFeatures(), applied(augmenter, x).getFeatures());
        augmenter.startPass(2);
        assertEquals(first.getFeatures(), applied(augmenter, x).getFeatures());
        assertNotEquals(
                first.getFeatures(), applied(augmenter(name, 6), x).getFeatures(), "other seed");

        INDArray flat = x.castTo(DataType.DOUBLE).reshape(N, CHANNELS, SAMPLES);
        augmenter.startPass(2);
        INDArray same = applied(augmenter, flat).getFeatures();
        assertEquals(DataType.DOUBLE, same.dataType());
        assertTrue(
                same.reshape(N, 1, CHANNELS, SAMPLES)
                        .castTo(DataType.FLOAT)
                        .equalsWithEps(first.getFeatures(), 1e-6));
    }

    /** Shorter examples in a padded batch: as alone, and what is padded stays. */
    @ParameterizedTest
    @MethodSource("names")
    void maskedExamplesAreAsAlone(String name) {
        if (name.equals("mixup")) {
            return;
        }
        INDArray x = noise(DataType.DOUBLE, 1, CHANNELS, SAMPLES);
        INDArray mask = Nd4j.create(DataType.FLOAT, 1, SAMPLES);
        mask.get(NDArrayIndex.all(), NDArrayIndex.interval(10, 115)).assign(1);
        DataSet padded = new DataSet(x.dup(), Nd4j.ones(1, 1), mask, null);
        DataSet alone =
                new DataSet(
                        x.get(
                                        NDArrayIndex.all(),
                                        NDArrayIndex.all(),
                                        NDArrayIndex.interval(10, 115))
                                .dup(),
                        Nd4j.ones(1, 1));
        String always = name + ":probability=1" + (name.endsWith("shuffle") ? ",p_shuffle=1" : "");
        augmenter(always, 3).preProcess(padded);
        augmenter(always, 3).preProcess(alone);
        INDArray expected = x.dup();
        expected.get(NDArrayIndex.all(), NDArrayIndex.all(), NDArrayIndex.interval(10, 115))
                .assign(alone.getFeatures());
        assertEquals(expected, padded.getFeatures());
        assertNotEquals(x, padded.getFeatures());
    }

    @Test
    void refusesWhatItCannotAugment() {
        assertMessage(
                "features of shape [2, 3, 4, 5]; expected [N, channels, samples] or [N, 1,",
                new DataSet(Nd4j.create(2, 3, 4, 5), Nd4j.create(2, 2)));
        assertMessage(
                "labels of shape [2, 2, 5]; expected [N, classes]",
                new DataSet(Nd4j.create(2, 3, 5), Nd4j.create(2, 2, 5)));
        assertMessage(
                "features mask of shape [2, 4]; expected [N, 5]",
                new DataSet(Nd4j.create(2, 3, 5), Nd4j.create(2, 2), Nd4j.ones(2, 4), null));
        INDArray gap = Nd4j.ones(2, 5);
        gap.putScalar(1, 2, 0);
        assertMessage(
                "the mask of example 1 has a gap",
                new DataSet(Nd4j.create(2, 3, 5), Nd4j.create(2, 2), gap, null));
        assertMessage(
                "all of example 0 is masked",
                new DataSet(Nd4j.create(2, 3, 5), Nd4j.create(2, 2), Nd4j.create(2, 5), null));
    }

    private static void assertMessage(String part, DataSet set) {
        assertMessage(part, set, augmenter("time-reverse", 1));
    }

    /** Of an iterator: after the normalizer, and by pass and batch. */
    @Test
    void iteratorsTellWherePassesStart() {
        EpochSet set =
                new EpochSet(
                        noise(DataType.FLOAT, 6, 1, 2, 8).addi(5),
                        new int[] {0, 1, 0, 1, 0, 1},
                        List.of("a", "b"),
                        Collections.nCopies(6, RecordingId.ofRun("r")),
                        List.of("A", "B"),
                        64,
                        "");
        EpochIterator iterator = EpochIterator.shuffled(set, 4, 1);
        Augmentation dropped = AugmentationSpec.parse("channels-dropout:p_drop=1", 64);
        iterator.setPreProcessor(new Augmenter(ChannelStandardizer.of(set), List.of(dropped), 1));
        iterator.setEpoch(4);
        iterator.next();
        INDArray second = iterator.next().getFeatures();
        // A dropped channel is 0, the mean of a standardized one
        assertTrue(second.eq(0).any() && second.neq(0).any());
        assertEquals(0, second.meanNumber().doubleValue(), 1);
        iterator.setEpoch(0);
        iterator.next();
        iterator.setEpoch(4);
        iterator.next();
        assertEquals(second, iterator.next().getFeatures());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "sign-flip | SignFlip[probability=0.5]",
                "SignFlip:Probability=0.25 | SignFlip[probability=0.25]",
                "time_shift:max_shift=3 | TimeShift[probability=0.5, maxShift=3]",
                "ft-surrogate:channel_indep=true,phase_noise_magnitude=.5"
                        + " | FTSurrogate[probability=0.5, phaseNoiseMagnitude=0.5,"
                        + " channelIndep=true]",
                "smooth-time-mask | SmoothTimeMask[probability=0.5, maskLenSamples=100]",
                "bandstop-filter"
                        + " | BandstopFilter[probability=0.5, sfreq=64.0, bandwidth=1.0,"
                        + " maxFreq=32.0]",
                "frequency-shift"
                        + " | FrequencyShift[probability=0.5, sfreq=64.0, maxDeltaFreq=2.0]",
                "gaussian-noise | GaussianNoise[probability=0.5, std=0.1]",
                "channels-dropout | ChannelsDropout[probability=0.5, pDrop=0.2]",
                "channels-shuffle | ChannelsShuffle[probability=0.5, pShuffle=0.2]",
                "amplitude-scale | AmplitudeScale[probability=0.5, low=0.5, high=2.0]",
                "mixup:alpha=0.2 | Mixup[alpha=0.2, betaPerSample=false]",
            })
    void specsHaveBraindecodesNamesAndDefaults(String spec, String expected) {
        assertEquals(expected, AugmentationSpec.parse(spec, 64).toString());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "cutout | No augmentation 'cutout'; available: time-reverse, time-shift, sign-flip",
                "sign-flip:p=1 | no argument 'p'; available: probability",
                "bandstop-filter:sfreq=1 | no argument 'sfreq'; available: probability, bandwidth,"
                        + " max_freq",
                "sign-flip:probability=2 | probability 2.0 must be 0.0 to 1.0",
                "sign-flip:probability | probability needs a value: ARG=VALUE",
                "sign-flip:probability=1,probability=1 | probability is given twice",
                "sign-flip:probability=often | probability 'often' must be a number",
                "time-shift:max_shift=1.5 | max_shift '1.5' must be a whole number",
                "time-shift:max_shift=0 | max_shift 0 must be 1 or more",
                "ft-surrogate:channel_indep=maybe | channel_indep 'maybe' must be true or false",
                "gaussian-noise:std=NaN | std NaN must be 0 or more",
                "bandstop-filter:max_freq=33 | max_freq 33.0 must be at most half of sfreq, 32.0",
                "bandstop-filter:bandwidth=30 | bandwidth 30.0 must be below max_freq - 2, 30.0",
                "amplitude-scale:low=3 | high 2.0 must be above 3.0",
            })
    void wrongSpecsSayWhatIsAllowed(String spec, String part) {
        String message =
                assertThrows(DataException.class, () -> AugmentationSpec.parse(spec, 64))
                        .getMessage();
        assertTrue(message.contains(spec.split(":")[0]) && message.contains(part), message);
    }

    @Test
    void masksLongerThanTheExamplesAreRefused() {
        assertMessage(
                "mask_len_samples 100 must be at most the 99 samples of an example",
                new DataSet(Nd4j.create(2, 3, 99), Nd4j.create(2, 2)),
                augmenter("smooth-time-mask:probability=1", 1));
    }

    private static void assertMessage(String part, DataSet set, Augmenter augmenter) {
        String message =
                assertThrows(DataException.class, () -> augmenter.preProcess(set)).getMessage();
        assertTrue(message.contains(part), message);
    }
}
