package org.lamina.zoo.data.mat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import org.lamina.zoo.data.DataException;
import org.lamina.zoo.data.recording.SampleSource;
import us.hebi.matlab.mat.format.Mat5;
import us.hebi.matlab.mat.types.Array;
import us.hebi.matlab.mat.types.Cell;
import us.hebi.matlab.mat.types.Char;
import us.hebi.matlab.mat.types.Matrix;
import us.hebi.matlab.mat.types.Struct;

/** A MAT file of version 5. */
final class Mat5File implements MatFile {
    private final Path path;
    private final long bytes;
    private final Struct variables = Mat5.newStruct();

    Mat5File(Path path, Set<String> names) throws IOException {
        this.path = path;
        this.bytes = Files.size(path);
        MappedSource source = new MappedSource(path);
        Mat5.newReader(source)
                .setBufferAllocator(source)
                .disableSubsystemProcessing()
                .setEntryFilter(header -> source.expect(names.contains(header.getName())))
                .readMat()
                .getEntries()
                .forEach(
                        entry -> {
                            if (names.contains(entry.getName())) {
                                variables.set(entry.getName(), entry.getValue());
                            }
                        });
    }

    @Override
    public MatStruct variables() {
        return new Structure(variables);
    }

    @Override
    public void close() {
        // Everything is read on opening
    }

    private Object value(Array array) {
        if (array instanceof Struct struct) {
            return new Structure(struct);
        } else if (array instanceof Matrix matrix) {
            return new Numbers(matrix);
        } else if (array instanceof Char text) {
            return text.getNumElements() == 0 ? "" : text.getRow(0);
        } else if (array instanceof Cell cell && cell.getNumElements() == 1) {
            return value(cell.get(0));
        }
        return null;
    }

    private final class Structure implements MatStruct {
        private final Struct struct;

        Structure(Struct struct) {
            this.struct = struct;
        }

        @Override
        public int size() {
            return struct.getNumElements();
        }

        @Override
        public Object value(String field, int element) {
            return struct.getFieldNames().contains(field)
                    ? Mat5File.this.value(struct.get(field, element))
                    : null;
        }
    }

    private final class Numbers implements MatArray {
        private final Matrix matrix;

        Numbers(Matrix matrix) {
            this.matrix = matrix;
        }

        @Override
        public long[] dimensions() {
            return Arrays.stream(matrix.getDimensions()).asLongStream().toArray();
        }

        @Override
        public double[] values(int most) {
            if (size() > most) {
                throw new DataException(
                        "%s: an array has %d elements; at most %d",
                        path.getFileName(), size(), most);
            }
            double[] values = new double[(int) size()];
            Arrays.setAll(values, matrix::getDouble);
            return values;
        }

        @Override
        public SampleSource samples(int[] rows, int length) {
            int all = matrix.getDimensions()[0];
            // Fails if the data are shorter than the dimensions
            matrix.getDouble(all * length - 1);
            return new SampleSource() {
                @Override
                public int length() {
                    return length;
                }

                @Override
                public void copy(int channel, int from, float[] target, int offset, int count) {
                    checkUnchanged();
                    int at = from * all + rows[channel];
                    for (int i = 0; i < count; i++, at += all) {
                        target[offset + i] = (float) matrix.getDouble(at);
                    }
                }
            };
        }
    }

    private void checkUnchanged() {
        try {
            if (Files.size(path) != bytes) {
                throw new IOException("the file changed while in use");
            }
        } catch (IOException e) {
            throw new DataException("%s cannot be read: %s", path, e.getMessage(), e);
        }
    }
}
