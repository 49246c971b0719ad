package org.lamina.zoo.onnx;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.lamina.zoo.data.epochs.ChannelStandardizer;
import org.lamina.zoo.data.epochs.EpochingOptions;
import org.lamina.zoo.modelfile.ModelCard;
import org.lamina.zoo.modelfile.ModelFile;
import org.lamina.zoo.weights.WeightsException;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.preprocessor.DataNormalization;
import org.nd4j.linalg.dataset.api.preprocessor.NormalizerStandardize;
import org.nd4j.linalg.factory.Nd4j;

/** How a network is written as ONNX. */
public final class OnnxOptions {

    private List<InputType> inputTypes = List.of();
    private boolean foldBatchNorm;
    private boolean publishedOrder;
    private boolean mask;
    private INDArray mean;
    private INDArray deviation;
    private final Map<String, String> metadata = new LinkedHashMap<>();

    /** The front in the cheaper order, other batch normalization as nodes, no normalizer. */
    public OnnxOptions() {}

    /**
     * Options for a model with its card: the input's size, and as metadata what a program needs to
     * prepare inputs and to read outputs.
     *
     * @param withNormalizer whether the normalizer is put into the graph, so that epochs or images
     *     go in as they are; else its numbers are metadata only
     * @throws WeightsException if the normalizer is of a kind that cannot be written
     */
    public static OnnxOptions of(ModelFile model, boolean withNormalizer) {
        OnnxOptions options = new OnnxOptions();
        ModelCard card = model.card();
        options.metadata("network", card.network());
        options.metadata("classes", json(card.classes()));
        options.inputTypes(card.inputType());
        if (card.image() == null) {
            options.metadata("channels", json(card.channels()));
            options.metadata("sampling_rate", Double.toString(card.samplingRate()));
            options.metadata("samples", Integer.toString(card.samples()));
            EpochingOptions epoching = card.epoching();
            options.metadata("band_pass", json(List.of(epoching.low(), epoching.high())));
            options.metadata("window", json(List.of(epoching.tmin(), epoching.tmax())));
            options.metadata("reference", json(epoching.reference()));
            options.metadata("moving_standardization", json(epoching.standardization()));
            options.metadata("alignment", json(epoching.alignment()));
        }
        return options.normalizer(model.normalizer(), withNormalizer);
    }

    private OnnxOptions normalizer(DataNormalization normalizer, boolean inGraph) {
        INDArray center;
        INDArray spread;
        if (normalizer instanceof ChannelStandardizer channels) {
            center = Nd4j.createFromArray(channels.mean()).reshape(channels.mean().length, 1);
            spread = Nd4j.createFromArray(channels.std()).reshape(channels.std().length, 1);
        } else if (normalizer instanceof NormalizerStandardize standard) {
            INDArray channelMeans = standard.getMean();
            center = channelMeans.dup().reshape(channelMeans.length(), 1, 1);
            spread = standard.getStd().dup().reshape(channelMeans.length(), 1, 1);
        } else {
            throw new WeightsException(
                    "normalizer %s cannot be written as ONNX",
                    normalizer.getClass().getSimpleName());
        }
        metadata("normalizer_mean", json(center.castTo(DataType.DOUBLE).data().asDouble()));
        metadata("normalizer_deviation", json(spread.castTo(DataType.DOUBLE).data().asDouble()));
        metadata("normalizer_in_graph", Boolean.toString(inGraph));
        return inGraph ? standardize(center, spread) : this;
    }

    private static String json(Object value) {
        try {
            return new ObjectMapper().writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

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
     * Whether the front of an EEG network, temporal filters, batch normalization and depthwise
     * spatial filters, is written in the order in which it is published. Default false: where that
     * is less work the spatial filters come first, and the normalization is folded into the
     * temporal ones; outputs are the same but for rounding.
     */
    public OnnxOptions publishedOrder(boolean value) {
        this.publishedOrder = value;
        return this;
    }

    /**
     * Whether there is a second input "mask", {@code [minibatch, time]}, of a network of time
     * series: 1 where a position of a padded example counts, else 0. Outputs are then those of the
     * network with that mask. Default false. What depends on an example's own length is refused:
     * upsampling, padding that continues a series, recurrent layers.
     */
    public OnnxOptions mask(boolean value) {
        this.mask = value;
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

    boolean publishedOrder() {
        return publishedOrder;
    }

    boolean mask() {
        return mask;
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
