package org.lamina.zoo.cli;

import java.util.List;
import org.lamina.zoo.data.epochs.Alignment;
import org.lamina.zoo.data.epochs.EpochingOptions;
import org.lamina.zoo.data.signal.MovingStandardization;
import picocli.CommandLine.Option;

/**
 * Preprocessing that makes recordings of different caps, sessions and people comparable; null where
 * it is off.
 */
final class PreprocessingSettings {
    @Option(
            names = "--reference",
            split = ",",
            paramLabel = "CHANNEL",
            description =
                    "Channels whose mean is subtracted from all others and that are then left out;"
                            + " '"
                            + EpochingOptions.AVERAGE
                            + "': the mean of all channels used (as recorded).")
    List<String> reference;

    @Option(
            names = "--moving-standardize",
            description =
                    "Standardize each channel, after the filter, by the moving mean and standard"
                            + " deviation of the preceding samples, like braindecode's"
                            + " exponential_moving_standardize.")
    Boolean movingStandardize;

    @Option(
            names = "--factor-new",
            paramLabel = "SHARE",
            description = "Weight of the newest sample in the moving statistics (0.001).")
    @Limits(above = 0, to = 1)
    Double factorNew;

    @Option(
            names = "--init-block-size",
            paramLabel = "N",
            description = "Number of first samples that are standardized together (1000).")
    @Limits(from = 0)
    Integer initBlockSize;

    @Option(
            names = "--align",
            paramLabel = "METHOD",
            description =
                    "euclidean: map the mean covariance of the epochs of each person and session to"
                            + " the identity, separately in training and test set (none).")
    Alignment align;

    @Option(
            names = "--bad-intervals",
            description =
                    "Keep epochs that overlap an interval marked as bad: an event whose label"
                            + " begins with the word 'bad' (they are dropped).")
    Boolean badIntervals;

    /** Refuses switches that contradict each other. */
    void check(double reject) {
        if (movingStandardize == null && (factorNew != null || initBlockSize != null)) {
            throw new UsageException(
                    "%s makes no sense without --moving-standardize",
                    factorNew != null ? "--factor-new" : "--init-block-size");
        }
        if (movingStandardize != null && reject > 0) {
            throw new UsageException(
                    "--reject is in microvolt, but standardized signals have no unit"
                            + " (--moving-standardize); leave one of them out");
        }
    }

    EpochingOptions.Builder addTo(EpochingOptions.Builder options) {
        MovingStandardization defaults = MovingStandardization.DEFAULT;
        return options.reference(reference == null ? List.of() : reference)
                .badIntervals(badIntervals != null)
                .alignment(align == null ? Alignment.NONE : align)
                .standardization(
                        movingStandardize == null
                                ? null
                                : new MovingStandardization(
                                        factorNew == null ? defaults.factorNew() : factorNew,
                                        initBlockSize == null
                                                ? defaults.initBlockSize()
                                                : initBlockSize,
                                        defaults.eps()));
    }
}
