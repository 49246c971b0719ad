package org.lamina.zoo.cli;

import java.io.IOException;
import org.lamina.zoo.training.TrainingState;

/** A run that can be interrupted and resumed. */
interface ResumableRun {
    /** Where the data come from. */
    String source();

    /** Checksum of the data. */
    long fingerprint();

    /** Trains from a state of this run to the end; returns the exit code. */
    int from(TrainingState state, OutputFolder out) throws IOException;
}
