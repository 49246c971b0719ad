package org.lamina.zoo.cli;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.core.type.TypeReference;
import java.util.Map;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.lamina.optimize.AdaptiveGradientClipping;
import org.lamina.optimize.CosineSchedule;
import org.lamina.zoo.NFNet;
import org.lamina.zoo.data.DataException;
import org.lamina.zoo.data.image.ImageSet;
import org.lamina.zoo.training.TrainingPlan;
import org.nd4j.linalg.learning.config.Nesterovs;

/**
 * Everything that a training run on images depends on. They are written to the results and to
 * checkpoints.
 *
 * @param data folder of the images; null: generated shapes
 * @param epochs passes over the training images
 * @param batch images of one update
 * @param lr largest learning rate
 * @param clip adaptive gradient clipping, 0: none
 * @param standardizedWeights whether weights are standardized
 * @param examples number of training images that are used, 0: all
 * @param seed of everything random
 * @param momentum of the updates
 * @param labelSmoothing share of the labels that is spread over all classes
 * @param averageDecay of the average of the parameters
 */
record ImageSettings(
        String data,
        int epochs,
        int batch,
        double lr,
        double clip,
        boolean standardizedWeights,
        int examples,
        long seed,
        double momentum,
        double labelSmoothing,
        double averageDecay) {

    static final String NETWORK = "nfnet-tiny";

    @JsonIgnore
    boolean generated() {
        return data == null;
    }

    TrainingPlan plan() {
        return new TrainingPlan(epochs, batch, seed, 0);
    }

    /** The network that is trained. */
    NFNet architecture(ImageSet train) {
        long updates = (long) epochs * ((train.size() + batch - 1) / batch);
        if (updates > Integer.MAX_VALUE) {
            throw new UsageException("--epochs " + epochs + ": too many updates, " + updates);
        }
        int warmUp = (int) Math.min(updates / 10, 500);
        return NFNet.builder()
                .preset(NFNet.Preset.NFNET_TINY)
                .channels(train.channels())
                .imageSize(train.height(), train.width())
                .classes(train.classNames().size())
                .standardized(standardizedWeights)
                .seed(seed)
                .updater(new Nesterovs(new CosineSchedule(lr, warmUp, (int) updates), momentum))
                .gradientClipping(clip == 0 ? null : new AdaptiveGradientClipping(clip, 1e-3))
                .build();
    }

    /** A fresh network. */
    ComputationGraph network(ImageSet train) {
        return architecture(train).init();
    }

    Map<String, Object> toMap() {
        return TrainSettings.JSON.convertValue(this, new TypeReference<>() {});
    }

    static ImageSettings fromMap(Map<String, Object> map) {
        try {
            return TrainSettings.JSON.convertValue(map, ImageSettings.class);
        } catch (IllegalArgumentException e) {
            throw new DataException(
                    "The settings of the training run, in the model's lamina.json, are damaged", e);
        }
    }
}
