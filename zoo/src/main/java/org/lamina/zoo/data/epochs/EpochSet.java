package org.lamina.zoo.data.epochs;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.lamina.arrays.Views;
import org.lamina.zoo.data.DataException;
import org.lamina.zoo.data.NameList;
import org.lamina.zoo.data.recording.RecordingId;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Labelled epochs as input of a network.
 *
 * <p>Immutable by convention: {@link #features()} returns the array itself, since copies of a
 * training set are expensive. Do not change it in place ({@link EpochIterator} returns copies,
 * which may be changed).
 */
public final class EpochSet implements Serializable {
    private static final long serialVersionUID = 1L;

    private final INDArray features;
    private final int[] classes;
    private final List<String> classNames;
    private final List<RecordingId> ids;
    private final List<String> channels;
    private final double samplingRate;
    private final String description;

    /**
     * @param features {@code [epochs, 1, channels, samples]}
     * @param classes class index of each epoch
     * @param classNames names in the order of the indices
     * @param ids identity of the recording of each epoch
     * @param channels channel names
     * @param samplingRate in Hz
     * @param description where the epochs come from, in words
     */
    public EpochSet(
            INDArray features,
            int[] classes,
            List<String> classNames,
            List<RecordingId> ids,
            List<String> channels,
            double samplingRate,
            String description) {
        if (features.rank() != 4
                || features.size(0) != classes.length
                || features.size(1) != 1
                || features.size(2) != channels.size()
                || ids.size() != classes.length) {
            throw new DataException(
                    "Epochs of shape %s do not match %d labels, %d ids of recordings and %d"
                            + " channels; expected [epochs, 1, channels, samples]",
                    Arrays.toString(features.shape()), classes.length, ids.size(), channels.size());
        }
        for (int index : classes) {
            if (index < 0 || index >= classNames.size()) {
                throw new DataException(
                        "Class index %s is outside 0..%s", index, classNames.size() - 1);
            }
        }
        this.features = features;
        this.classes = classes.clone();
        this.classNames = List.copyOf(classNames);
        this.ids = List.copyOf(ids);
        this.channels = List.copyOf(channels);
        this.samplingRate = samplingRate;
        this.description = description;
    }

    /**
     * A training and a test set.
     *
     * @param train epochs to train on
     * @param test epochs to test with
     */
    public record Split(EpochSet train, EpochSet test) {}

    /**
     * @return {@code [epochs, 1, channels, samples]}, float
     */
    public INDArray features() {
        return features;
    }

    /**
     * @return one-hot {@code [epochs, classes]}, float
     */
    public INDArray labels() {
        return oneHot(classes, classNames.size());
    }

    static INDArray oneHot(int[] classes, int count) {
        float[] oneHot = new float[classes.length * count];
        for (int i = 0; i < classes.length; i++) {
            oneHot[i * count + classes[i]] = 1;
        }
        return Nd4j.create(oneHot, new long[] {classes.length, count}, 'c');
    }

    /**
     * @param changed features of the same epochs, {@code [epochs, 1, channels, samples]}
     * @return this set with these features
     */
    EpochSet withFeatures(INDArray changed) {
        return new EpochSet(changed, classes, classNames, ids, channels, samplingRate, description);
    }

    /**
     * @return class index of each epoch
     */
    public int[] classes() {
        return classes.clone();
    }

    /**
     * @return class names in the order of the one-hot columns
     */
    public List<String> classNames() {
        return classNames;
    }

    /**
     * @return person, session and run of each epoch
     */
    public List<RecordingId> ids() {
        return ids;
    }

    /**
     * @return run of each epoch
     */
    public List<String> runs() {
        return ids.stream().map(RecordingId::run).toList();
    }

    /**
     * @return channel names in the order of the features' third axis
     */
    public List<String> channels() {
        return channels;
    }

    /**
     * @return sampling rate in Hz
     */
    public double samplingRate() {
        return samplingRate;
    }

    /**
     * @return where the epochs come from, in words; simulated data says so
     */
    public String description() {
        return description;
    }

    /**
     * @return number of epochs
     */
    public int size() {
        return classes.length;
    }

    /**
     * @return samples of one epoch
     */
    public int samples() {
        return (int) features.size(3);
    }

    /**
     * @return number of epochs of each class
     */
    public int[] classCounts() {
        int[] counts = new int[classNames.size()];
        for (int index : classes) {
            counts[index]++;
        }
        return counts;
    }

    /**
     * @return features and one-hot labels as one DL4J data set with label names; the features are
     *     copied, so that a normalizer may change them
     */
    public DataSet toDataSet() {
        DataSet set = new DataSet(features.dup('c'), labels());
        set.setLabelNames(classNames);
        return set;
    }

    /**
     * @param indices indices of epochs, in any order
     * @return a set with copies of these epochs
     */
    public EpochSet subset(int[] indices) {
        if (indices.length == 0) {
            throw new DataException("A set of epochs must have at least one");
        }
        int[] picked = new int[indices.length];
        List<RecordingId> pickedIds = new ArrayList<>(indices.length);
        for (int i = 0; i < indices.length; i++) {
            picked[i] = classes[indices[i]];
            pickedIds.add(ids.get(indices[i]));
        }
        return new EpochSet(
                gather(indices),
                picked,
                classNames,
                pickedIds,
                channels,
                samplingRate,
                description);
    }

    /** Copies epochs into a new {@code [indices.length, 1, channels, samples]} array. */
    INDArray gather(int[] indices) {
        long[] shape = features.shape().clone();
        shape[0] = indices.length;
        INDArray picked = Nd4j.createUninitialized(features.dataType(), shape, 'c');
        for (int i = 0; i < indices.length; i++) {
            Views.at(picked, i).assign(Views.at(features, indices[i]));
        }
        return picked;
    }

    /**
     * Splits by run.
     *
     * @param train runs to train on; empty means all others
     * @param test runs to test with
     * @return the two sets
     * @throws DataException if a run is unknown (the message lists those available) or in both, or
     *     the training set has fewer than two classes
     */
    public Split splitByRun(Collection<String> train, Collection<String> test) {
        Set<String> known = new TreeSet<>(runs());
        List<String> testRuns = RecordingId.matching(test, known);
        Set<String> trainRuns = new LinkedHashSet<>(RecordingId.matching(train, known));
        if (test.isEmpty()) {
            throw new DataException(
                    "No run to test with (--test-runs); available: %s", NameList.of(known));
        }
        if (train.isEmpty()) {
            trainRuns.addAll(known);
            trainRuns.removeAll(testRuns);
        }
        EpochSet trainSet = ofRuns(trainRuns, known);
        List<String> present = new ArrayList<>();
        int[] counts = trainSet.classCounts();
        for (int k = 0; k < counts.length; k++) {
            if (counts[k] > 0) {
                present.add(classNames.get(k));
            }
        }
        if (present.size() < 2) {
            throw new DataException(
                    "Training runs (--train-runs) %s hold only the class '%s'; at least two are"
                            + " needed",
                    NameList.of(trainRuns), present.get(0));
        }
        return new Split(trainSet, ofRuns(exclusive(testRuns, trainRuns), known));
    }

    private static Collection<String> exclusive(Collection<String> test, Set<String> train) {
        for (String run : test) {
            if (train.contains(run)) {
                throw new DataException(
                        "Run %s is both in training and in test (--train-runs, --test-runs)", run);
            }
        }
        return test;
    }

    private EpochSet ofRuns(Collection<String> wanted, Set<String> known) {
        for (String run : wanted) {
            if (!known.contains(run)) {
                throw new DataException(
                        "No epochs of run '%s'; runs that have some: %s", run, NameList.of(known));
            }
        }
        int[] indices = new int[size()];
        int n = 0;
        for (int i = 0; i < size(); i++) {
            if (wanted.contains(ids.get(i).run())) {
                indices[n++] = i;
            }
        }
        if (n == 0) {
            throw new DataException(
                    "No run left to train on (--train-runs); available: %s", NameList.of(known));
        }
        return subset(Arrays.copyOf(indices, n));
    }

    /**
     * Splits so that each class has the same share in both sets (up to one epoch), with at least
     * one epoch of each class in both.
     *
     * @param testFraction fraction of the test set, above 0 and below 1
     * @param seed of the random choice
     * @return the two sets, each in the original order of the epochs
     * @throws DataException if a class has fewer than two epochs
     */
    public Split splitStratified(double testFraction, long seed) {
        boolean[] inTest = chooseStratified(classes, classNames, testFraction, seed);
        int tests = 0;
        for (boolean chosen : inTest) {
            tests += chosen ? 1 : 0;
        }
        int[] trainIndices = new int[size() - tests];
        int[] testIndices = new int[tests];
        int train = 0;
        int test = 0;
        for (int i = 0; i < size(); i++) {
            if (inTest[i]) {
                testIndices[test++] = i;
            } else {
                trainIndices[train++] = i;
            }
        }
        return new Split(subset(trainIndices), subset(testIndices));
    }

    /**
     * Chooses the test set of {@link #splitStratified} for epochs with given classes.
     *
     * @param classes class index of each epoch
     * @param classNames names in the order of the indices
     * @param testFraction fraction of the test set, above 0 and below 1
     * @param seed of the random choice
     * @return for each epoch whether it is in the test set
     * @throws DataException if a class has fewer than two epochs
     */
    public static boolean[] chooseStratified(
            int[] classes, List<String> classNames, double testFraction, long seed) {
        if (!(testFraction > 0 && testFraction < 1)) {
            throw new DataException("Test fraction %s must be above 0 and below 1", testFraction);
        }
        Random random = new Random(seed);
        boolean[] inTest = new boolean[classes.length];
        for (int k = 0; k < classNames.size(); k++) {
            List<Integer> members = new ArrayList<>();
            for (int i = 0; i < classes.length; i++) {
                if (classes[i] == k) {
                    members.add(i);
                }
            }
            if (members.size() < 2) {
                throw new DataException(
                        "Class '%s' has %d epochs; at least 2 are needed to split",
                        classNames.get(k), members.size());
            }
            Collections.shuffle(members, random);
            int share = (int) Math.round(testFraction * members.size());
            share = Math.max(1, Math.min(members.size() - 1, share));
            for (int i = 0; i < share; i++) {
                inTest[members.get(i)] = true;
            }
        }
        return inTest;
    }
}
