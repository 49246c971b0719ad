package org.lamina.zoo.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.lamina.zoo.data.edf.EdfReader;

/**
 * A folder of recordings, one run a file: {@code .edf}, {@code .bdf}, {@code .csv} and {@code
 * .csv.gz}; other files are passed over.
 *
 * <p>If all file names contain subject and run as {@code S001R05} does, the run id is that number
 * ({@code 05}; files of several subjects then share runs); otherwise runs are numbered from 1 in
 * the order of the file names.
 */
public final class RecordingFolder {
    private static final Pattern RECORDING = Pattern.compile("(?i).+\\.(edf|bdf|csv|csv\\.gz)");
    private static final Pattern NUMBER = Pattern.compile("\\d+");

    private final Path folder;
    private final Map<String, List<Path>> filesOfRun;
    private final CsvRecordingReader csv;

    private RecordingFolder(
            Path folder, Map<String, List<Path>> filesOfRun, CsvRecordingReader csv) {
        this.folder = folder;
        this.filesOfRun = filesOfRun;
        this.csv = csv;
    }

    /**
     * @param folder to list
     * @return the recordings in it
     * @throws DataException if there is no such folder or no recording in it
     */
    public static RecordingFolder open(Path folder) {
        return open(folder, new CsvRecordingReader());
    }

    /**
     * @param folder to list
     * @param csv how to read text files
     * @return the recordings in it
     * @throws DataException if there is no such folder or no recording in it
     */
    public static RecordingFolder open(Path folder, CsvRecordingReader csv) {
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
                            .toList();
        } catch (IOException e) {
            throw new DataException(folder + " cannot be listed: " + e.getMessage(), e);
        }
        if (files.isEmpty()) {
            throw new DataException("No .edf, .bdf, .csv or .csv.gz file in " + folder);
        }
        List<String> runs = runIds(files.stream().map(f -> f.getFileName().toString()).toList());
        Map<String, List<Path>> filesOfRun = new TreeMap<>(RecordingFolder::compareRuns);
        for (int i = 0; i < files.size(); i++) {
            filesOfRun.computeIfAbsent(runs.get(i), r -> new ArrayList<>()).add(files.get(i));
        }
        return new RecordingFolder(folder, filesOfRun, csv);
    }

    /**
     * @param name of a file
     * @return whether it is a recording by its ending
     */
    public static boolean isRecording(String name) {
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
        for (String run : wanted) {
            for (Path file : filesOfRun.get(run)) {
                for (Recording recording : read(file, channels)) {
                    recordings.add(recording.withRun(run));
                }
            }
        }
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
        return read(file, channels, new CsvRecordingReader());
    }

    private List<Recording> read(Path file, List<String> channels) {
        return read(file, channels, csv);
    }

    private static List<Recording> read(Path file, List<String> channels, CsvRecordingReader csv) {
        String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
        if (!isRecording(name)) {
            throw new DataException(file + ": not an .edf, .bdf, .csv or .csv.gz file");
        }
        try {
            if (name.endsWith(".csv") || name.endsWith(".csv.gz")) {
                return csv.segments(file, channels);
            }
            try (EdfReader reader = EdfReader.open(file)) {
                return reader.segments(channels);
            }
        } catch (NoSuchFileException e) {
            throw new DataException("No file " + file, e);
        } catch (IOException e) {
            throw new DataException(file + " cannot be read: " + e.getMessage(), e);
        }
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
                                run, folder, String.join(", ", available)));
            }
        }
    }
}
