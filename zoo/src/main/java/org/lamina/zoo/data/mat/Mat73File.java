package org.lamina.zoo.data.mat;

import io.jhdf.HdfFile;
import io.jhdf.api.Attribute;
import io.jhdf.api.Dataset;
import io.jhdf.api.Group;
import io.jhdf.api.Node;
import io.jhdf.object.datatype.Reference;
import java.lang.reflect.Array;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.lamina.zoo.data.DataException;
import org.lamina.zoo.data.recording.SampleSource;

/**
 * A MAT file of version 7.3, which is HDF5. A structure is a group with a member for each field;
 * the members of a structure array, and cell arrays, are data sets of references.
 */
final class Mat73File implements MatFile {
    private static final int LONGEST_TEXT = 100_000;
    private static final int MOST_ELEMENTS = 1_000_000;

    /** Number of values read at once. */
    private static final int BLOCK = 1 << 22;

    private final String name;
    private final HdfFile file;

    Mat73File(Path path) {
        this.name = String.valueOf(path.getFileName());
        this.file = new HdfFile(path);
    }

    @Override
    public MatStruct variables() {
        return new Structure(file);
    }

    @Override
    public void close() {
        file.close();
    }

    private Object value(Node node) {
        if (node instanceof Group group) {
            return new Structure(group);
        }
        if (!(node instanceof Dataset data)) {
            return null;
        }
        Object type = attribute(node, "MATLAB_class");
        if (isEmpty(data)) {
            return "char".equals(type) ? "" : new Numbers(data, true);
        } else if ("char".equals(type)) {
            return text(data);
        } else if (isReferences(data)) {
            long[] cells = references(data);
            return cells.length == 1 ? value(file.getNodeByAddress(cells[0])) : null;
        }
        return data.getJavaType().isPrimitive() ? new Numbers(data, false) : null;
    }

    private static Object attribute(Node node, String attribute) {
        Attribute found = node.getAttribute(attribute);
        return found == null ? null : found.getData();
    }

    /** An empty array has its dimensions as values. */
    private static boolean isEmpty(Dataset data) {
        return data.isEmpty()
                || data.getSize() == 0
                || attribute(data, "MATLAB_empty") instanceof Number empty && empty.intValue() != 0;
    }

    private static boolean isReferences(Dataset data) {
        return data.getDataType() instanceof Reference;
    }

    private long[] references(Dataset data) {
        check(data, MOST_ELEMENTS);
        return (long[]) data.getDataFlat();
    }

    private String text(Dataset data) {
        check(data, LONGEST_TEXT);
        Object characters = data.getDataFlat();
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < Array.getLength(characters); i++) {
            text.append((char) Array.getInt(characters, i));
        }
        return text.toString();
    }

    private void check(Dataset data, long most) {
        if (data.getSize() > most) {
            throw new DataException(
                    "%s: '%s' has %d elements; at most %d",
                    name, data.getName(), data.getSize(), most);
        }
    }

    private final class Structure implements MatStruct {
        private final Group group;
        private final Map<String, long[]> elements = new HashMap<>();

        Structure(Group group) {
            this.group = group;
        }

        @Override
        public int size() {
            int size = 1;
            for (String field : group.getChildren().keySet()) {
                long[] addresses = elements(field);
                if (addresses != null) {
                    size = addresses.length;
                    break;
                }
            }
            return size;
        }

        /** Addresses of the elements of a field; null if the structure is not an array. */
        private long[] elements(String field) {
            return elements.computeIfAbsent(
                    field,
                    f ->
                            group.getChild(f) instanceof Dataset data
                                            && attribute(data, "MATLAB_class") == null
                                            && isReferences(data)
                                    ? references(data)
                                    : null);
        }

        @Override
        public Object value(String field, int element) {
            Node child = group.getChild(field);
            if (child == null) {
                return null;
            }
            long[] addresses = elements(field);
            return Mat73File.this.value(
                    addresses == null ? child : file.getNodeByAddress(addresses[element]));
        }
    }

    private final class Numbers implements MatArray {
        private final Dataset data;
        private final boolean empty;

        Numbers(Dataset data, boolean empty) {
            this.data = data;
            this.empty = empty;
        }

        /** HDF5 stores the dimensions in reverse order. */
        @Override
        public long[] dimensions() {
            long[] reversed = data.getDimensionsAsLong();
            long[] dimensions = new long[reversed.length];
            for (int i = 0; i < reversed.length; i++) {
                dimensions[i] = empty ? 0 : reversed[reversed.length - 1 - i];
            }
            return dimensions;
        }

        @Override
        public double[] values(int most) {
            if (empty) {
                return new double[0];
            }
            check(data, most);
            Object flat = data.getDataFlat();
            if (flat instanceof Number number) {
                return new double[] {number.doubleValue()};
            }
            double[] values = new double[Array.getLength(flat)];
            Arrays.setAll(values, i -> Array.getDouble(flat, i));
            return values;
        }

        /** Reads everything at once, since compressed blocks hold many channels. */
        @Override
        public SampleSource samples(int[] rows, int length) {
            if ((long) rows.length * length * Float.BYTES > Runtime.getRuntime().maxMemory() / 2) {
                throw new DataException(
                        "%s: its samples do not fit into memory; increase java -Xmx, or save them"
                                + " in an .fdt file",
                        name);
            }
            int[] dimensions = data.getDimensions();
            int all = dimensions[dimensions.length - 1];
            float[][] samples = new float[rows.length][length];
            // The second to last dimension is time within an epoch, the one before it epochs
            int time = dimensions[dimensions.length - 2];
            int most = Math.max(1, Math.min(time, BLOCK / all));
            for (int done = 0; done < length; ) {
                long[] from = new long[dimensions.length];
                int[] size = new int[dimensions.length];
                Arrays.fill(size, 1);
                int within = done % time;
                int some = Math.min(most, time - within);
                from[dimensions.length - 2] = within;
                size[dimensions.length - 2] = some;
                size[dimensions.length - 1] = all;
                if (dimensions.length == 3) {
                    from[0] = done / time;
                }
                Object block = data.getData(from, size);
                block = dimensions.length == 3 ? Array.get(block, 0) : block;
                for (int t = 0; t < some; t++) {
                    Object frame = Array.get(block, t);
                    for (int r = 0; r < rows.length; r++) {
                        samples[r][done + t] = value(frame, rows[r]);
                    }
                }
                done += some;
            }
            return SampleSource.of(samples);
        }

        private float value(Object frame, int channel) {
            if (frame instanceof float[] values) {
                return values[channel];
            }
            return frame instanceof double[] values
                    ? (float) values[channel]
                    : (float) Array.getDouble(frame, channel);
        }
    }
}
