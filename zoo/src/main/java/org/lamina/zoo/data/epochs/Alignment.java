package org.lamina.zoo.data.epochs;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.lamina.arrays.Views;
import org.lamina.zoo.data.recording.RecordingId;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Alignment of the epochs of different people and sessions. */
public enum Alignment {
    /** No alignment. */
    NONE,

    /** {@link EuclideanAlignment}. */
    EUCLIDEAN;

    /**
     * Aligns the epochs of each person and session separately; without using the classes. Training
     * and test sets are aligned separately, so that no information leaks.
     *
     * @param set epochs
     * @return an aligned copy; the set itself for {@link #NONE}
     */
    public EpochSet apply(EpochSet set) {
        if (this == NONE) {
            return set;
        }
        int samples = set.samples();
        float[][] epochs = new float[set.size()][];
        Map<List<String>, List<float[]>> groups = new LinkedHashMap<>();
        for (int i = 0; i < epochs.length; i++) {
            epochs[i] = Views.at(set.features(), i).dup('c').data().asFloat();
            RecordingId id = set.ids().get(i);
            groups.computeIfAbsent(List.of(id.person(), id.session()), g -> new ArrayList<>())
                    .add(epochs[i]);
        }
        for (List<float[]> group : groups.values()) {
            EuclideanAlignment alignment = new EuclideanAlignment(set.channels().size(), samples);
            group.forEach(alignment::add);
            group.forEach(alignment::align);
        }
        INDArray features = Nd4j.createUninitialized(set.features().shape(), 'c');
        for (int i = 0; i < epochs.length; i++) {
            Views.at(features, i).assign(Nd4j.create(epochs[i], 1, set.channels().size(), samples));
        }
        return set.withFeatures(features);
    }
}
