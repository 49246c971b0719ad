package org.lamina.zoo.report;

import com.samskivert.mustache.Mustache;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Parts shared by the pages of reports. */
final class Page {
    private Page() {}

    /** Fills in a template of this package, which may include others. */
    static String html(String template, Map<String, Object> values) throws IOException {
        Mustache.Compiler compiler = Mustache.compiler().defaultValue("").withLoader(Page::open);
        try (Reader reader = open(template)) {
            return compiler.compile(reader).execute(values);
        }
    }

    private static Reader open(String name) {
        InputStream in = Page.class.getResourceAsStream(name);
        return new InputStreamReader(in, StandardCharsets.UTF_8);
    }

    static String score(Double value) {
        return value == null ? "–" : String.format(Locale.ROOT, "%.3f", value);
    }

    static List<Map<String, Object>> pairs(Map<String, String> map) {
        List<Map<String, Object>> rows = new ArrayList<>();
        map.forEach((name, value) -> rows.add(Map.of("name", name, "value", value)));
        return rows;
    }

    /** Rows of a confusion matrix. */
    static List<Map<String, Object>> confusion(List<String> classes, int[][] confusion) {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (int k = 0; k < classes.size(); k++) {
            int total = Arrays.stream(confusion[k]).sum();
            List<Map<String, Object>> cells = new ArrayList<>();
            for (int count : confusion[k]) {
                double share = total == 0 ? 0 : (double) count / total;
                cells.add(
                        Map.of(
                                "count",
                                count,
                                "percent",
                                Math.round(100 * share),
                                "strength",
                                String.format(Locale.ROOT, "%.2f", share),
                                "dark",
                                share > 0.6));
            }
            rows.add(Map.of("name", classes.get(k), "cells", cells));
        }
        return rows;
    }
}
