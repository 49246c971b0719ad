package org.lamina.zoo.onnx;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** How a network is written as ONNX. */
public final class OnnxOptions {

    private List<InputType> inputTypes = List.of();
    private boolean foldBatchNorm;
    private INDArray mean;
    private INDArray deviation;
    private final Map<String, String> metadata = new LinkedHashMap<>();

    /** Batch normalization as nodes of its own, no normalizer, no metadata. */
    public OnnxOptions() {}

    /**
     * Types of the network's inputs, which a network does not keep: they fix the sizes that the
     * file declares. Default: rank and channels from the first layers, sizes open.
     */
    public OnnxOptions inputTypes(InputType... values) {
        this.inputTypes = List.of(values);
        return this;
    }

    /**
     * Whether batch normalization is folded into the convolution or dense layer before it, where
     * nothing else reads that layer's output. Default false: nodes of its own.
     */
    public OnnxOptions foldBatchNorm(boolean value) {
        this.foldBatchNorm = value;
        return this;
    }

    /**
     * Standardizes the first input in the graph, {@code (x - mean) / deviation}, so that raw values
     * go in.
     *
     * @param mean of a shape that broadcasts along an input without its minibatch
     * @param deviation of the same shape, without zeros
     */
    public OnnxOptions standardize(INDArray mean, INDArray deviation) {
        this.mean = mean;
        this.deviation = deviation;
        return this;
    }

    /** An entry of the file's metadata. */
    public OnnxOptions metadata(String key, String value) {
        metadata.put(key, value);
        return this;
    }

    List<InputType> inputTypes() {
        return inputTypes;
    }

    boolean foldBatchNorm() {
        return foldBatchNorm;
    }

    INDArray mean() {
        return mean;
    }

    INDArray deviation() {
        return deviation;
    }

    Map<String, String> metadata() {
        return metadata;
    }
}
