package org.lamina.zoo.data;

import java.util.List;

/** Recordings to epochs. */
public final class EpochExtractor {
    private EpochExtractor() {}

    /**
     * @param recordings all of one sampling rate and with the channels asked for
     * @param options how to filter and cut
     * @return the epochs of all recordings
     */
    public static EpochSet extract(List<Recording> recordings, EpochingOptions options) {
        throw new UnsupportedOperationException("under construction");
    }

    /**
     * @param recording as read
     * @param options channels, band and resampling of these
     * @return what epochs are cut from
     */
    public static Recording preprocess(Recording recording, EpochingOptions options) {
        throw new UnsupportedOperationException("under construction");
    }
}
