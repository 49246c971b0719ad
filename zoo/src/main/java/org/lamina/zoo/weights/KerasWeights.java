package org.lamina.zoo.weights;

import io.jhdf.HdfFile;
import io.jhdf.api.Attribute;
import io.jhdf.api.Dataset;
import io.jhdf.api.Group;
import io.jhdf.api.Node;
import io.jhdf.exceptions.HdfException;
import io.jhdf.object.message.DataLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.nd4j.common.util.ArrayUtil;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Weights that Keras has saved as HDF5: a whole model or weights of Keras 2 ({@code .h5}), or the
 * weights of Keras 3 ({@code .weights.h5}).
 *
 * <p>An array is named {@code layer.index}, with its index within the layer: Keras 3 stores no
 * other name. Keras counts layers of a class through all models of a program; here the first is
 * {@code conv2d}, the next {@code conv2d_1} and so on, whatever their numbers are in the file.
 *
 * <p>Needs {@code io.jhdf:jhdf} on the class path.
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
        try (HdfFile hdf = new HdfFile(file)) {
            Map<String, List<Dataset>> layers = layers(hdf);
            if (layers.isEmpty()) {
                throw new WeightsException(
                        file + ": no weights of Keras 2 or 3 (no layer_names, no group layers)");
            }
            return arrays(file, renumbered(layers));
        } catch (WeightsException e) {
            throw e;
        } catch (HdfException | IndexOutOfBoundsException | ArithmeticException e) {
            throw damaged(file, e);
        } catch (RuntimeException e) {
            // The reader throws all kinds, depending on what is damaged.
            throw damaged(file, e);
        }
    }

    private static WeightsException damaged(Path file, RuntimeException e) {
        return new WeightsException(file + ": no or a damaged HDF5 file: " + e.getMessage(), e);
    }

    /** The datasets of each layer that has some. */
    private static Map<String, List<Dataset>> layers(Group root) {
        Group model = root;
        if (root.getChild("model_weights") instanceof Group) {
            model = (Group) root.getChild("model_weights");
        }
        Map<String, List<Dataset>> layers = new TreeMap<>();
        if (model.getAttribute("layer_names") != null) {
            for (String name : strings(model.getAttribute("layer_names"))) {
                Group layer = (Group) model.getChild(name);
                List<Dataset> arrays = new ArrayList<>();
                for (String weight : strings(layer.getAttribute("weight_names"))) {
                    arrays.add(layer.getDatasetByPath(weight));
                }
                layers.put(name, arrays);
            }
        } else if (root.getChild("layers") instanceof Group) {
            for (Node layer : ((Group) root.getChild("layers")).getChildren().values()) {
                Node vars = layer instanceof Group ? ((Group) layer).getChild("vars") : null;
                if (vars instanceof Group) {
                    Map<Integer, Dataset> arrays = new TreeMap<>();
                    ((Group) vars)
                            .getChildren()
                            .forEach((i, a) -> arrays.put(Integer.parseInt(i), (Dataset) a));
                    layers.put(layer.getName(), List.copyOf(arrays.values()));
                }
            }
        }
        layers.values().removeIf(List::isEmpty);
        return layers;
    }

    private static String[] strings(Attribute attribute) {
        Object data = attribute == null || attribute.isEmpty() ? null : attribute.getData();
        return data instanceof String[] ? (String[]) data : new String[0];
    }

    /** The layers under their names with numbers that count from none, in the order of the old. */
    private static Map<String, List<Dataset>> renumbered(Map<String, List<Dataset>> layers) {
        Map<String, Map<Integer, List<Dataset>>> byName = new TreeMap<>();
        layers.forEach(
                (name, arrays) -> {
                    Matcher match = NUMBERED.matcher(name);
                    match.matches();
                    int number = match.group(2) == null ? -1 : Integer.parseInt(match.group(2));
                    byName.computeIfAbsent(match.group(1), n -> new TreeMap<>())
                            .put(number, arrays);
                });
        Map<String, List<Dataset>> renumbered = new TreeMap<>();
        byName.forEach(
                (name, numbered) -> {
                    int count = 0;
                    for (List<Dataset> arrays : numbered.values()) {
                        renumbered.put(count == 0 ? name : name + "_" + count, arrays);
                        count++;
                    }
                });
        return renumbered;
    }

    private static StateDict arrays(Path file, Map<String, List<Dataset>> layers) {
        StateDict arrays = new StateDict();
        long[] left = {StateDict.memoryLimit()};
        layers.forEach(
                (layer, datasets) -> {
                    for (int i = 0; i < datasets.size(); i++) {
                        String name = layer + "." + i;
                        String array = file + ": array '" + name + "'";
                        INDArray values = array(datasets.get(i), left[0], array);
                        left[0] -= values.length() * values.dataType().width();
                        arrays.put(name, values);
                    }
                });
        return arrays;
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
                    array
                            + ": shape "
                            + Arrays.toString(shape)
                            + " needs "
                            + bytes
                            + " bytes; the file has "
                            + dataset.getStorageInBytes());
        }
        Object flat = dataset.getDataFlat();
        return type == float.class
                ? Nd4j.create((float[]) flat, shape, 'c')
                : Nd4j.create((double[]) flat, shape, 'c').castTo(DataType.DOUBLE);
    }
}
