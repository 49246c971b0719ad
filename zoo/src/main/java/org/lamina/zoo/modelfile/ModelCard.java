package org.lamina.zoo.modelfile;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.lamina.zoo.data.epochs.EpochingOptions;

/**
 * What a saved network needs besides its parameters: how recordings or images are converted to its
 * input, and what its outputs mean. It is part of the model file.
 *
 * @param network name of the network, e.g. {@code eegnet}
 * @param classes class names in the order of the outputs
 * @param image size of the images; null for a network for EEG, which the next four are about
 * @param channels channel names in the order of the input's third axis
 * @param samplingRate of the input in Hz
 * @param samples of one epoch
 * @param epoching how epochs are cut; channels and labels are given explicitly
 * @param data description of the training data
 * @param simulated whether they were simulated
 * @param settings of the training run
 * @param run id of that run, in all of its files; null in files of the first versions
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record ModelCard(
        String network,
        List<String> classes,
        ImageSize image,
        List<String> channels,
        double samplingRate,
        int samples,
        EpochingOptions epoching,
        String data,
        boolean simulated,
        Map<String, Object> settings,
        String run) {
    /**
     * Images as input {@code [N, channels, height, width]}.
     *
     * @param channels of an image
     * @param height in pixels
     * @param width in pixels
     */
    public record ImageSize(int channels, int height, int width) {}

    /** Largest sampling rate in Hz to which a file can have recordings converted. */
    private static final double HIGHEST_RATE = 1e6;

    /** Values of an epoch: 1 GiB. */
    private static final int LARGEST_EPOCH = 1 << 28;

    /** Copies. */
    @JsonCreator
    public ModelCard {
        classes = List.copyOf(required("classes", classes));
        channels = List.copyOf(required("channels", channels));
        settings = new LinkedHashMap<>(required("settings", settings));
    }

    private static <T> T required(String field, T value) {
        if (value == null) {
            throw new IllegalArgumentException("'" + field + "' is missing");
        }
        return value;
    }

    /** Type of the network's input. */
    public InputType inputType() {
        return image == null
                ? InputType.convolutional(channels.size(), samples, 1)
                : InputType.convolutional(image.height(), image.width(), image.channels());
    }

    /** What makes a card unusable; null if nothing does. */
    String problem() {
        if (network == null || data == null || classes.isEmpty()) {
            return "'network', 'data' or 'classes' is missing";
        }
        if (image != null) {
            return image.channels() > 0 && image.height() > 0 && image.width() > 0
                    ? null
                    : "the images have no size";
        }
        if (epoching == null) {
            return "'epoching' is missing";
        }
        if (channels.isEmpty() || samples < 1 || samples > LARGEST_EPOCH / channels.size()) {
            return "epochs of " + channels.size() + " channels and " + samples + " samples";
        }
        return samplingRate > 0 && samplingRate <= HIGHEST_RATE
                ? null
                : "a sampling rate of " + samplingRate + " Hz";
    }

    /**
     * The id of a training run, derived from everything that determines the result, so that the
     * same run gives the same files.
     *
     * @param network its name
     * @param settings of the run
     * @param fingerprint of the data
     * @return a UUID
     */
    public static String runId(String network, Map<String, Object> settings, long fingerprint) {
        String all = network + " " + settings + " " + fingerprint;
        return UUID.nameUUIDFromBytes(all.getBytes(StandardCharsets.UTF_8)).toString();
    }

    /**
     * The card of a training run.
     *
     * @param fingerprint of the data
     * @return this card with the run's id
     */
    public ModelCard ofRun(long fingerprint) {
        return new ModelCard(
                network,
                classes,
                image,
                channels,
                samplingRate,
                samples,
                epoching,
                data,
                simulated,
                settings,
                runId(network, settings, fingerprint));
    }

    /** The card of a network for EEG. */
    public ModelCard(
            String network,
            List<String> classes,
            List<String> channels,
            double samplingRate,
            int samples,
            EpochingOptions epoching,
            String data,
            boolean simulated,
            Map<String, Object> settings) {
        this(
                network,
                classes,
                null,
                channels,
                samplingRate,
                samples,
                epoching,
                data,
                simulated,
                settings,
                null);
    }

    /** The card of a network for images. */
    public static ModelCard ofImages(
            String network,
            List<String> classes,
            ImageSize image,
            String data,
            boolean simulated,
            Map<String, Object> settings) {
        return new ModelCard(
                network, classes, image, List.of(), 0, 0, null, data, simulated, settings, null);
    }
}
