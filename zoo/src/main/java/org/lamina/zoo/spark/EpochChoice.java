package org.lamina.zoo.spark;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.lamina.zoo.data.DataException;
import org.lamina.zoo.data.epochs.EpochSet;

/**
 * The set of each epoch, chosen on the driver from runs and classes alone.
 *
 * @param sets of each epoch of each file
 * @param counts epochs of each set and class
 */
record EpochChoice(byte[][] sets, int[][] counts) {
    static final int TRAIN = 0;
    static final int VALIDATION = 1;
    static final int TEST = 2;

    /** The sets' names. */
    static final List<String> NAMES = List.of("train", "validation", "test");

    /** Run and class of each epoch of a file. */
    record Keys(int file, String[] runs, int[] classes) implements Serializable {
        static Keys of(int file, EpochSet epochs) {
            return new Keys(file, epochs.runs().toArray(String[]::new), epochs.classes());
        }
    }

    /**
     * @throws DataException if there is no epoch to test with, or none of some class to train on
     */
    static EpochChoice of(List<Keys> keys, List<String> classNames, PreparedEpochs.Split split) {
        byte[][] sets = choose(keys, classNames, split);
        return new EpochChoice(sets, count(keys, sets, classNames));
    }

    private static byte[][] choose(
            List<Keys> keys, List<String> classNames, PreparedEpochs.Split split) {
        List<Integer> classes = new ArrayList<>();
        byte[][] sets = new byte[keys.size()][];
        List<int[]> where = new ArrayList<>();
        for (Keys file : keys) {
            sets[file.file()] = new byte[file.classes().length];
            for (int i = 0; i < file.classes().length; i++) {
                classes.add(file.classes()[i]);
                where.add(new int[] {file.file(), i});
                boolean tested = split.testRuns().contains(file.runs()[i]);
                sets[file.file()][i] = (byte) (tested ? TEST : TRAIN);
            }
        }
        if (split.testRuns().isEmpty()) {
            mark(sets, where, classes, TEST, split.testShare(), classNames, split.seed());
        }
        if (split.validationShare() > 0) {
            double share = split.validationShare();
            mark(sets, where, classes, VALIDATION, share, classNames, split.seed());
        }
        return sets;
    }

    /** Moves a share of each class from the training set to another set. */
    private static void mark(
            byte[][] sets,
            List<int[]> where,
            List<Integer> classes,
            int set,
            double share,
            List<String> classNames,
            long seed) {
        List<Integer> free = new ArrayList<>();
        for (int i = 0; i < where.size(); i++) {
            if (sets[where.get(i)[0]][where.get(i)[1]] == TRAIN) {
                free.add(i);
            }
        }
        int[] ofFree = free.stream().mapToInt(classes::get).toArray();
        boolean[] chosen = EpochSet.chooseStratified(ofFree, classNames, share, seed);
        for (int i = 0; i < chosen.length; i++) {
            if (chosen[i]) {
                int[] place = where.get(free.get(i));
                sets[place[0]][place[1]] = (byte) set;
            }
        }
    }

    private static int[][] count(List<Keys> keys, byte[][] sets, List<String> classNames) {
        int[][] counts = new int[NAMES.size()][classNames.size()];
        for (Keys file : keys) {
            for (int i = 0; i < file.classes().length; i++) {
                counts[sets[file.file()][i]][file.classes()[i]]++;
            }
        }
        for (int k = 0; k < classNames.size(); k++) {
            if (counts[TRAIN][k] == 0) {
                throw new DataException(
                        "No epoch of class '" + classNames.get(k) + "' to train on");
            }
        }
        if (Arrays.stream(counts[TEST]).sum() == 0) {
            throw new DataException("No epoch to test with");
        }
        return counts;
    }
}
