package org.lamina.zoo.data.reader;

import java.util.Locale;
import java.util.Set;

/**
 * Recognizes channels with trigger codes. These encode the stimuli or responses, so a network that
 * gets them as input would learn the answer instead of the signal.
 */
public final class StimulusChannel {
    private static final Set<String> WORDS =
            Set.of(
                    "status",
                    "sti",
                    "stim",
                    "stimulus",
                    "stimuli",
                    "trig",
                    "trigger",
                    "triggers",
                    "trg",
                    "mkr",
                    "mrk",
                    "marker",
                    "markers",
                    "event",
                    "events",
                    "ttl",
                    "din");

    private static final Set<String> UNITS = Set.of("boolean", "bool", "ttl", "code", "codes");

    private StimulusChannel() {}

    /**
     * @param name of a channel, in any case: {@code Status}, {@code STI 014}, {@code TRIG1}, {@code
     *     MKR+}, {@code Event marker} ...
     * @param unit of its values, in any case, e.g. {@code Boolean}; empty if there is none
     * @return whether a word of the name, or the unit, indicates trigger codes
     */
    public static boolean is(String name, String unit) {
        if (UNITS.contains(unit.strip().toLowerCase(Locale.ROOT))) {
            return true;
        }
        // Words end at digits, punctuation and changes from lower to upper case
        String words = name.replaceAll("(?<=\\p{Ll})(?=\\p{Lu})", " ").toLowerCase(Locale.ROOT);
        for (String word : words.split("[^\\p{L}]+")) {
            if (WORDS.contains(word)) {
                return true;
            }
        }
        return false;
    }
}
