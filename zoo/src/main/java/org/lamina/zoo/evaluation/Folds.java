package org.lamina.zoo.evaluation;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.lamina.zoo.data.DataException;

/** Divides epochs into folds, so that each epoch is tested once. */
public final class Folds {
    private Folds() {}

    /**
     * Leave-one-group-out: a fold for each run, session or person, tested with a model trained on
     * the others.
     *
     * @param groups of each epoch, the name of its run, session or person
     * @return folds in the order in which the groups first occur
     * @throws DataException if there are fewer than two groups
     */
    public static List<Fold> byGroup(List<String> groups) {
        List<String> names = groups.stream().distinct().toList();
        if (names.size() < 2) {
            throw new DataException(
                    "All epochs are of '%s'; cross-validation needs at least two to train on one"
                            + " and test with the other",
                    names.get(0));
        }
        return names.stream()
                .map(name -> fold(name, groups.size(), i -> groups.get(i).equals(name)))
                .toList();
    }

    /**
     * Stratified k-fold: each class has the same share in every fold, to one epoch. Neighbouring
     * epochs of a recording, which are similar, end up in different folds, so that folds by run,
     * session or person say more about new recordings.
     *
     * @param classes class index of each epoch
     * @param classNames names in the order of the indices
     * @param k number of folds, 2 or more
     * @param seed of the division
     * @return folds named 1 to k
     * @throws DataException if a class has fewer epochs than there are folds
     */
    public static List<Fold> stratified(int[] classes, List<String> classNames, int k, long seed) {
        if (k < 2) {
            throw new IllegalArgumentException("k = " + k + "; at least 2 folds are needed");
        }
        Random random = new Random(seed);
        int[] foldOf = new int[classes.length];
        int next = 0;
        for (int c = 0; c < classNames.size(); c++) {
            List<Integer> members = new ArrayList<>();
            for (int i = 0; i < classes.length; i++) {
                if (classes[i] == c) {
                    members.add(i);
                }
            }
            if (members.size() < k) {
                throw new DataException(
                        "Class '%s' has %d epochs, too few for %d folds",
                        classNames.get(c), members.size(), k);
            }
            Collections.shuffle(members, random);
            for (int member : members) {
                // Continuing where the previous class ended makes the folds equally large.
                foldOf[member] = next++ % k;
            }
        }
        return IntStream.range(0, k)
                .mapToObj(f -> fold(Integer.toString(f + 1), classes.length, i -> foldOf[i] == f))
                .toList();
    }

    private static Fold fold(String name, int epochs, IntPredicate tested) {
        return new Fold(
                name,
                IntStream.range(0, epochs).filter(tested.negate()).toArray(),
                IntStream.range(0, epochs).filter(tested).toArray());
    }
}
