package org.lamina.zoo.keras;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jhdf.HdfFile;
import io.jhdf.WritableHdfFile;
import io.jhdf.api.WritableGroup;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lamina.harness.KerasRoundTrip;
import org.lamina.zoo.weights.WeightsException;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Layers that TensorFlow.js does not have, in files of Keras 2 that are written here field by
 * field: {@code model_config} of the root, {@code layer_names} of {@code model_weights}, {@code
 * weight_names} of the layer's group, and the arrays by these names. Outputs are Keras's formulas.
 */
class KerasLayersTest {

    private static final int BATCH = 2;

    @TempDir Path folder;

    private final Random random = new Random(7);

    /** A Sequential model of one layer, and where its weights are. */
    private Path file(
            String className,
            String shape,
            String arguments,
            String names,
            Map<String, ?> weights) {
        String config =
                """
                {"class_name": "Sequential", "config": {"name": "model", "layers": [
                  {"class_name": "InputLayer",
                   "config": {"name": "x", "batch_input_shape": [null, %s], "dtype": "float32"}},
                  {"class_name": "%s",
                   "config": {"name": "layer", "trainable": true, "dtype": "float32", %s}}]}}
                """
                        .formatted(shape, className, arguments);
        Path file = folder.resolve("model.h5");
        try (WritableHdfFile hdf = HdfFile.write(file)) {
            hdf.putAttribute("model_config", config);
            hdf.putAttribute("keras_version", "2.15.0");
            hdf.putAttribute("backend", "tensorflow");
            WritableGroup model = hdf.putGroup("model_weights");
            model.putAttribute("layer_names", names.split(" "));
            WritableGroup layer = model.putGroup("layer");
            if (!weights.isEmpty()) {
                WritableGroup inner = layer.putGroup("layer");
                weights.forEach((name, value) -> inner.putDataset(name + ":0", value));
                layer.putAttribute(
                        "weight_names",
                        weights.keySet().stream()
                                .map(name -> "layer/" + name + ":0")
                                .toArray(String[]::new));
            }
            hdf.putDataset("end", new float[1]); // over which jhdf writes its name
        }
        return file;
    }

    private float[] values(int length) {
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    /** The output with channels last. */
    private static INDArray output(Path file, INDArray x) throws Exception {
        boolean images = x.rank() == 4;
        INDArray first = images ? x.permute(0, 3, 1, 2).dup('c') : x.permute(0, 2, 1).dup('c');
        INDArray y = KerasRoundTrip.outputs(Keras.read(file), first)[0];
        return images ? y.permute(0, 2, 3, 1) : y.permute(0, 2, 1);
    }

    /**
     * With one channel in each group, channels of an example have mean 0 and variance 1 along
     * space.
     */
    @ParameterizedTest
    @CsvSource({
        "4, true, true, 12",
        "-1, true, false, 12",
        "4, false, true, '3, 4'",
        "-1, false, false, '3, 4'",
        "4, true, true, '3, 4'"
    })
    void groupNormalization(int groups, boolean scale, boolean center, String space)
            throws Exception {
        int channels = 4;
        int positions = 12;
        double epsilon = 0.25;
        float[] gamma = values(channels);
        float[] beta = values(channels);
        Map<String, Object> weights = new LinkedHashMap<>();
        if (scale) {
            weights.put("gamma", gamma);
        }
        if (center) {
            weights.put("beta", beta);
        }
        String arguments =
                """
                "groups": %d, "axis": -1, "epsilon": %s, "scale": %s, "center": %s,
                "gamma_initializer": "ones", "beta_initializer": "zeros",
                "gamma_constraint": null, "beta_constraint": null
                """
                        .formatted(groups, epsilon, scale, center);
        Path file = file("GroupNormalization", space + ", 4", arguments, "layer", weights);
        INDArray x = Nd4j.create(values(BATCH * positions * channels), BATCH, positions, channels);
        INDArray expected = Nd4j.create(DataType.FLOAT, x.shape());
        for (int n = 0; n < BATCH; n++) {
            for (int c = 0; c < channels; c++) {
                double mean = 0;
                double square = 0;
                for (int t = 0; t < positions; t++) {
                    mean += x.getDouble(n, t, c) / positions;
                    square += Math.pow(x.getDouble(n, t, c), 2) / positions;
                }
                double deviation = Math.sqrt(square - mean * mean + epsilon);
                for (int t = 0; t < positions; t++) {
                    double y = (x.getDouble(n, t, c) - mean) / deviation;
                    y = y * (scale ? gamma[c] : 1) + (center ? beta[c] : 0);
                    expected.putScalar(n, t, c, y);
                }
            }
        }
        long[] shape = space.length() > 2 ? new long[] {BATCH, 3, 4, channels} : x.shape();
        close(expected.reshape(shape), output(file, x.reshape(shape)));
    }

    /**
     * Each step of the input adds the kernel to the output, a stride after that of the step before.
     * As long as the steps times the stride with padding 'same', as much as a kernel reaches else.
     *
     * @param length of the input as the file says it
     */
    @ParameterizedTest
    @CsvSource({
        "3, 2, valid, 5, 11",
        "2, 3, valid, 5, 15",
        "4, 2, same, 5, 10",
        "3, 2, same, 5, 10",
        "2, 3, same, 5, 15",
        "5, 1, same, 5, 5",
        "5, 2, same, null, 10"
    })
    void conv1dTranspose(int kernel, int stride, String padding, String length, int outputs)
            throws Exception {
        int steps = 5;
        int in = 3;
        int out = 2;
        float[][][] weight = new float[kernel][out][];
        for (int k = 0; k < kernel; k++) {
            for (int o = 0; o < out; o++) {
                weight[k][o] = values(in);
            }
        }
        float[] bias = values(out);
        Map<String, Object> weights = new LinkedHashMap<>();
        weights.put("kernel", weight);
        weights.put("bias", bias);
        String arguments =
                """
                "filters": %d, "kernel_size": [%d], "strides": [%d], "padding": "%s",
                "data_format": "channels_last", "dilation_rate": [1], "groups": 1,
                "activation": "linear", "use_bias": true, "output_padding": null
                """
                        .formatted(out, kernel, stride, padding);
        Path file = file("Conv1DTranspose", length + ", 3", arguments, "layer", weights);
        INDArray x = Nd4j.create(values(BATCH * steps * in), BATCH, steps, in);
        int before = padding.equals("same") ? Math.max(0, kernel - stride) / 2 : 0;
        INDArray expected = Nd4j.create(DataType.FLOAT, BATCH, outputs, out);
        for (int n = 0; n < BATCH; n++) {
            for (int o = 0; o < out; o++) {
                double[] y = new double[outputs];
                for (int t = 0; t < steps; t++) {
                    for (int k = 0; k < kernel; k++) {
                        int at = t * stride + k - before;
                        for (int i = 0; i < in && at >= 0 && at < outputs; i++) {
                            y[at] += x.getDouble(n, t, i) * weight[k][o][i];
                        }
                    }
                }
                for (int t = 0; t < outputs; t++) {
                    expected.putScalar(n, t, o, y[t] + bias[o]);
                }
            }
        }
        close(expected, output(file, x));
    }

    private static void close(INDArray expected, INDArray actual) {
        assertArrayEquals(expected.shape(), actual.shape());
        assertEquals(0, expected.sub(actual).amaxNumber().doubleValue(), 2e-6);
    }

    @Test
    void refusalsNameTheFile() {
        Map<String, Object> weights = Map.of("gamma", values(4));
        Path file = file("GroupNormalization", "5, 4", "\"groups\": 4", "layer other", weights);
        WeightsException e = assertThrows(WeightsException.class, () -> Keras.read(file));
        assertEquals(file + ": layer \"other\" has no group of weights", e.getMessage());
        file("GroupNormalization", "5, 4", "\"groups\": 2", "layer", weights);
        e = assertThrows(WeightsException.class, () -> Keras.read(file));
        assertTrue(e.getMessage().startsWith(file + ": layer \"layer\" (GroupN"), e.getMessage());
        assertTrue(e.getMessage().contains("groups = 2; only as many as"), e.getMessage());
    }
}
