package org.lamina.zoo.cli;

import java.io.IOException;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.lamina.zoo.modelfile.Checkpoint;
import org.lamina.zoo.spark.HadoopFiles;

/**
 * The folder that driver and executors share during a training: prepared epochs and a checkpoint.
 *
 * @param context of the cluster
 * @param files reaches the folder's file system
 * @param folder given by the user
 */
record SparkWork(JavaSparkContext context, HadoopFiles files, String folder) {

    /** Folder of the prepared epochs. */
    String epochs() {
        return folder + "/epochs";
    }

    String checkpointFile() {
        return folder + "/checkpoint.zip";
    }

    Checkpoint load() throws IOException {
        if (!files.exists(checkpointFile())) {
            throw new UsageException(checkpointFile() + ": no checkpoint there to resume from");
        }
        return files.readLocally(checkpointFile(), file -> List.of(), Checkpoint::load);
    }

    void save(Checkpoint checkpoint) throws IOException {
        files.write(checkpointFile(), checkpoint::write);
    }

    void deleteCheckpoint() throws IOException {
        files.delete(checkpointFile());
    }

    /** Removes everything when training is complete. */
    void clear() throws IOException {
        deleteCheckpoint();
        files.delete(epochs());
    }
}
