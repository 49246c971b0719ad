package org.lamina.zoo.cli;

import java.util.List;
import org.lamina.zoo.data.Alignment;
import org.lamina.zoo.data.EpochingOptions;
import org.lamina.zoo.data.signal.MovingStandardization;
import picocli.CommandLine.Option;

/**
 * What makes recordings of different caps, sessions and people alike; null where it is not done.
 */
final class PreprocessingSettings {
    @Option(
            names = "--reference",
            split = ",",
            paramLabel = "CHANNEL",
            description =
                    "Channels whose mean is subtracted from all others, which are left out then;"
                            + " '"
                            + EpochingOptions.AVERAGE
                            + "': the mean of all channels used (as recorded).")
    List<String> reference;

    @Option(
            names = "--moving-standardize",
            description =
                    "Standardize each channel, after the filter, by the moving mean and deviation"
                            + " of the samples before, as braindecode's"
                            + " exponential_moving_standardize.")
    Boolean movingStandardize;

    @Option(
            names = "--factor-new",
            paramLabel = "SHARE",
            description = "Weight of the newest sample in those (0.001).")
    @Limits(above = 0, to = 1)
    Double factorNew;

    @Option(
            names = "--init-block-size",
            paramLabel = "N",
            description = "First samples, which are standardized together (1000).")
    @Limits(from = 0)
    Integer initBlockSize;

    @Option(
            names = "--align",
            paramLabel = "METHOD",
            description =
                    "euclidean: make the mean covariance of each person's and session's epochs the"
                            + " identity, in training and test set by themselves (none).")
    Alignment align;

    @Option(
            names = "--bad-intervals",
            description =
                    "Keep epochs that overlap an interval marked as bad: an event whose label"
                            + " begins with the word 'bad' (they are dropped).")
    Boolean badIntervals;

    /** Refuses what makes no sense together. */
    void check(double reject) {
        if (movingStandardize == null && (factorNew != null || initBlockSize != null)) {
            throw new UsageException(
                    (factorNew != null ? "--factor-new" : "--init-block-size")
                            + " makes no sense without --moving-standardize");
        }
        if (movingStandardize != null && reject > 0) {
            throw new UsageException(
                    "--reject is in microvolt, which --moving-standardize leaves nothing of; leave"
                            + " one of them out");
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
