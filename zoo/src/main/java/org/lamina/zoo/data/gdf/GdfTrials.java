package org.lamina.zoo.data.gdf;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.lamina.zoo.data.DataException;
import org.lamina.zoo.data.gdf.GdfEvents.GdfEvent;
import org.lamina.zoo.data.recording.Event;

/**
 * Event codes of the BCI Competitions: 768 start of a trial, 769 and above cues of class 1 and
 * above, 783 cue of unknown class, 1023 rejected trial, 32766 start of a new run.
 */
final class GdfTrials {
    static final int NEW_RUN = 0x7FFE;
    private static final int TRIAL = 768;
    private static final int UNKNOWN_CUE = 783;
    private static final int REJECTED = 1023;

    /** The codes of known classes end before the unknown one. */
    static final int MOST_CLASSES = UNKNOWN_CUE - TRIAL - 1;

    private GdfTrials() {}

    /** Whether there are cues to which class labels can apply. */
    static boolean hasCues(List<GdfEvent> events) {
        return events.stream().anyMatch(e -> isCue(e) || e.code() == UNKNOWN_CUE);
    }

    private static boolean isCue(GdfEvent event) {
        return event.code() > TRIAL && event.code() < UNKNOWN_CUE;
    }

    /**
     * Replaces cues of unknown class by those of the labels.
     *
     * @param file name of the recording
     * @throws DataException if the numbers of labels and cues differ
     */
    static List<GdfEvent> labelled(
            String file, List<GdfEvent> events, ClassLabels labels, Consumer<String> notes) {
        boolean unknown = events.stream().anyMatch(e -> e.code() == UNKNOWN_CUE);
        List<GdfEvent> result = new ArrayList<>();
        int cues = 0;
        int differ = 0;
        for (GdfEvent event : events) {
            if (unknown ? event.code() != UNKNOWN_CUE : !isCue(event)) {
                result.add(event);
                continue;
            }
            int number = cues++;
            int known = number < labels.classes().length ? labels.classes()[number] : 0;
            int code = known == 0 ? event.code() : TRIAL + known;
            differ += code == event.code() ? 0 : 1;
            result.add(new GdfEvent(event.position(), code, event.duration()));
        }
        if (cues != labels.classes().length) {
            throw new DataException(
                    "%s: %s has %d class labels for %d cues; replace or remove that file",
                    file, labels.file(), labels.classes().length, cues);
        }
        if (!unknown && differ > 0) {
            notes.accept(
                    String.format(
                            "%s differs from the recording in the class of %d of %d cues; using"
                                    + " those of the recording",
                            labels.file(), differ, cues));
            return events;
        }
        if (unknown) {
            notes.accept("classes of cues are read from " + labels.file());
        }
        return result;
    }

    /**
     * Events with their codes as labels; those of rejected trials are marked by {@link
     * Event#asRejected}.
     *
     * @param rate sampling rate of the positions in Hz
     */
    static List<Event> events(List<GdfEvent> table, double rate, Consumer<String> notes) {
        Iterator<Map.Entry<Long, Long>> parts = rejected(table).entrySet().iterator();
        Map.Entry<Long, Long> next = parts.hasNext() ? parts.next() : null;
        long end = Long.MIN_VALUE;
        List<Event> events = new ArrayList<>();
        for (GdfEvent event : table) {
            while (next != null && next.getKey() <= event.position()) {
                end = Math.max(end, next.getValue());
                next = parts.hasNext() ? parts.next() : null;
            }
            Event plain =
                    new Event(
                            event.position() / rate,
                            event.duration() < 0 ? Double.NaN : event.duration() / rate,
                            Integer.toString(event.code()));
            boolean keeps = event.code() == REJECTED || event.code() == NEW_RUN;
            events.add(keeps || event.position() >= end ? plain : plain.asRejected());
        }
        long marks = table.stream().filter(e -> e.code() == REJECTED).count();
        if (marks > 0) {
            notes.accept(
                    String.format(
                            "%d trials are marked as rejected (event %d); their events are labelled"
                                    + " %s etc. and used only if --labels names them",
                            marks, REJECTED, new Event(0, 0, "769").asRejected().label()));
        }
        return events;
    }

    /**
     * Rejected parts of the recording, end by start: the duration of each mark and the trial that
     * contains it.
     */
    private static NavigableMap<Long, Long> rejected(List<GdfEvent> table) {
        NavigableMap<Long, Long> trials = trials(table);
        NavigableMap<Long, Long> parts = new TreeMap<>();
        for (GdfEvent event : table) {
            if (event.code() == REJECTED) {
                long from = event.position();
                parts.merge(from, from + Math.max(1, event.duration()), Math::max);
                Map.Entry<Long, Long> trial = trials.floorEntry(from);
                if (trial != null && from < trial.getValue()) {
                    parts.merge(trial.getKey(), trial.getValue(), Math::max);
                }
            }
        }
        return parts;
    }

    /** Trials, end by start: a trial ends where the next one or a new run begins. */
    private static NavigableMap<Long, Long> trials(List<GdfEvent> table) {
        NavigableSet<Long> borders = new TreeSet<>();
        for (GdfEvent event : table) {
            if (event.code() == TRIAL || event.code() == NEW_RUN) {
                borders.add(event.position());
            }
        }
        NavigableMap<Long, Long> trials = new TreeMap<>();
        for (GdfEvent event : table) {
            if (event.code() == TRIAL) {
                Long end = borders.higher(event.position());
                trials.put(event.position(), end == null ? Long.MAX_VALUE : end);
            }
        }
        return trials;
    }
}
