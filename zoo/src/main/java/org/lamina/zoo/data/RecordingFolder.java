package org.lamina.zoo.data;

import java.nio.file.Path;
import java.util.Collection;
import java.util.List;

/** A folder of recordings (.edf, .bdf, .csv, .csv.gz), one run a file. */
public final class RecordingFolder {
    /**
     * @param folder to list
     * @return the recordings in it
     */
    public static RecordingFolder open(Path folder) {
        throw new UnsupportedOperationException("under construction");
    }

    /**
     * @return run ids in order
     */
    public List<String> runs() {
        throw new UnsupportedOperationException("under construction");
    }

    /**
     * @param runs which; empty means all
     * @param options channels to read are taken from these
     * @return the recordings
     */
    public List<Recording> load(Collection<String> runs, EpochingOptions options) {
        throw new UnsupportedOperationException("under construction");
    }

    /**
     * Reads, filters and cuts the runs of both sets.
     *
     * @param trainRuns runs to train on; empty means all that are not in test
     * @param testRuns runs to test with
     * @param options how to filter and cut
     * @return the two sets
     */
    public EpochSet.Split split(
            Collection<String> trainRuns, Collection<String> testRuns, EpochingOptions options) {
        throw new UnsupportedOperationException("under construction");
    }
}
