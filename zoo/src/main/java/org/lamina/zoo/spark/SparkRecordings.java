package org.lamina.zoo.spark;

import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.lamina.zoo.data.DataException;
import org.lamina.zoo.data.edf.EdfReader;
import org.lamina.zoo.data.epochs.EpochExtractor;
import org.lamina.zoo.data.epochs.EpochSet;
import org.lamina.zoo.data.epochs.EpochingOptions;
import org.lamina.zoo.data.files.FileNotes;
import org.lamina.zoo.data.files.FileTree;
import org.lamina.zoo.data.files.RecordingFolder;
import org.lamina.zoo.data.files.RecordingReader;
import org.lamina.zoo.data.recording.Recording;
import org.lamina.zoo.data.recording.RecordingId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The recordings of a folder that driver and executors share. Executors read them; the driver
 * learns rates, channels and events, but no samples.
 */
public final class SparkRecordings {
    private static final Logger log = LoggerFactory.getLogger(SparkRecordings.class);

    private final JavaSparkContext context;
    private final HadoopFiles files;
    private final RecordingReader reader;
    private final List<RunFile> good;
    private final List<Recording> summaries;
    private final List<String> skipped;

    private SparkRecordings(
            JavaSparkContext context,
            HadoopFiles files,
            RecordingReader reader,
            List<RunFile> good,
            List<Recording> summaries,
            List<String> skipped) {
        this.context = context;
        this.files = files;
        this.reader = reader;
        this.good = good;
        this.summaries = summaries;
        this.skipped = skipped;
    }

    private record RunFile(String path, RecordingId id) implements Serializable {}

    /** The result of reading a file: its pieces and bad channels, or why it cannot be used. */
    private record Outcome(RunFile file, List<Recording> pieces, Set<String> bad, String problem)
            implements Serializable {}

    /**
     * Reads all recordings once, on the executors, and keeps their properties.
     *
     * @param context of the cluster
     * @param folder with its file system, for example {@code hdfs://host/recordings}
     * @param runs to use; empty means all
     * @param channels to use; empty means all
     * @param skipBad whether files that cannot be used are left out, or an error
     * @throws DataException if there is no such folder, no recording in it, no such run; if a file
     *     cannot be used and is not to be skipped (the message names it), or none can be used
     */
    public static SparkRecordings open(
            JavaSparkContext context,
            String folder,
            Collection<String> runs,
            List<String> channels,
            boolean skipBad) {
        return open(context, folder, new RecordingReader(), runs, channels, skipBad);
    }

    /**
     * Reads all recordings once, on the executors, and keeps their properties.
     *
     * @param context of the cluster
     * @param folder with its file system, for example {@code hdfs://host/recordings}
     * @param reader of the files
     * @param runs to use; empty means all
     * @param channels to use; empty means all
     * @param skipBad whether files that cannot be used are left out, or an error
     * @throws DataException if there is no such folder, no recording in it, no such run; if a file
     *     cannot be used and is not to be skipped (the message names it), or none can be used
     */
    public static SparkRecordings open(
            JavaSparkContext context,
            String folder,
            RecordingReader reader,
            Collection<String> runs,
            List<String> channels,
            boolean skipBad) {
        HadoopFiles files = HadoopFiles.of(context);
        List<RunFile> wanted = ofRuns(folder, runs, runFiles(folder, files));
        List<String> named = List.copyOf(channels);
        List<Outcome> outcomes =
                context.parallelize(wanted, wanted.size())
                        .map(file -> outcome(files, reader, file, named))
                        .collect();
        List<RunFile> good = new ArrayList<>();
        List<Recording> summaries = new ArrayList<>();
        Set<String> bad = new LinkedHashSet<>();
        List<String> skipped = new ArrayList<>();
        for (Outcome outcome : outcomes) {
            if (outcome.problem() == null) {
                good.add(outcome.file());
                summaries.addAll(outcome.pieces());
                bad.addAll(outcome.bad());
            } else if (skipBad) {
                skipped.add(outcome.problem());
            } else {
                throw new DataException(outcome.problem());
            }
        }
        if (good.isEmpty()) {
            throw new DataException(
                    "%s: none of %s files can be used; first: %s",
                    folder, skipped.size(), skipped.get(0));
        }
        if (named.isEmpty() && !reader.badChannels()) {
            FileNotes notes = new FileNotes();
            summaries = RecordingFolder.withoutBad(summaries, bad, notes);
            notes.each(log::warn);
        }
        return new SparkRecordings(context, files, reader, good, summaries, skipped);
    }

    private static List<RunFile> runFiles(String folder, HadoopFiles files) {
        List<String> paths = new ArrayList<>();
        List<String> names = new ArrayList<>();
        for (String path : paths(folder, files)) {
            String name = nameOf(path);
            if (RecordingFolder.isRecording(name) && hasSamples(files, path, name)) {
                paths.add(path);
                names.add(name);
            }
        }
        if (paths.isEmpty()) {
            throw RecordingFolder.nothingIn(folder);
        }
        List<RecordingId> ids =
                RecordingId.of(folder.replaceFirst("/+$", "").replaceFirst(".*/", ""), names);
        List<RunFile> all = new ArrayList<>();
        for (int i = 0; i < paths.size(); i++) {
            all.add(new RunFile(paths.get(i), ids.get(i)));
        }
        return all;
    }

    /** The files of a folder, or of the recording folders of a data set in BIDS. */
    private static List<String> paths(String folder, HadoopFiles files) {
        List<String> flat = files.list(folder);
        FileTree tree = files.treeOf(folder);
        java.nio.file.Path root = HadoopFiles.withoutSystem(files.qualified(folder));
        List<String> ofBids =
                RecordingFolder.bidsFolders(root, tree).stream()
                        .flatMap(eeg -> tree.files(eeg).stream())
                        .map(path -> files.inSystemOf(folder, path))
                        .toList();
        return ofBids.isEmpty() ? flat : ofBids;
    }

    private static String nameOf(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    /** Files with annotations only would be runs without samples. */
    private static boolean hasSamples(HadoopFiles files, String path, String name) {
        try (InputStream in = files.open(path)) {
            boolean only = EdfReader.isAnnotationsOnly(in, name);
            if (only) {
                log.warn("{}: holds annotations only and is passed over", path);
            }
            return !only;
        } catch (IOException e) {
            throw new DataException(path + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static List<RunFile> ofRuns(String folder, Collection<String> runs, List<RunFile> all) {
        Map<String, List<String>> names = new HashMap<>();
        for (RunFile file : all) {
            String name = file.path().substring(file.path().lastIndexOf('/') + 1);
            names.computeIfAbsent(file.id().run(), run -> new ArrayList<>()).add(name);
        }
        List<String> known = RecordingFolder.known(folder, runs, names);
        return all.stream().filter(f -> known.isEmpty() || known.contains(f.id().run())).toList();
    }

    /** A result rather than an exception, since Spark would try an unreadable file four times. */
    private static Outcome outcome(
            HadoopFiles files, RecordingReader reader, RunFile file, List<String> channels) {
        try {
            return readLocally(
                    files,
                    file,
                    path ->
                            new Outcome(
                                    file,
                                    read(reader, path, file, channels).stream()
                                            .map(SparkRecordings::withoutSamples)
                                            .toList(),
                                    RecordingReader.badChannels(path),
                                    null));
        } catch (DataException e) {
            return new Outcome(file, null, null, file.path() + ": " + e.getMessage());
        } catch (IOException e) {
            String problem = file.path() + " cannot be read: " + e.getMessage();
            return new Outcome(file, null, null, problem);
        }
    }

    private static Recording withoutSamples(Recording piece) {
        return piece.withSamples(new float[piece.channels().size()][0], piece.samplingRate());
    }

    /** Uses a file and its companions while they exist locally: samples are read on demand. */
    private static <T> T readLocally(
            HadoopFiles files, RunFile file, HadoopFiles.LocalReader<T> use) throws IOException {
        return files.readLocally(
                file.path(),
                copy -> {
                    List<String> all = new ArrayList<>(RecordingReader.companions(copy));
                    RecordingReader.sidecars(
                                    HadoopFiles.withoutSystem(file.path()),
                                    files.treeOf(file.path()))
                            .forEach(table -> all.add(files.inSystemOf(file.path(), table)));
                    return all;
                },
                use);
    }

    private static List<Recording> read(
            RecordingReader reader, java.nio.file.Path path, RunFile file, List<String> channels) {
        return reader.read(path, channels).stream()
                .map(recording -> recording.withId(file.id()))
                .toList();
    }

    /** The recordings without samples, in the order of the files. */
    public List<Recording> summaries() {
        return List.copyOf(summaries);
    }

    /** What is wrong with each file that was skipped. */
    public List<String> skipped() {
        return List.copyOf(skipped);
    }

    /**
     * Cuts the epochs on the executors, which read the files.
     *
     * @param options how to filter and cut
     * @return one element for each file that has epochs; all of them with the same classes
     * @throws DataException if the recordings do not fit together or there are fewer than two
     *     classes
     */
    public JavaRDD<EpochSet> epochs(EpochingOptions options) {
        EpochingOptions named = EpochExtractor.named(summaries, options);
        HadoopFiles from = files;
        RecordingReader with = reader;
        return context.parallelize(good, good.size())
                .flatMap(
                        file ->
                                readLocally(
                                                from,
                                                file,
                                                path ->
                                                        EpochExtractor.extractFile(
                                                                read(
                                                                        with,
                                                                        path,
                                                                        file,
                                                                        named.channelsToRead()),
                                                                named))
                                        .stream()
                                        .iterator());
    }
}
