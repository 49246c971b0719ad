package org.lamina.zoo.data;

import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

/** Lists of names in messages. */
public final class NameList {

    private static final int MOST = 10;

    private NameList() {}

    /** The names, abbreviated after ten: {@code a, b, ... and 23 more}. */
    public static String of(Collection<String> names) {
        return of(names, ", ", "more");
    }

    /** The first name and the number of the others: {@code a and 23 more}. */
    public static String first(List<String> names) {
        return names.get(0) + (names.size() == 1 ? "" : " and " + (names.size() - 1) + " more");
    }

    /**
     * Texts, abbreviated after ten.
     *
     * @param texts to join
     * @param separator between two of them
     * @param rest noun for the omitted ones
     */
    public static String of(Collection<String> texts, String separator, String rest) {
        String shown = texts.stream().limit(MOST).collect(Collectors.joining(separator));
        int left = texts.size() - MOST;
        return left <= 0 ? shown : shown + separator + "... and " + left + " " + rest;
    }
}
