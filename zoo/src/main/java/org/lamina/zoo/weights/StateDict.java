package org.lamina.zoo.weights;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.bytedeco.javacpp.Pointer;
import org.lamina.zoo.data.NameList;
import org.lamina.zoo.io.AtomicFile;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Arrays by name, in order: what PyTorch calls a state dict.
 *
 * <p>Files: {@code .safetensors} (https://huggingface.co/docs/safetensors) and {@code .npz}
 * (NumPy's), with floating point numbers of 16, 32 and 64 bits, bfloat16 (safetensors only), signed
 * and unsigned integers of 8 to 64 bits and booleans. Arrays are written and read back bit-exactly.
 * Files are not trusted: pickled files of PyTorch ({@code .pt}, {@code .pth}) are refused with an
 * explanation of how to convert them; headers of other files are checked against the file before
 * memory is allocated.
 *
 * <pre>{@code
 * StateDict weights = StateDict.read(Path.of("eegnet.safetensors"));
 * }</pre>
 */
public final class StateDict {

    /** A file of arrays. */
    enum Format {
        SAFETENSORS(".safetensors"),
        NPZ(".npz");

        private final String extension;

        Format(String extension) {
            this.extension = extension;
        }

        static Format of(Path file) {
            String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
            for (Format format : values()) {
                if (name.endsWith(format.extension)) {
                    return format;
                }
            }
            if (PYTORCH.matcher(name).find()) {
                throw new WeightsException(file + ": " + conversion(file));
            }
            throw new WeightsException(
                    file + ": the name must end with " + SAFETENSORS.extension + " or .npz");
        }
    }

    /** Extensions of pickled files. */
    private static final Pattern PYTORCH = Pattern.compile("\\.(pt|pth|ckpt|bin|pkl)$");

    private final Map<String, INDArray> arrays = new LinkedHashMap<>();

    /**
     * Reads a file.
     *
     * @param file with the extension .safetensors or .npz
     * @throws WeightsException naming the file, the array, what is wrong and what is allowed
     * @throws IOException if reading fails
     */
    public static StateDict read(Path file) throws IOException {
        return read(file, memoryLimit());
    }

    /**
     * Reads a file.
     *
     * @param file with the extension .safetensors or .npz
     * @param maxBytes memory that the arrays may take
     * @throws WeightsException naming the file, the array, what is wrong and what is allowed
     * @throws IOException if reading fails
     */
    public static StateDict read(Path file, long maxBytes) throws IOException {
        Format format = Format.of(file);
        if (!Files.isRegularFile(file)) {
            throw new WeightsException(file + ": there is no such file");
        }
        return format == Format.NPZ ? Npz.read(file, maxBytes) : SafeTensors.read(file, maxBytes);
    }

    /**
     * Writes a file atomically.
     *
     * @param file with the extension .safetensors or .npz
     * @throws WeightsException if the format does not know an array's data type
     * @throws IOException if it cannot be written
     */
    public void write(Path file) throws IOException {
        if (Format.of(file) == Format.NPZ) {
            Npz.check(this);
            AtomicFile.write(file, out -> Npz.write(this, out));
        } else {
            SafeTensors.check(this);
            AtomicFile.write(file, out -> SafeTensors.write(this, out));
        }
    }

    /**
     * How to convert a PyTorch file to a readable one; also valid Python if joined into one line.
     */
    private static String conversion(Path file) {
        String name = file.getFileName().toString();
        String npz = name.substring(0, name.lastIndexOf('.')) + Format.NPZ.extension;
        return "a file of PyTorch's is pickled, and reading it could run any code. Convert it with"
                + " Python:\nimport numpy, torch;\nstate = torch.load(\""
                + name
                + "\", map_location=\"cpu\", weights_only=True);\nnumpy.savez(\""
                + npz
                + "\", **{name: array.numpy() for name, array in state.get(\"state_dict\","
                + " state).items()})";
    }

    /** Half of what ND4J may allocate: the network that the arrays are for needs the other half. */
    static long memoryLimit() {
        long max = Pointer.maxBytes();
        return (max > 0 ? max : Runtime.getRuntime().maxMemory()) / 2;
    }

    /**
     * Adds an array.
     *
     * @param name not yet there
     * @param array kept, not copied
     * @throws WeightsException if there is an array of that name
     */
    public StateDict put(String name, INDArray array) {
        if (arrays.putIfAbsent(name, array) != null) {
            throw new WeightsException("there are two arrays with the name '" + name + "'");
        }
        return this;
    }

    /** The array of this name, or null. */
    public INDArray get(String name) {
        return arrays.get(name);
    }

    /** The names, in order. */
    public Set<String> names() {
        return arrays().keySet();
    }

    /** The arrays by name, in order; a view. */
    public Map<String, INDArray> arrays() {
        return Collections.unmodifiableMap(arrays);
    }

    @Override
    public String toString() {
        return "StateDict of " + arrays.size() + " arrays [" + NameList.of(names()) + "]";
    }
}
