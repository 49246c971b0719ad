package org.lamina.zoo.data;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.lamina.zoo.data.edf.EdfHeader;
import org.lamina.zoo.data.edf.EdfReader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A folder of recordings, one run a file: {@code .edf}, {@code .bdf}, {@code .csv} and {@code
 * .csv.gz}; other files and hidden ones are passed over. An EDF+ file that holds annotations only
 * (sleep stages, for example) gives them to the recording with the same start, where that has none.
 *
 * <p>If all file names contain subject and run as {@code S001R05} does, the run id is that number
 * ({@code 05}; files of several subjects then share runs); otherwise runs are numbered from 1 in
 * the order of the file names.
 */
public final class RecordingFolder {
    private static final Logger log = LoggerFactory.getLogger(RecordingFolder.class);
    private static final Pattern RECORDING = Pattern.compile("(?i).+\\.(edf|bdf|csv|csv\\.gz)");
    private static final Pattern NUMBER = Pattern.compile("\\d+");

    private final Path folder;
    private final Map<String, List<Path>> filesOfRun;
    private final Map<Path, Path> annotations;
    private final RecordingReader reader;

    private RecordingFolder(
            Path folder,
            Map<String, List<Path>> filesOfRun,
            Map<Path, Path> annotations,
            RecordingReader reader) {
        this.folder = folder;
        this.filesOfRun = filesOfRun;
        this.annotations = annotations;
        this.reader = reader;
    }

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
     * @param csv how to read text files
     * @return the recordings in it
     * @throws DataException if there is no such folder or no recording in it
     */
    public static RecordingFolder open(Path folder, CsvRecordingReader csv) {
        return open(folder, new RecordingReader(csv, false));
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
        List<Path> files;
        try (Stream<Path> list = Files.list(folder)) {
            files =
                    list.filter(Files::isRegularFile)
                            .filter(f -> isRecording(f.getFileName().toString()))
                            .sorted()
                            .collect(Collectors.toCollection(ArrayList::new));
        } catch (IOException e) {
            throw new DataException(folder + " cannot be listed: " + e.getMessage(), e);
        }
        Map<Path, Path> annotations = takeAnnotations(files);
        if (files.isEmpty()) {
            throw new DataException("No .edf, .bdf, .csv or .csv.gz file in " + folder);
        }
        List<String> runs = runIds(files.stream().map(f -> f.getFileName().toString()).toList());
        Map<String, List<Path>> filesOfRun = new TreeMap<>(RecordingFolder::compareRuns);
        for (int i = 0; i < files.size(); i++) {
            filesOfRun.computeIfAbsent(runs.get(i), r -> new ArrayList<>()).add(files.get(i));
        }
        return new RecordingFolder(folder, filesOfRun, annotations, reader);
    }

    /** Takes files of annotations only out of the list; by recording, those that belong to one. */
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
                        "{}: holds annotations only and is passed over: {} recordings here have"
                                + " its start, {}",
                        file.getFileName(),
                        same.size(),
                        starts.get(file));
            }
        }
        return annotations;
    }

    /**
     * Of an EDF or BDF file; null if it is none. What is wrong with it comes out when it is read.
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
     * @return whether it is a recording by its ending, and not hidden
     */
    public static boolean isRecording(String name) {
        return !name.startsWith(".") && hasRecordingEnding(name);
    }

    static boolean hasRecordingEnding(String name) {
        return RECORDING.matcher(name).matches();
    }

    /**
     * @param names of the recordings of a folder, sorted
     * @return run id of each
     */
    public static List<String> runIds(List<String> names) {
        boolean named =
                names.stream().allMatch(name -> NUMBER.matcher(Recording.runOf(name)).matches());
        List<String> runs = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            runs.add(named ? Recording.runOf(names.get(i)) : Integer.toString(i + 1));
        }
        return runs;
    }

    /** Numbers by value, so that 10 comes after 9. */
    private static int compareRuns(String a, String b) {
        int byLength = Integer.compare(withoutZeros(a).length(), withoutZeros(b).length());
        int byValue = byLength != 0 ? byLength : withoutZeros(a).compareTo(withoutZeros(b));
        return byValue != 0 ? byValue : a.compareTo(b);
    }

    private static String withoutZeros(String number) {
        return number.replaceFirst("^0+", "");
    }

    /**
     * @return run ids in order
     */
    public List<String> runs() {
        return List.copyOf(filesOfRun.keySet());
    }

    /**
     * Reads runs.
     *
     * @param runs which; empty means all
     * @param channels to read; empty means all
     * @return the recordings in the order of the runs asked for; a file with gaps gives several
     * @throws DataException if a run is unknown (lists those there are) or a file cannot be used
     */
    public List<Recording> load(Collection<String> runs, List<String> channels) {
        Set<String> wanted = new LinkedHashSet<>(runs.isEmpty() ? filesOfRun.keySet() : runs);
        checkKnown(wanted);
        List<Recording> recordings = new ArrayList<>();
        // What many files have in common is said once
        Map<String, List<String>> notes = new LinkedHashMap<>();
        for (String run : wanted) {
            for (Path file : filesOfRun.get(run)) {
                Consumer<String> ofFile =
                        note ->
                                notes.computeIfAbsent(note, n -> new ArrayList<>())
                                        .add(String.valueOf(file.getFileName()));
                for (Recording recording :
                        reader.read(file, annotations.get(file), channels, ofFile)) {
                    recordings.add(recording.withRun(run));
                }
            }
        }
        notes.forEach(
                (note, files) ->
                        log.warn(
                                "{}{}: {}",
                                files.get(0),
                                files.size() == 1 ? "" : " and " + (files.size() - 1) + " more",
                                note));
        return recordings;
    }

    /**
     * Reads, filters and cuts the runs of both sets.
     *
     * @param trainRuns runs to train on; empty means all that are not in test
     * @param testRuns runs to test with
     * @param options how to filter and cut
     * @return the two sets
     * @throws DataException if a run is unknown, in both sets, or the recordings do not give epochs
     *     of at least two classes to train on
     */
    public EpochSet.Split split(
            Collection<String> trainRuns, Collection<String> testRuns, EpochingOptions options) {
        Set<String> both = new LinkedHashSet<>(trainRuns.isEmpty() ? runs() : trainRuns);
        both.addAll(testRuns);
        return EpochExtractor.extract(load(both, options.channels()), options)
                .splitByRun(trainRuns, testRuns);
    }

    /**
     * Reads one recording file by its ending.
     *
     * @param file an {@code .edf}, {@code .bdf}, {@code .csv} or {@code .csv.gz} file
     * @param channels to read; empty means all
     * @return its continuous pieces
     * @throws DataException if it cannot be read or used
     */
    public static List<Recording> readFile(Path file, List<String> channels) {
        return new RecordingReader().read(file, channels);
    }

    private void checkKnown(Collection<String> wanted) {
        for (String run : wanted) {
            if (!filesOfRun.containsKey(run)) {
                List<String> available = new ArrayList<>();
                filesOfRun.forEach(
                        (id, files) -> available.add(id + " (" + files.get(0).getFileName() + ")"));
                throw new DataException(
                        String.format(
                                "No run '%s' in %s; available: %s",
                                run, folder, NameList.of(available)));
            }
        }
    }
}
