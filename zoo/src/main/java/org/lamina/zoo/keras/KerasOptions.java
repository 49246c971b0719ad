package org.lamina.zoo.keras;

import java.util.Map;
import java.util.TreeMap;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;

/** How a model of Keras is read. */
public final class KerasOptions {

    private final Map<String, String> functions = new TreeMap<>();
    private IUpdater updater = new Adam(1e-3);

    /** No functions known but Keras's own; Adam with a learning rate of 0.001. */
    public KerasOptions() {}

    /**
     * Says what a function computes that is code in the model, which is never run: that of a {@code
     * Lambda} layer, or one of the program's own in {@code Activation}.
     *
     * @param name of the function, or of the {@code Lambda} layer
     * @param meaning {@code square}, {@code log} (of {@code clip(x, 1e-7, 10000)}, as in
     *     arl-eegmodels' ShallowConvNet), {@code safe_log} (of {@code max(x, 1e-6)}, as in
     *     braindecode's) or one of Keras's activation functions
     * @throws IllegalArgumentException if there is no such meaning
     */
    public KerasOptions function(String name, String meaning) {
        Functions.known(name, meaning);
        functions.put(name, meaning);
        return this;
    }

    /** The updater that the network gets. Default: Adam with a learning rate of 0.001. */
    public KerasOptions updater(IUpdater value) {
        this.updater = value;
        return this;
    }

    /** What a function of this name computes; null if nobody said. */
    String meaning(String name) {
        return functions.get(name);
    }

    IUpdater updater() {
        return updater;
    }
}
