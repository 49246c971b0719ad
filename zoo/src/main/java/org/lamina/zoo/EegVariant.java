package org.lamina.zoo;

import org.deeplearning4j.nn.weights.WeightInit;

/** A published variant of a network for EEG: one constant of the network's {@code Preset}. */
public interface EegVariant {

    /** Name of the constant. */
    String name();

    /** Values of options that are not set. */
    Defaults defaults();

    /** What the networks of a library have in common. */
    enum Library {
        /** Glorot uniform weights, one output for each class. */
        KERAS,
        /** Glorot uniform weights, one output for each class. */
        BRAINDECODE,
        /** PyTorch's weights; up to two classes have a single output, with a sigmoid. */
        SELFEEG;

        WeightInit weightInit() {
            return this == SELFEEG ? WeightInit.UNIFORM : WeightInit.XAVIER_UNIFORM;
        }

        boolean oneOutputForTwoClasses() {
            return this == SELFEEG;
        }
    }

    /**
     * Defaults of the options that networks for EEG share.
     *
     * @param library whose initial weights and outputs the network has
     * @param samplingRate in Hz for which the lengths in samples are meant
     * @param kernelLength samples of the (longest) temporal filters
     * @param temporalFilters number of temporal filters (F1)
     * @param depthMultiplier spatial filters for each temporal one (D); null: no such option
     * @param filters number of the filters after those (F2); null: no such option
     * @param poolLength window of the pooling layers in samples; null: no such option
     * @param dropout probability of dropping a value
     * @param batchNormEps added to variances
     * @param batchNormMomentum weight of a batch in the running statistics
     * @param filterMaxNorm maximum norm of a spatial filter, in ConvNets of every filter; null: no
     *     constraint
     * @param denseMaxNorm maximum norm of a class's weights; null: no constraint
     */
    record Defaults(
            Library library,
            double samplingRate,
            int kernelLength,
            int temporalFilters,
            Integer depthMultiplier,
            Integer filters,
            Integer poolLength,
            double dropout,
            double batchNormEps,
            double batchNormMomentum,
            Double filterMaxNorm,
            Double denseMaxNorm) {}
}
