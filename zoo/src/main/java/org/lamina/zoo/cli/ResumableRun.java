package org.lamina.zoo.cli;

import java.io.IOException;
import org.lamina.zoo.training.TrainingState;

/** The work of a command that can be interrupted and gone on with. */
interface ResumableRun {
    /** Where the data come from. */
    String source();

    /** Of the data. */
    long fingerprint();

    /** Trains from a state, of this run, on; returns the exit code. */
    int from(TrainingState state, OutputFolder out) throws IOException;
}
