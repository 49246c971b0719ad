package org.lamina.zoo.onnx;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongUnaryOperator;
import onnx.Onnx.TensorProto;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.lamina.zoo.data.NameList;
import org.lamina.zoo.weights.Parameters;
import org.lamina.zoo.weights.StateDict;
import org.lamina.zoo.weights.WeightsException;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Parameters out of a file that {@link Onnx} has written. Where each element of them lies is seen
 * in an export of the same network with parameters of numbers that occur once: so a layer's layout
 * in the file is known in one place, its export.
 */
final class OwnWeights {

    /** Digits of a number; each is exact as float. */
    private static final long BASE = 1 << 20;

    /** The parameters' values, flat, by the number of their first element. */
    private final TreeMap<Long, float[]> values = new TreeMap<>();

    private final BitSet found = new BitSet();

    private OwnWeights() {}

    /**
     * The parameters under their own names.
     *
     * @param network of the same layers; not changed
     * @param file the arrays of the file
     * @param options as for the export
     * @throws WeightsException if the file is not of such a network or holds what was folded
     */
    static StateDict read(Model network, StateDict file, OnnxOptions options) {
        Model probe = copy(network);
        Map<String, INDArray> parameters = Parameters.of(probe).arrays();
        number(parameters, number -> number % BASE);
        Map<String, INDArray> low = constants(probe, options);
        number(parameters, number -> number / BASE);
        Map<String, INDArray> high = constants(probe, options);
        OwnWeights own = new OwnWeights();
        long count = 0;
        for (INDArray parameter : parameters.values()) {
            own.values.put(count, new float[(int) parameter.length()]);
            count += parameter.length();
        }
        Set<String> wrong = new LinkedHashSet<>(file.names());
        wrong.removeIf(name -> low.containsKey(name) || name.startsWith("normalizer."));
        low.forEach(
                (name, digits) -> {
                    if (!own.take(digits, high.get(name), file.get(name))) {
                        wrong.add(name);
                    }
                });
        if (!wrong.isEmpty() || own.found.cardinality() != count) {
            throw new WeightsException(
                    "this ONNX file does not hold the parameters of the network as they are (%s):"
                        + " it is of another network, or weights were folded. The export folds"
                        + " standardized weights and gains, logarithms of variances, batch"
                        + " normalization with --fold-batch-norm, and the front of an EEG network"
                        + " without --published-order; use the model's .zip file",
                    NameList.of(wrong));
        }
        StateDict read = new StateDict();
        List<float[]> flat = new ArrayList<>(own.values.values());
        parameters.forEach(
                (name, array) -> read.put(name, Nd4j.create(flat.remove(0), array.shape(), 'c')));
        return read;
    }

    private static Model copy(Model network) {
        return network instanceof MultiLayerNetwork layers
                ? layers.clone()
                : ((ComputationGraph) network).clone();
    }

    /** Sets element n of all parameters to {@code -digit(n) - 0.5}, which no constant is. */
    private static void number(Map<String, INDArray> parameters, LongUnaryOperator digit) {
        long next = 0;
        for (INDArray parameter : parameters.values()) {
            float[] numbers = new float[(int) parameter.length()];
            for (int i = 0; i < numbers.length; i++) {
                numbers[i] = -digit.applyAsLong(next++) - 0.5f;
            }
            parameter.assign(Nd4j.create(numbers, parameter.shape(), 'c'));
        }
    }

    private static long digit(float number) {
        long digit = (long) (-number - 0.5f);
        return number == -digit - 0.5f && digit >= 0 && digit < BASE ? digit : -1;
    }

    private static Map<String, INDArray> constants(Model network, OnnxOptions options) {
        Map<String, INDArray> constants = new LinkedHashMap<>();
        for (TensorProto tensor : Onnx.model(network, options).getGraph().getInitializerList()) {
            if (tensor.getDataType() == TensorProto.DataType.FLOAT_VALUE) {
                constants.put(tensor.getName(), OnnxGraph.floats(tensor));
            }
        }
        return constants;
    }

    /**
     * Takes an array's parameters; false if there are elements that are neither those nor fixed.
     */
    private boolean take(INDArray low, INDArray high, INDArray array) {
        if (array == null || !Arrays.equals(array.shape(), low.shape())) {
            return false;
        }
        float[] lows = low.data().asFloat();
        float[] highs = high.data().asFloat();
        float[] elements = array.castTo(DataType.FLOAT).dup('c').data().asFloat();
        for (int i = 0; i < elements.length; i++) {
            long number = digit(highs[i]) * BASE + digit(lows[i]);
            Map.Entry<Long, float[]> parameter = values.floorEntry(number);
            if (digit(lows[i]) < 0 || digit(highs[i]) < 0) {
                if (lows[i] != highs[i]) {
                    return false;
                }
            } else if (number - parameter.getKey() < parameter.getValue().length) {
                parameter.getValue()[(int) (number - parameter.getKey())] = elements[i];
                found.set((int) number);
            }
        }
        return true;
    }
}
