package org.lamina.zoo.data.reader;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.lamina.zoo.data.DataException;
import org.lamina.zoo.data.NameList;
import org.lamina.zoo.data.recording.Event;
import org.lamina.zoo.data.recording.Recording;
import org.lamina.zoo.data.recording.SampleSource;

/**
 * The channels to read from a file: the requested ones, by default all except stimulus channels and
 * those without a valid scale.
 *
 * @param indices in the file
 * @param names of the channels, with duplicates numbered
 * @param scales factors that convert voltages to microvolt, 1 for other quantities
 * @param unit of the scaled samples
 * @param samplingRate in Hz, the same for all
 */
public record ChannelSelection(
        int[] indices, List<String> names, double[] scales, String unit, double samplingRate) {

    /**
     * Selects channels. If the reader is strict, a channel without a valid scale is an error even
     * if it is not requested. Omitted channels and units that are not voltages are noted.
     *
     * @param tolerance of the reader
     * @param channels of the file; null for one without samples
     * @param wanted names compared by {@link Recording#canonical}; empty means all that are signals
     * @return the channels to read
     * @throws DataException if a channel is unknown or has no valid scale, none is left, or the
     *     sampling rates differ
     */
    public static ChannelSelection of(
            Tolerance tolerance, List<ChannelInfo> channels, List<String> wanted) {
        String file = tolerance.file();
        List<String> names = names(channels);
        List<Integer> candidates = new ArrayList<>();
        List<String> stimuli = new ArrayList<>();
        List<String> faulty = new ArrayList<>();
        String fault = null;
        for (int i = 0; i < channels.size(); i++) {
            ChannelInfo channel = channels.get(i);
            if (channel == null) {
                continue;
            }
            if (wanted.isEmpty() && channel.stimulus()) {
                stimuli.add(names.get(i));
            } else if (wanted.isEmpty() && channel.fault() != null && !tolerance.strict()) {
                faulty.add(names.get(i));
                fault = fault == null ? channel.fault() : fault;
            } else {
                candidates.add(i);
            }
        }
        if (candidates.isEmpty()) {
            throw new DataException(
                    "%s: no signals%s",
                    file,
                    fault != null
                            ? " with a valid scale; " + fault
                            : stimuli.isEmpty()
                                    ? ", only times or annotations"
                                    : ", only stimulus channels: " + NameList.of(stimuli));
        }
        if (!stimuli.isEmpty()) {
            tolerance.note(
                    "stimulus channels are input only if requested; omitted: "
                            + NameList.of(stimuli));
        }
        if (!faulty.isEmpty()) {
            tolerance.note(
                    "the header gives no valid scale for some channels; omitted: "
                            + NameList.of(faulty));
        }
        List<String> labels = candidates.stream().map(names::get).toList();
        int[] indices = Recording.indicesOf(file, labels, wanted.isEmpty() ? labels : wanted);
        List<String> picked = new ArrayList<>();
        List<ChannelInfo> infos = new ArrayList<>();
        for (int i = 0; i < indices.length; i++) {
            indices[i] = candidates.get(indices[i]);
            picked.add(names.get(indices[i]));
            infos.add(channels.get(indices[i]));
            if (infos.get(i).fault() != null) {
                throw new DataException(infos.get(i).fault());
            }
        }
        checkRates(file, picked, infos);
        double[] scales = new double[indices.length];
        String unit = scale(infos, scales, tolerance);
        return new ChannelSelection(indices, picked, scales, unit, infos.get(0).samplingRate());
    }

    /**
     * @param file its name
     * @param description where the samples come from, in words
     * @param samples of the selected channels
     * @param events in any order
     * @return a recording of the selected channels
     */
    public Recording recording(
            String file, String description, SampleSource samples, List<Event> events) {
        return new Recording(file, description, samplingRate, names, unit, samples, events);
    }

    private static List<String> names(List<ChannelInfo> channels) {
        Map<String, Integer> seen = new HashMap<>();
        List<String> names = new ArrayList<>();
        for (ChannelInfo channel : channels) {
            if (channel == null) {
                names.add(null);
                continue;
            }
            int count = seen.merge(Recording.canonical(channel.label()), 1, Integer::sum);
            names.add(count == 1 ? channel.label() : channel.label() + "-" + count);
        }
        return names;
    }

    private static void checkRates(String file, List<String> names, List<ChannelInfo> infos) {
        Map<Double, List<String>> rates = new TreeMap<>();
        for (int i = 0; i < infos.size(); i++) {
            rates.computeIfAbsent(infos.get(i).samplingRate(), rate -> new ArrayList<>())
                    .add(names.get(i));
        }
        if (rates.size() > 1) {
            StringBuilder list = new StringBuilder();
            rates.forEach(
                    (rate, of) ->
                            list.append(
                                    String.format(
                                            Locale.ROOT, " %s Hz: %s;", rate, NameList.of(of))));
            throw new DataException(
                    "%s: channels have different sampling rates:%s select channels with the same"
                            + " rate (--channels)",
                    file, list);
        }
    }

    private static String scale(List<ChannelInfo> infos, double[] scales, Tolerance tolerance) {
        Set<String> units = new LinkedHashSet<>();
        Map<String, List<String>> others = new LinkedHashMap<>();
        for (int i = 0; i < scales.length; i++) {
            ChannelInfo channel = infos.get(i);
            scales[i] = Voltage.microvolts(channel.unit());
            if (scales[i] > 0) {
                units.add("uV");
                continue;
            }
            scales[i] = 1;
            units.add(channel.unit());
            others.computeIfAbsent(channel.unit(), u -> new ArrayList<>()).add(channel.label());
        }
        others.forEach(
                (unit, labels) ->
                        tolerance.note(
                                String.format(
                                        "%s of %s; the values are used unchanged, as if in"
                                                + " microvolt",
                                        unit.isEmpty()
                                                ? "no unit"
                                                : "unit '" + unit + "', not a voltage,",
                                        NameList.of(labels))));
        return String.join(", ", units);
    }
}
