package org.lamina.zoo.training;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.lamina.zoo.data.EpochingOptions;

/**
 * What a saved network needs beside its parameters: how recordings become its input, and what its
 * outputs mean. It travels in the model file.
 *
 * @param network name of the network, e.g. {@code eegnet}
 * @param classes class names in the order of the outputs
 * @param channels channel names in the order of the input's third axis
 * @param samplingRate of the input in Hz
 * @param samples of one epoch
 * @param epoching how epochs are cut; channels and labels are given explicitly
 * @param data what the network was trained on, for people
 * @param simulated whether those were simulated
 * @param settings of the training run
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record ModelCard(
        String network,
        List<String> classes,
        List<String> channels,
        double samplingRate,
        int samples,
        EpochingOptions epoching,
        String data,
        boolean simulated,
        Map<String, Object> settings) {
    /** Copies. */
    public ModelCard {
        classes = List.copyOf(classes);
        channels = List.copyOf(channels);
        settings = new LinkedHashMap<>(settings);
    }
}
