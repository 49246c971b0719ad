package org.lamina.zoo.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.lamina.zoo.data.DataException;
import org.lamina.zoo.data.NameList;
import org.lamina.zoo.data.files.FileNotes;
import org.lamina.zoo.data.files.RecordingFolder;
import org.lamina.zoo.data.files.RecordingFolder.RecordingFile;
import org.lamina.zoo.data.recording.Event;
import org.lamina.zoo.data.recording.Recording;
import org.lamina.zoo.data.recording.RecordingFormat;
import org.lamina.zoo.data.recording.RecordingId;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** The recordings of a folder and the names of their runs. */
@Command(
        name = "runs",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description =
                "Lists the recordings of a folder: run, as in --train-runs and --test-runs, person"
                    + " and session according to the file name, format, sampling rate, number of"
                    + " channels, length, and events with their counts. The exit code is 3 if one"
                    + " of them cannot be read.")
final class RunsCommand implements Callable<Integer> {
    private static final String NONE = "-";

    private final Console console;

    @Parameters(paramLabel = "DIR", description = "Folder of recordings.")
    private Path folder;

    @Mixin private final RecordingOptions reading = new RecordingOptions();

    RunsCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        RecordingFolder recordings = RecordingFolder.open(folder, reading.reader());
        FileNotes notes = new FileNotes();
        Map<String, List<String>> unusable = new LinkedHashMap<>();
        Map<List<String>, List<String>> filesOfChannels = new LinkedHashMap<>();
        List<String[]> rows = new ArrayList<>();
        rows.add("run person session file format rate channels length events".split(" "));
        for (RecordingFile file : recordings.files()) {
            String name = recordings.nameOf(file);
            try {
                List<Recording> pieces = recordings.read(file, List.of(), notes.of(name));
                filesOfChannels
                        .computeIfAbsent(pieces.get(0).channels(), c -> new ArrayList<>())
                        .add(name);
                rows.add(row(file.id(), name, pieces));
            } catch (DataException e) {
                unusable.computeIfAbsent(e.getMessage(), message -> new ArrayList<>()).add(name);
                rows.add(row(file.id(), name, format(name), NONE, NONE, NONE, "cannot be read"));
            }
        }
        Texts.table(rows).forEach(line -> console.print("%s", line));
        console.print("");
        filesOfChannels.forEach(
                (channels, files) ->
                        console.print(
                                "channels%s: %s",
                                filesOfChannels.size() == 1 ? "" : " of " + NameList.of(files),
                                String.join(", ", channels)));
        notes.each(note -> console.warn("%s", note));
        unusable.keySet().forEach(message -> console.error(message, null));
        return unusable.isEmpty() ? ExitCode.OK : ExitCode.DATA;
    }

    private static String[] row(RecordingId id, String... rest) {
        return Stream.concat(
                        Stream.of(
                                id.run(),
                                id.person(),
                                id.session().isEmpty() ? NONE : id.session()),
                        Stream.of(rest))
                .toArray(String[]::new);
    }

    private static String[] row(RecordingId id, String name, List<Recording> pieces) {
        Recording first = pieces.get(0);
        Set<String> rates = new LinkedHashSet<>();
        Map<String, Integer> events = new TreeMap<>(RecordingId::compareByNumber);
        double seconds = 0;
        for (Recording piece : pieces) {
            rates.add(Texts.number(piece.samplingRate()) + " Hz");
            seconds += piece.seconds();
            for (Event event : piece.events()) {
                events.merge(event.label(), 1, Integer::sum);
            }
        }
        List<String> counts = new ArrayList<>();
        events.forEach((label, count) -> counts.add(count + " x " + label));
        return row(
                id,
                name,
                format(name),
                String.join(", ", rates),
                Integer.toString(first.channels().size()),
                String.format(Locale.ROOT, "%.1f s", seconds)
                        + (pieces.size() == 1 ? "" : " in " + pieces.size() + " pieces"),
                counts.isEmpty() ? "none" : NameList.of(counts));
    }

    private static String format(String name) {
        return RecordingFormat.of(name).map(Enum::name).orElse(NONE);
    }
}
