package org.lamina.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import onnx.Onnx.NodeProto;

/**
 * The table of layers and networks in ONNX Runtime, from whatever the tests compare. With {@code
 * -Donnx.table=FILE} it replaces the one in that file when the tests end; a row keeps its last
 * column, which says whether Keras's whole models can have it.
 */
final class OnnxTable {

    private static final String FILE = System.getProperty("onnx.table");
    private static final String HEADER = "| layer or network | ONNX operators |";

    /** Layers of one family, or a network. */
    private static final class Row {
        private final TreeSet<String> names = new TreeSet<>();
        private final TreeSet<String> operators = new TreeSet<>();
        private double largest;
    }

    private static final Map<String, Row> ROWS = new TreeMap<>();

    static {
        if (FILE != null) {
            Runtime.getRuntime().addShutdownHook(new Thread(OnnxTable::write));
        }
    }

    private OnnxTable() {}

    /** Notes a comparison; those of 1-D, 2-D and 3-D forms make one row. */
    static synchronized void add(String name, List<NodeProto> nodes, double difference) {
        if (FILE == null) {
            return;
        }
        Row row = ROWS.computeIfAbsent(name.replaceFirst("[123]D", ""), key -> new Row());
        row.names.add(name);
        nodes.forEach(node -> row.operators.add(node.getOpType()));
        row.operators.remove("Identity");
        row.largest = Math.max(row.largest, difference);
    }

    private static synchronized void write() {
        try {
            Path file = Path.of(FILE);
            List<String> lines = new ArrayList<>(Files.readAllLines(file));
            int start = 0;
            while (!lines.get(start).startsWith(HEADER)) {
                start++;
            }
            int end = start + 2;
            Map<String, String> keras = new HashMap<>();
            for (; end < lines.size() && lines.get(end).startsWith("|"); end++) {
                String[] cells = lines.get(end).split("\\|");
                keras.put(cells[1].strip(), cells[cells.length - 1].strip());
            }
            lines.subList(start + 2, end).clear();
            List<String> rows = new ArrayList<>();
            for (Row row : ROWS.values()) {
                String names = String.join(", ", row.names);
                rows.add(
                        String.format(
                                Locale.ROOT,
                                "| %s | %s | %.1e | %s |",
                                names,
                                row.operators.stream().collect(Collectors.joining(", ")),
                                row.largest,
                                keras.getOrDefault(names, "no")));
            }
            lines.addAll(start + 2, rows);
            Files.write(file, lines);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
