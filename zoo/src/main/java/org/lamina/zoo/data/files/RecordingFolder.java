package org.lamina.zoo.data.files;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.lamina.zoo.data.DataException;
import org.lamina.zoo.data.NameList;
import org.lamina.zoo.data.csv.CsvRecordingReader;
import org.lamina.zoo.data.edf.EdfHeader;
import org.lamina.zoo.data.edf.EdfReader;
import org.lamina.zoo.data.epochs.EpochExtractor;
import org.lamina.zoo.data.epochs.EpochSet;
import org.lamina.zoo.data.epochs.EpochingOptions;
import org.lamina.zoo.data.recording.Recording;
import org.lamina.zoo.data.recording.RecordingFormat;
import org.lamina.zoo.data.recording.RecordingId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A folder of recordings, or a BIDS data set ({@code sub-01/ses-1/eeg/...}), with one run per file.
 * Hidden files and files in no {@link RecordingFormat} are ignored. For the names of people,
 * sessions and runs see {@link RecordingId}. The annotations of an EDF+ file without samples (sleep
 * stages, for example) are used for the recording with the same start if it has none. Channels
 * marked as bad in one recording of a BIDS data set are omitted from all recordings that are loaded
 * together.
 */
public final class RecordingFolder {
    private static final Logger log = LoggerFactory.getLogger(RecordingFolder.class);

    private final Path folder;
    private final List<RecordingFile> files;
    private final Map<Path, Path> annotations;
    private final RecordingReader reader;

    private RecordingFolder(
            Path folder,
            List<RecordingFile> files,
            Map<Path, Path> annotations,
            RecordingReader reader) {
        this.folder = folder;
        this.files = files;
        this.annotations = annotations;
        this.reader = reader;
    }

    /**
     * A file of the folder.
     *
     * @param path of the file
     * @param id identity of the recording
     */
    public record RecordingFile(Path path, RecordingId id) {}

    /**
     * @param folder to list
     * @return the recordings in it
     * @throws DataException if there is no such folder or no recording in it
     */
    public static RecordingFolder open(Path folder) {
        return open(folder, new RecordingReader());
    }

    /**
     * @param folder to list
     * @param csv how to read CSV files
     * @return the recordings in it
     * @throws DataException if there is no such folder or no recording in it
     */
    public static RecordingFolder open(Path folder, CsvRecordingReader csv) {
        return open(folder, new RecordingReader(csv, false, false));
    }

    /**
     * @param folder to list
     * @param reader of the files
     * @return the recordings in it
     * @throws DataException if there is no such folder or no recording in it
     */
    public static RecordingFolder open(Path folder, RecordingReader reader) {
        if (!Files.isDirectory(folder)) {
            throw new DataException(
                    Files.exists(folder)
                            ? folder + " is a file; a folder with recordings is needed"
                            : "No folder " + folder);
        }
        List<Path> files = recordings(folder, list(folder));
        Map<Path, Path> annotations = takeAnnotations(files);
        if (files.isEmpty()) {
            throw nothingIn(folder.toString());
        }
        List<RecordingId> ids =
                RecordingId.of(
                        String.valueOf(folder.toAbsolutePath().normalize().getFileName()),
                        files.stream().map(f -> f.getFileName().toString()).toList());
        List<RecordingFile> recordings = new ArrayList<>();
        for (int i = 0; i < files.size(); i++) {
            recordings.add(new RecordingFile(files.get(i), ids.get(i)));
        }
        recordings.sort(Comparator.comparing(f -> f.id().run(), RecordingId::compareByNumber));
        return new RecordingFolder(folder, List.copyOf(recordings), annotations, reader);
    }

    /**
     * @param folder that was listed
     * @return the error if it holds no recording
     */
    public static DataException nothingIn(String folder) {
        return new DataException(
                "No recording in %s; names of recordings end in %s",
                folder, RecordingFormat.endings());
    }

    /** The entries of a folder, or of the recording folders of a BIDS data set. */
    private static List<Path> list(Path folder) {
        List<Path> ofBids = new ArrayList<>();
        for (Path eeg : bidsFolders(folder, FileTree.LOCAL)) {
            ofBids.addAll(FileTree.list(eeg, path -> true));
        }
        return ofBids.isEmpty() ? FileTree.list(folder, path -> true) : ofBids;
    }

    /**
     * @param folder that may be a BIDS data set
     * @param tree that it is in
     * @return its folders of recordings, {@code sub-.../[ses-.../]eeg}, sorted; empty if it is not
     *     a BIDS data set
     */
    public static List<Path> bidsFolders(Path folder, FileTree tree) {
        List<Path> found = new ArrayList<>();
        for (Path person : folders(folder, "sub-.+", tree)) {
            List<Path> sessions = new ArrayList<>(folders(person, "ses-.+", tree));
            sessions.add(person);
            sessions.forEach(session -> found.addAll(folders(session, "i?eeg", tree)));
        }
        return found.stream().sorted().toList();
    }

    private static List<Path> folders(Path folder, String name, FileTree tree) {
        return tree.folders(folder).stream()
                .filter(path -> path.getFileName().toString().matches(name))
                .toList();
    }

    /** Files in supported formats; reports others that could be converted. */
    private static List<Path> recordings(Path folder, List<Path> all) {
        List<Path> files = new ArrayList<>();
        List<String> others = new ArrayList<>();
        for (Path file : all) {
            String name = file.getFileName().toString();
            if (isRecording(name) && Files.isRegularFile(file)) {
                files.add(file);
            } else if (isRecording(name) && Files.isSymbolicLink(file)) {
                throw new DataException(
                        "%s: a link to missing content; fetch it with 'datalad get' or 'git annex"
                                + " get' in the data set",
                        file);
            } else if (!name.startsWith(".") && RecordingFormat.conversion(name).isPresent()) {
                others.add(name);
            }
        }
        if (!others.isEmpty()) {
            String how = RecordingFormat.conversion(others.get(0)).orElseThrow();
            if (files.isEmpty()) {
                throw new DataException("No recording in %s can be read; %s", folder, how);
            }
            log.warn(
                    "{} {} ignored; {}",
                    NameList.of(others),
                    others.size() == 1 ? "is" : "are",
                    how);
        }
        return files;
    }

    /**
     * Removes files with annotations only from the list, and maps recordings to those that belong
     * to them.
     */
    private static Map<Path, Path> takeAnnotations(List<Path> files) {
        Map<Path, String> starts = new LinkedHashMap<>();
        List<Path> only = new ArrayList<>();
        for (Path file : files) {
            EdfHeader header = headerOf(file);
            if (header != null) {
                starts.put(file, header.startDate() + " " + header.startTime());
                if (header.isAnnotationsOnly()) {
                    only.add(file);
                }
            }
        }
        files.removeAll(only);
        Map<Path, Path> annotations = new HashMap<>();
        for (Path file : only) {
            List<Path> same =
                    files.stream()
                            .filter(other -> starts.get(file).equals(starts.get(other)))
                            .toList();
            if (same.size() != 1 || annotations.putIfAbsent(same.get(0), file) != null) {
                log.warn(
                        "{}: ignored, has only annotations, and {} recordings in this folder have"
                                + " the same start, {}",
                        file.getFileName(),
                        same.size(),
                        starts.get(file));
            }
        }
        return annotations;
    }

    /**
     * Header of an EDF or BDF file; null for other files and damaged headers, which are reported
     * when the file is read.
     */
    private static EdfHeader headerOf(Path file) {
        if (file.toString().toLowerCase(Locale.ROOT).matches(".*\\.[eb]df")) {
            try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
                return EdfReader.readHeader(in, file.toString());
            } catch (IOException | DataException e) {
                log.debug("{}: no header", file, e);
            }
        }
        return null;
    }

    /**
     * @param name of a file
     * @return whether it has the extension of a recording and is not hidden
     */
    public static boolean isRecording(String name) {
        return !name.startsWith(".") && RecordingFormat.of(name).isPresent();
    }

    /**
     * @return the recordings, sorted by run
     */
    public List<RecordingFile> files() {
        return files;
    }

    /**
     * @return run ids in order
     */
    public List<String> runs() {
        return files.stream().map(file -> file.id().run()).distinct().toList();
    }

    /**
     * Reads runs.
     *
     * @param runs names of runs; empty means all
     * @param channels to read; empty means all
     * @return the recordings in the order of the runs; a file with gaps gives several
     * @throws DataException if a run is unknown (the message lists those available) or a file
     *     cannot be used
     */
    public List<Recording> load(Collection<String> runs, List<String> channels) {
        List<String> wanted =
                runs.isEmpty() ? runs() : known(folder.toString(), runs, namesByRun());
        List<Recording> recordings = new ArrayList<>();
        FileNotes notes = new FileNotes();
        for (String run : wanted) {
            for (RecordingFile file : files) {
                if (file.id().run().equals(run)) {
                    recordings.addAll(read(file, channels, notes.of(nameOf(file))));
                }
            }
        }
        if (channels.isEmpty() && !reader.badChannels()) {
            Set<String> bad = new LinkedHashSet<>();
            for (RecordingFile file : files) {
                if (wanted.contains(file.id().run())) {
                    bad.addAll(RecordingReader.badChannels(file.path()));
                }
            }
            recordings = withoutBad(recordings, bad, notes);
        }
        notes.each(log::warn);
        return recordings;
    }

    /**
     * Removes bad channels from recordings that are used together and must have the same channels.
     *
     * @param recordings to be used together
     * @param bad channels that are bad in one of them, see {@link RecordingReader#badChannels}
     * @param notes receives notes on recordings that lose channels
     * @return the recordings without these channels
     * @throws DataException if one has no other channels
     */
    public static List<Recording> withoutBad(
            List<Recording> recordings, Set<String> bad, FileNotes notes) {
        List<Recording> without = new ArrayList<>();
        for (Recording recording : recordings) {
            List<String> left =
                    recording.channels().stream()
                            .filter(channel -> !bad.contains(Recording.canonical(channel)))
                            .toList();
            if (left.isEmpty()) {
                throw new DataException(
                        "%s: each channel is bad in one of the recordings (--bad-channels uses"
                                + " them)",
                        recording.name());
            }
            if (left.size() == recording.channels().size()) {
                without.add(recording);
            } else {
                without.add(recording.pick(left));
                notes.of(recording.name())
                        .accept("channels that are bad in other recordings are omitted");
            }
        }
        return without;
    }

    /**
     * Reads the runs of both sets, and filters and cuts them.
     *
     * @param trainRuns runs to train on; empty means all that are not in test
     * @param testRuns runs to test with
     * @param options how to filter and cut
     * @return the two sets
     * @throws DataException if a run is unknown or in both sets, or the training set has fewer than
     *     two classes
     */
    public EpochSet.Split split(
            Collection<String> trainRuns, Collection<String> testRuns, EpochingOptions options) {
        Set<String> both = new LinkedHashSet<>(trainRuns.isEmpty() ? runs() : trainRuns);
        both.addAll(testRuns);
        return EpochExtractor.extract(load(both, options.channelsToRead()), options)
                .splitByRun(trainRuns, testRuns);
    }

    /**
     * Reads one recording file in the format of its extension.
     *
     * @param file in a {@link RecordingFormat}
     * @param channels to read; empty means all
     * @return its continuous pieces
     * @throws DataException if it cannot be read or used
     */
    public static List<Recording> readFile(Path file, List<String> channels) {
        return new RecordingReader().read(file, channels);
    }

    /**
     * Reads one file.
     *
     * @param file of {@link #files}
     * @param channels to read; empty means all
     * @param notes receives sentences about what was ignored or repaired
     * @return its continuous pieces
     * @throws DataException if it cannot be used
     */
    public List<Recording> read(RecordingFile file, List<String> channels, Consumer<String> notes) {
        return reader.read(file.path(), annotations.get(file.path()), channels, notes).stream()
                .map(recording -> recording.withId(file.id()))
                .toList();
    }

    private Map<String, List<String>> namesByRun() {
        return files.stream()
                .collect(
                        Collectors.groupingBy(
                                file -> file.id().run(),
                                Collectors.mapping(this::nameOf, Collectors.toList())));
    }

    /**
     * @param file of {@link #files}
     * @return its path within the folder
     */
    public String nameOf(RecordingFile file) {
        return folder.relativize(file.path()).toString();
    }

    /**
     * Finds runs by name, see {@link RecordingId#matching}.
     *
     * @param folder of the recordings
     * @param wanted names of runs
     * @param filesOfRun file names by run
     * @return the full names of these runs
     * @throws DataException if a run is unknown (the message lists runs and files) or ambiguous
     */
    public static List<String> known(
            String folder, Collection<String> wanted, Map<String, List<String>> filesOfRun) {
        List<String> runs = RecordingId.matching(wanted, filesOfRun.keySet());
        for (String run : runs) {
            if (!filesOfRun.containsKey(run)) {
                List<String> available =
                        filesOfRun.keySet().stream()
                                .sorted(RecordingId::compareByNumber)
                                .map(id -> id + " (" + NameList.first(filesOfRun.get(id)) + ")")
                                .toList();
                throw new DataException(
                        "No run '%s' in %s; available: %s", run, folder, NameList.of(available));
            }
        }
        return runs;
    }
}
