package org.lamina.zoo.weights;

import io.jhdf.HdfFile;
import io.jhdf.api.Attribute;
import io.jhdf.api.Dataset;
import io.jhdf.api.Group;
import io.jhdf.api.Node;
import io.jhdf.object.message.DataLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.nd4j.common.util.ArrayUtil;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Reads weights that Keras saved as HDF5: a whole model or weights of Keras 2 ({@code .h5}), or the
 * weights of Keras 3 ({@code .weights.h5}).
 *
 * <p>An array is named {@code layer.index}, with its index within the layer: Keras 3 stores no
 * other name. Keras numbers the layers of a class through all models of a program; here the first
 * is {@code conv2d}, the next {@code conv2d_1} and so on, whatever their numbers are in the file.
 */
public final class KerasWeights {

    private static final Pattern NUMBERED = Pattern.compile("(.*?)(?:_(\\d+))?");

    private KerasWeights() {}

    /**
     * Reads a file.
     *
     * @throws WeightsException naming the file and what is wrong
     */
    public static StateDict read(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new WeightsException(file + ": there is no such file");
        }
        return reading(
                file.toString(),
                () -> new HdfFile(file),
                hdf -> {
                    Map<String, List<INDArray>> layers = layers(hdf, file.toString(), Set.of());
                    if (layers.isEmpty()) {
                        throw new WeightsException(
                                "%s: no weights of Keras 2 or 3 (no layer_names, no group layers)",
                                file);
                    }
                    StateDict arrays = new StateDict();
                    renumbered(layers)
                            .forEach(
                                    (layer, values) -> {
                                        for (int i = 0; i < values.size(); i++) {
                                            arrays.put(layer + "." + i, values.get(i));
                                        }
                                    });
                    return arrays;
                });
    }

    /**
     * Reads a file that may be damaged in any way.
     *
     * @param file its name, for messages
     * @throws WeightsException naming the file and what is wrong
     */
    public static <T> T reading(String file, Supplier<HdfFile> open, Function<HdfFile, T> read) {
        try (HdfFile hdf = open.get()) {
            return read.apply(hdf);
        } catch (WeightsException e) {
            throw e;
        } catch (RuntimeException e) {
            // The reader throws exceptions of all kinds, depending on the damage.
            String why = e.getMessage() == null ? "" : ": " + e.getMessage();
            throw new WeightsException(file + ": no or a damaged HDF5 file" + why, e);
        }
    }

    /**
     * The arrays of each layer that has some, in the layer's order, by the name of the layer's
     * group; those of a model's layers by {@code model/layer}.
     *
     * @param file its name, for messages
     * @param models names of the layers that are models
     * @throws WeightsException naming what is wrong
     */
    public static Map<String, List<INDArray>> layers(HdfFile hdf, String file, Set<String> models) {
        Map<String, List<INDArray>> layers = new TreeMap<>();
        long left = StateDict.memoryLimit();
        for (Map.Entry<String, List<Dataset>> layer : datasets(hdf, file, models).entrySet()) {
            List<INDArray> arrays = new ArrayList<>();
            for (Dataset dataset : layer.getValue()) {
                String name = layer.getKey() + "." + arrays.size();
                INDArray values = array(dataset, left, file + ": array '" + name + "'");
                left -= values.length() * values.dataType().width();
                arrays.add(values);
            }
            layers.put(layer.getKey(), arrays);
        }
        return layers;
    }

    /** The datasets of each layer that has some. */
    private static Map<String, List<Dataset>> datasets(
            Group root, String file, Set<String> models) {
        Group model = root.getChild("model_weights") instanceof Group whole ? whole : root;
        Map<String, List<Dataset>> layers = new TreeMap<>();
        // Keras 2.12 to 2.15 wrote the second name in its new format.
        for (String name : List.of("layers", "_layer_checkpoint_dependencies")) {
            if (layers.isEmpty() && root.getChild(name) instanceof Group group) {
                numbered(group, "", models.isEmpty(), layers);
            }
        }
        for (String name : strings(model, "layer_names")) {
            if (!(model.getChild(name) instanceof Group layer)) {
                throw new WeightsException("%s: layer \"%s\" has no group of weights", file, name);
            }
            for (String weight : strings(layer, "weight_names")) {
                String[] path = weight.split("/");
                boolean inner = models.contains(name) && path.length > 1;
                String owner = inner ? name + "/" + path[path.length - 2] : name;
                layers.computeIfAbsent(owner, key -> new ArrayList<>())
                        .add(layer.getDatasetByPath(weight));
            }
        }
        return layers;
    }

    /** Keras 3 numbers a layer's arrays. */
    private static void numbered(
            Group layers, String prefix, boolean flat, Map<String, List<Dataset>> datasets) {
        for (Node layer : layers.getChildren().values()) {
            if (!(layer instanceof Group group)) {
                continue;
            }
            String name = prefix + layer.getName();
            if (group.getChild("vars") instanceof Group vars) {
                Map<Integer, Dataset> arrays = new TreeMap<>();
                vars.getChildren().forEach((i, a) -> arrays.put(Integer.parseInt(i), (Dataset) a));
                if (!arrays.isEmpty()) {
                    datasets.put(name, List.copyOf(arrays.values()));
                }
            }
            if (!flat && group.getChild("layers") instanceof Group inner) {
                numbered(inner, name + "/", false, datasets);
            }
        }
    }

    /** A list of strings, which Keras splits into several attributes if it is long. */
    private static List<String> strings(Group group, String name) {
        if (group.getAttribute(name) != null) {
            return strings(group.getAttribute(name));
        }
        List<String> all = new ArrayList<>();
        for (int i = 0; group.getAttribute(name + i) != null; i++) {
            all.addAll(strings(group.getAttribute(name + i)));
        }
        return all;
    }

    private static List<String> strings(Attribute attribute) {
        Object data = attribute.isEmpty() ? null : attribute.getData();
        return data instanceof String[] strings ? List.of(strings) : List.of();
    }

    /** The layers under names that are numbered anew, in the order of the old numbers. */
    private static Map<String, List<INDArray>> renumbered(Map<String, List<INDArray>> layers) {
        Map<String, Map<Integer, List<INDArray>>> byName = new TreeMap<>();
        layers.forEach(
                (name, arrays) -> {
                    Matcher match = NUMBERED.matcher(name);
                    match.matches();
                    int number = match.group(2) == null ? -1 : Integer.parseInt(match.group(2));
                    byName.computeIfAbsent(match.group(1), n -> new TreeMap<>())
                            .put(number, arrays);
                });
        Map<String, List<INDArray>> renumbered = new TreeMap<>();
        byName.forEach(
                (name, numbered) -> {
                    int count = 0;
                    for (List<INDArray> arrays : numbered.values()) {
                        renumbered.put(count == 0 ? name : name + "_" + count, arrays);
                        count++;
                    }
                });
        return renumbered;
    }

    private static INDArray array(Dataset dataset, long left, String array) {
        long[] shape = ArrayUtil.toLongArray(dataset.getDimensions());
        Class<?> type = dataset.getJavaType();
        if (type != float.class && type != double.class) {
            throw new WeightsException(
                    array + ": data type " + type + "; allowed are float and double");
        }
        TensorType tensor = type == float.class ? TensorType.F32 : TensorType.F64;
        long bytes = Tensors.bytes(tensor, shape, array);
        Tensors.checkMemory(bytes, left, left, array);
        if (dataset.getDataLayout() != DataLayout.CHUNKED && dataset.getStorageInBytes() < bytes) {
            throw new WeightsException(
                    "%s: shape %s needs %s bytes; the file has %s",
                    array, Arrays.toString(shape), bytes, dataset.getStorageInBytes());
        }
        Object flat = dataset.getDataFlat();
        return type == float.class
                ? Nd4j.create((float[]) flat, shape, 'c')
                : Nd4j.create((double[]) flat, shape, 'c').castTo(DataType.DOUBLE);
    }
}
