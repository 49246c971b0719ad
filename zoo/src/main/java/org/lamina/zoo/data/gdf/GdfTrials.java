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
 * What event codes of the BCI Competitions mean: 768 a trial begins, 769 and above the cue of class
 * 1 and above, 783 a cue of unknown class, 1023 the trial is rejected, 32766 a new run begins.
 */
final class GdfTrials {
    static final int NEW_RUN = 0x7FFE;
    private static final int TRIAL = 768;
    private static final int UNKNOWN_CUE = 783;
    private static final int REJECTED = 1023;

    /** Cues of classes are numbered up to the unknown one. */
    static final int MOST_CLASSES = UNKNOWN_CUE - TRIAL - 1;

    private GdfTrials() {}

    /** Whether there are cues, so that class labels mean something. */
    static boolean hasCues(List<GdfEvent> events) {
        return events.stream().anyMatch(e -> isCue(e) || e.code() == UNKNOWN_CUE);
    }

    private static boolean isCue(GdfEvent event) {
        return event.code() > TRIAL && event.code() < UNKNOWN_CUE;
    }

    /**
     * Gives cues of unknown class the class that the labels have for them.
     *
     * @param file name of the recording
     * @throws DataException if there are not as many labels as such cues
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
                    "%s: %s has %d class labels for %d cues; replace that file, or remove it",
                    file, labels.file(), labels.classes().length, cues);
        }
        if (!unknown && differ > 0) {
            notes.accept(
                    String.format(
                            "%s has other classes than the recording for %d of %d cues; those of"
                                    + " the recording are used",
                            labels.file(), differ, cues));
            return events;
        }
        if (unknown) {
            notes.accept("classes of cues are those of " + labels.file());
        }
        return result;
    }

    /**
     * Events with their codes as labels; those of rejected trials as {@link Event#asRejected}.
     *
     * @param rate in Hz, by which positions count
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
                            "%d trials are marked as rejected (event %d); their events are named"
                                    + " %s and so on and used only if --labels names them",
                            marks, REJECTED, new Event(0, 0, "769").asRejected().label()));
        }
        return events;
    }

    /**
     * Parts of the recording, beginning and end: a mark counts for its own duration and for the
     * trial that it is in.
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

    /** A trial ends where the next one or a new run begins. */
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
