package org.lamina.zoo.data.edf;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes small EDF and BDF files for tests, right ones and, on purpose, wrong ones. */
public final class EdfWriter {
    private final boolean bdf;
    private final Map<String, String> fields = new LinkedHashMap<>();
    private final List<String[]> signals = new ArrayList<>();
    private final List<byte[]> records = new ArrayList<>();

    public EdfWriter(boolean bdf, String reserved, String recordSeconds) {
        this.bdf = bdf;
        fields.put("patient", "X X X X");
        fields.put("recording", "Startdate X X X X");
        fields.put("date", "01.02.03");
        fields.put("time", "04.05.06");
        fields.put("headerBytes", null);
        fields.put("reserved", reserved);
        fields.put("records", null);
        fields.put("seconds", recordSeconds);
        fields.put("count", null);
    }

    /** Overrides a field of the fixed part. */
    public EdfWriter with(String field, String value) {
        if (!fields.containsKey(field)) {
            throw new IllegalArgumentException(field);
        }
        fields.put(field, value);
        return this;
    }

    public EdfWriter signal(
            String label,
            String unit,
            String physicalMin,
            String physicalMax,
            String digitalMin,
            String digitalMax,
            String samples) {
        signals.add(
                new String[] {
                    label,
                    "",
                    unit,
                    physicalMin,
                    physicalMax,
                    digitalMin,
                    digitalMax,
                    "",
                    samples,
                    ""
                });
        return this;
    }

    /** A signal whose physical values are its digital ones. */
    public EdfWriter plain(String label, int samples) {
        String min = bdf ? "-8388608" : "-32768";
        String max = bdf ? "8388607" : "32767";
        return signal(label, "uV", min, max, min, max, Integer.toString(samples));
    }

    public EdfWriter annotations(int samples) {
        return signal(
                bdf ? "BDF Annotations" : "EDF Annotations",
                "",
                "-1",
                "1",
                "-32768",
                "32767",
                Integer.toString(samples));
    }

    /** Adds a data record: int[] for samples, String for the bytes of annotations. */
    public EdfWriter record(Object... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int width = bdf ? 3 : 2;
        for (int s = 0; s < parts.length; s++) {
            if (parts[s] instanceof int[] values) {
                for (int value : values) {
                    for (int b = 0; b < width; b++) {
                        out.write(value >> (8 * b));
                    }
                }
            } else {
                byte[] text = ((String) parts[s]).getBytes(StandardCharsets.UTF_8);
                out.writeBytes(text);
                int size = Integer.parseInt(signals.get(s)[8]) * width;
                for (int i = text.length; i < size; i++) {
                    out.write(0);
                }
            }
        }
        records.add(out.toByteArray());
        return this;
    }

    public byte[] bytes() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        byte[] version = "0       ".getBytes(StandardCharsets.ISO_8859_1);
        out.writeBytes(bdf ? "\u00ffBIOSEMI".getBytes(StandardCharsets.ISO_8859_1) : version);
        int[] widths = {80, 80, 8, 8, 8, 44, 8, 8, 4};
        int i = 0;
        for (Map.Entry<String, String> field : fields.entrySet()) {
            String value = field.getValue();
            if (value == null) {
                value =
                        switch (field.getKey()) {
                            case "headerBytes" -> "" + 256 * (1 + signals.size());
                            case "records" -> "" + records.size();
                            default -> "" + signals.size();
                        };
            }
            put(out, value, widths[i++]);
        }
        int[] signalWidths = {16, 80, 8, 8, 8, 8, 8, 80, 8, 32};
        for (int f = 0; f < signalWidths.length; f++) {
            for (String[] signal : signals) {
                put(out, signal[f], signalWidths[f]);
            }
        }
        for (byte[] record : records) {
            out.writeBytes(record);
        }
        return out.toByteArray();
    }

    public Path write(Path file) throws IOException {
        return Files.write(file, bytes());
    }

    private static void put(ByteArrayOutputStream out, String text, int width) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        if (bytes.length > width) {
            throw new IllegalArgumentException("'" + text + "' exceeds " + width + " bytes");
        }
        out.writeBytes(bytes);
        for (int i = bytes.length; i < width; i++) {
            out.write(' ');
        }
    }
}
