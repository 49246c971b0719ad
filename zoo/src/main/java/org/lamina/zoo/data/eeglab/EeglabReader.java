package org.lamina.zoo.data.eeglab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;
import org.lamina.zoo.data.DataException;
import org.lamina.zoo.data.RegularFile;
import org.lamina.zoo.data.mat.MatFile;
import org.lamina.zoo.data.mat.MatFile.MatArray;
import org.lamina.zoo.data.mat.MatFile.MatStruct;
import org.lamina.zoo.data.reader.ChannelInfo;
import org.lamina.zoo.data.reader.ChannelSelection;
import org.lamina.zoo.data.reader.FileSamples;
import org.lamina.zoo.data.reader.Gaps;
import org.lamina.zoo.data.reader.SampleType;
import org.lamina.zoo.data.reader.StimulusChannel;
import org.lamina.zoo.data.reader.Tolerance;
import org.lamina.zoo.data.recording.Recording;
import org.lamina.zoo.data.recording.RecordingFormat;
import org.lamina.zoo.data.recording.SampleSource;

/**
 * Reads {@code .set} files of <a href="https://eeglab.org">EEGLAB</a>: MAT files of version 5 or
 * 7.3 with the structure {@code EEG} or its fields as variables, and the samples in the same file
 * or an {@code .fdt} file (32-bit floating-point numbers, multiplexed), continuous or cut into
 * epochs. Samples are in microvolt. Samples in an {@code .fdt} file or an uncompressed file of
 * version 5 stay there and are read on demand.
 *
 * <p>Pieces of a recording end at {@code boundary} events and at the ends of epochs. Onsets of
 * events are given by their latencies; numeric types become text.
 */
public final class EeglabReader {
    private static final Set<String> VARIABLES =
            Set.of(
                    "EEG",
                    "ALLEEG",
                    "nbchan",
                    "pnts",
                    "trials",
                    "srate",
                    "data",
                    "chanlocs",
                    "event");
    private static final int MOST_CHANNELS = 100_000;

    private final Path path;
    private final String file;
    private final MatStruct eeg;
    private final Consumer<String> notes;

    private EeglabReader(Path path, MatStruct variables, Consumer<String> notes) {
        this.path = path;
        this.file = String.valueOf(path.getFileName());
        this.eeg = eeg(file, variables);
        this.notes = notes;
    }

    /**
     * @param path of a {@code .set} file
     * @param channels labels, compared by {@link Recording#canonical}; empty means all except
     *     stimulus channels
     * @param notes receives sentences about what was ignored or repaired
     * @return its continuous pieces
     * @throws DataException if it is not a file of EEGLAB or is damaged, or a channel is unknown
     */
    public static List<Recording> read(Path path, List<String> channels, Consumer<String> notes) {
        return MatFile.read(
                path, VARIABLES, all -> new EeglabReader(path, all, notes).recordings(channels));
    }

    /**
     * @param path of a {@code .set} file
     * @return names of the files in the same folder that may hold its samples; empty if it holds
     *     them itself
     * @throws DataException if it is not a file of EEGLAB or is damaged
     */
    public static List<String> companions(Path path) {
        return MatFile.read(
                path,
                VARIABLES,
                all -> {
                    EeglabReader reader = new EeglabReader(path, all, note -> {});
                    return reader.eeg.value("data", 0) instanceof String name
                            ? List.of(nameOf(name), reader.ownFdt())
                            : List.of();
                });
    }

    private static MatStruct eeg(String file, MatStruct variables) {
        if (variables.value("ALLEEG", 0) != null) {
            throw new DataException(
                    "%s: several data sets (ALLEEG); save each in its own file", file);
        }
        Object eeg = variables.value("EEG", 0);
        if (eeg == null) {
            eeg = variables;
        }
        if (!(eeg instanceof MatStruct struct) || struct.value("data", 0) == null) {
            throw new DataException("%s: a MAT file without EEG.data of EEGLAB", file);
        }
        if (struct.size() != 1) {
            throw new DataException(
                    "%s: %s data sets; save each in its own file", file, struct.size());
        }
        return struct;
    }

    private List<Recording> recordings(List<String> wanted) throws IOException {
        int channels = whole("nbchan", MOST_CHANNELS);
        int points = whole("pnts", Integer.MAX_VALUE);
        int trials = eeg.value("trials", 0) == null ? 1 : whole("trials", Integer.MAX_VALUE);
        long length = (long) points * trials;
        if (length > Integer.MAX_VALUE - 8) {
            throw new DataException("%s: %d samples per channel are too many", file, length);
        }
        double rate = number("srate");
        if (!(rate > 0) || Double.isInfinite(rate)) {
            throw new DataException("%s: sampling rate EEG.srate %s must be above 0", file, rate);
        }
        ChannelSelection picked =
                ChannelSelection.of(
                        new Tolerance(file, false, notes), channels(channels, rate), wanted);
        EeglabEvents events = EeglabEvents.of(file, structs("event"), (int) length, rate, notes);
        Gaps gaps = new Gaps((int) length);
        SampleSource samples = samples(channels, picked.indices(), points, trials);
        for (int row = 0; row < picked.indices().length; row++) {
            gaps.addNotNumbers(samples, row);
        }
        for (int trial = 1; trial < trials; trial++) {
            gaps.addBorder((double) trial * points);
        }
        events.boundaries().forEach(gaps::addBorder);
        Recording whole =
                picked.recording(
                        file,
                        file + (trials == 1 ? "" : ", " + trials + " epochs"),
                        samples,
                        events.events());
        return gaps.cut(whole, notes);
    }

    private double number(String field) {
        Object value = eeg.value(field, 0);
        if (value instanceof MatArray array && array.size() == 1) {
            return array.values(1)[0];
        }
        throw new DataException("%s: EEG.%s must be a number", file, field);
    }

    private int whole(String field, int most) {
        double value = number(field);
        if (value != Math.rint(value) || value < 1 || value > most) {
            throw new DataException(
                    "%s: EEG.%s is %s; it must be a whole number from 1 to %d",
                    file, field, value, most);
        }
        return (int) value;
    }

    /** A structure array; null if the field is missing or an empty array. */
    private MatStruct structs(String field) {
        Object value = eeg.value(field, 0);
        if (value == null || value instanceof MatArray array && array.size() == 0) {
            return null;
        } else if (value instanceof MatStruct structs) {
            return structs.size() == 0 ? null : structs;
        }
        throw new DataException("%s: EEG.%s must be a structure array", file, field);
    }

    private List<ChannelInfo> channels(int count, double rate) {
        MatStruct locations = structs("chanlocs");
        if (locations == null) {
            notes.accept("the channels have no names and are numbered from 1");
        } else if (locations.size() != count) {
            throw new DataException(
                    "%s: EEG.chanlocs describes %d channels, EEG.nbchan is %d",
                    file, locations.size(), count);
        }
        List<ChannelInfo> channels = new ArrayList<>();
        for (int c = 0; c < count; c++) {
            String label = locations == null ? "" : EeglabEvents.text(locations.value("labels", c));
            String type = locations == null ? "" : EeglabEvents.text(locations.value("type", c));
            label = label == null || label.isBlank() ? Integer.toString(c + 1) : label;
            boolean stimulus =
                    StimulusChannel.is(label, "") || type != null && StimulusChannel.is(type, "");
            channels.add(new ChannelInfo(label, "uV", rate, stimulus, null));
        }
        return channels;
    }

    private SampleSource samples(int channels, int[] picked, int points, int trials)
            throws IOException {
        Object data = eeg.value("data", 0);
        if (data instanceof String name) {
            return fdt(name, channels, picked, points * trials);
        }
        if (!(data instanceof MatArray array)) {
            throw new DataException(
                    "%s: EEG.data is neither an array nor the name of a file", file);
        }
        long[] found = array.dimensions();
        long[] expected = {channels, points, trials};
        if (!Arrays.equals(withThree(found), expected)) {
            throw new DataException(
                    "%s: EEG.data has the dimensions %s; nbchan, pnts and trials give %s",
                    file, Arrays.toString(found), Arrays.toString(expected));
        }
        return array.samples(picked, points * trials);
    }

    private static long[] withThree(long[] dimensions) {
        long[] three = Arrays.copyOf(dimensions, Math.max(3, dimensions.length));
        Arrays.fill(three, Math.min(dimensions.length, three.length), three.length, 1);
        return three;
    }

    /** The name without the folder where the file was saved. */
    private static String nameOf(String fdt) {
        return fdt.replaceFirst(".*[/\\\\]", "").strip();
    }

    /** Name of the file of samples if both were renamed. */
    private String ownFdt() {
        return RecordingFormat.stem(file) + ".fdt";
    }

    /**
     * Samples of an {@code .fdt} file. Its name may contain a folder of another machine, or be
     * outdated after renaming.
     */
    private FileSamples fdt(String name, int channels, int[] picked, int length)
            throws IOException {
        String last = nameOf(name);
        String own = ownFdt();
        if (!last.toLowerCase(Locale.ROOT).endsWith(".fdt")) {
            throw new DataException(
                    "%s: EEG.data is '%s'; only .fdt files are read (save it again with a newer"
                            + " version of EEGLAB)",
                    file, name);
        }
        Path samples = path.resolveSibling(last);
        if (!Files.exists(samples)) {
            samples = path.resolveSibling(own);
            if (!Files.exists(samples)) {
                throw new DataException(
                        "%s: its samples are in the file %s, which is missing in the same folder%s",
                        file, last, last.equals(own) ? "" : " (so is " + own + ")");
            }
            notes.accept("the samples should be in " + last + "; those in " + own + " are read");
        }
        RegularFile.check(samples);
        long bytes = Files.size(samples);
        long frame = (long) channels * Float.BYTES;
        if (bytes != length * frame) {
            throw new DataException(
                    "%s: %s has %d bytes, but %d channels of %d samples take %d",
                    file, samples.getFileName(), bytes, channels, length, length * frame);
        }
        List<FileSamples.Row> rows = new ArrayList<>();
        for (int channel : picked) {
            rows.add(
                    new FileSamples.Row(
                            (long) channel * Float.BYTES, 1, SampleType.FLOAT32, 1, 0, 1));
        }
        return new FileSamples(samples, bytes, 0, frame, rows, 0, length);
    }
}
