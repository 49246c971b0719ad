package org.lamina.zoo.data.eeglab;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.lamina.zoo.data.DataException;
import org.lamina.zoo.data.mat.MatFile.MatArray;
import org.lamina.zoo.data.mat.MatFile.MatStruct;
import org.lamina.zoo.data.recording.Event;

/**
 * The events of a file.
 *
 * @param events with a type and within the data
 * @param boundaries the first sample after each discontinuity
 */
record EeglabEvents(List<Event> events, List<Double> boundaries) {
    private static final int MOST = 500_000;

    /** Type of boundaries if EEGLAB writes types as numbers. */
    private static final String BOUNDARY_NUMBER = "-99";

    /**
     * Latencies are in samples counted from 1; boundaries lie between two samples.
     *
     * @param structs structures of the events; null if there are none
     */
    static EeglabEvents of(
            String file, MatStruct structs, int length, double rate, Consumer<String> notes) {
        List<Event> events = new ArrayList<>();
        List<Double> boundaries = new ArrayList<>();
        int count = structs == null ? 0 : structs.size();
        if (count > MOST) {
            throw new DataException("%s: %s events; at most %s", file, count, MOST);
        }
        int without = 0;
        int outside = 0;
        for (int i = 0; i < count; i++) {
            String type = text(structs.value("type", i));
            double latency = number(structs.value("latency", i));
            if (type == null) {
                throw new DataException(
                        "%s: the type of event %d is neither text nor a number", file, i + 1);
            }
            if (type.isBlank() || Double.isNaN(latency)) {
                without++;
            } else if (type.startsWith("boundary") || type.equals(BOUNDARY_NUMBER)) {
                boundaries.add(Math.ceil(latency) - 1);
            } else if (Math.rint(latency) < 1 || Math.rint(latency) > length) {
                outside++;
            } else {
                double duration = number(structs.value("duration", i)) / rate;
                events.add(new Event((latency - 1) / rate, duration, type));
            }
        }
        note(without, "without a type or a latency", notes);
        note(outside, "outside the data", notes);
        return new EeglabEvents(events, boundaries);
    }

    private static void note(int count, String which, Consumer<String> notes) {
        if (count > 0) {
            notes.accept(
                    (count == 1 ? "an event " : count + " events ")
                            + which
                            + (count == 1 ? " is" : " are")
                            + " ignored");
        }
    }

    /**
     * Text, or a number without trailing zeros; empty for an empty array, null for other values.
     */
    static String text(Object value) {
        if (value instanceof String text) {
            return text.strip();
        } else if (value instanceof MatArray array && array.size() <= 1) {
            double number = number(array);
            return Double.isNaN(number)
                    ? ""
                    : number == Math.rint(number) && Math.abs(number) < 1e15
                            ? Long.toString((long) number)
                            : Double.toString(number);
        }
        return null;
    }

    /** NaN for anything but a single number. */
    private static double number(Object value) {
        return value instanceof MatArray array && array.size() == 1
                ? array.values(1)[0]
                : Double.NaN;
    }
}
