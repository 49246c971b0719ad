package org.lamina.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import onnx.Onnx.NodeProto;

/**
 * The table of layers and networks in ONNX Runtime, from whatever the tests compare. With {@code
 * -Donnx.table=FILE} it replaces the one in that file when the tests end. Its last column says
 * whether all, some or none of what was compared can be written for Keras, too; what is written is
 * read again and must give the same outputs.
 */
final class OnnxTable {

    private static final String FILE = System.getProperty("onnx.table");
    private static final String HEADER = "| layer or network | ONNX operators |";

    /** Layers of one family, or a network. */
    private static final class Row {
        private final TreeSet<String> names = new TreeSet<>();
        private final TreeSet<String> operators = new TreeSet<>();
        private double largest;
        private int compared;
        private int keras;

        private String keras() {
            return keras == compared ? "yes" : keras == 0 ? "no" : "some";
        }
    }

    private static final Map<String, Row> ROWS = new TreeMap<>();

    static {
        if (FILE != null) {
            Runtime.getRuntime().addShutdownHook(new Thread(OnnxTable::write));
        }
    }

    private OnnxTable() {}

    /**
     * Notes a comparison; those of 1-D, 2-D and 3-D forms make one row.
     *
     * @param keras whether the same goes to Keras and back
     */
    static synchronized void add(
            String name, List<NodeProto> nodes, double difference, BooleanSupplier keras) {
        if (FILE == null) {
            return;
        }
        Row row = ROWS.computeIfAbsent(name.replaceFirst("[123]D", ""), key -> new Row());
        row.names.add(name);
        nodes.forEach(node -> row.operators.add(node.getOpType()));
        row.operators.remove("Identity");
        row.largest = Math.max(row.largest, difference);
        row.compared++;
        row.keras += keras.getAsBoolean() ? 1 : 0;
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
            while (end < lines.size() && lines.get(end).startsWith("|")) {
                end++;
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
                                row.keras()));
            }
            lines.addAll(start + 2, rows);
            Files.write(file, lines);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
