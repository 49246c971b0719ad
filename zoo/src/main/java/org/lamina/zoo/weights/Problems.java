package org.lamina.zoo.weights;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.lamina.zoo.data.NameList;

/** Collects everything that is wrong with weights; a message lists ten problems of each kind. */
final class Problems {

    enum Kind {
        REFUSED("more like that"),
        MISSING("more are missing"),
        SHAPE("more have another shape"),
        TYPE("more have another data type"),
        VALUE("more have such values"),
        COPY("more differ from their copy"),
        UNNAMED("more have no name in the map"),
        UNUSED("more are not used"),
        NORM("more are outside theirs");

        private final String rest;

        Kind(String rest) {
            this.rest = rest;
        }
    }

    private final Map<Kind, List<String>> found = new EnumMap<>(Kind.class);

    void add(Kind kind, String format, Object... args) {
        found.computeIfAbsent(kind, k -> new ArrayList<>())
                .add(String.format(Locale.ROOT, format, args));
    }

    /**
     * @throws WeightsException if there are any
     */
    void check(String message) {
        if (!found.isEmpty()) {
            throw new WeightsException(
                    found.entrySet().stream()
                            .map(e -> NameList.of(e.getValue(), "; ", e.getKey().rest))
                            .collect(Collectors.joining("; ", message + ": ", "")));
        }
    }
}
