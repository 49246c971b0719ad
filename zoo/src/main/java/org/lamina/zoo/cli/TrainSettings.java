package org.lamina.zoo.cli;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.Map;
import org.lamina.zoo.EegNetwork;
import org.lamina.zoo.EegNetworkBuilder;
import org.lamina.zoo.Zoo;
import org.lamina.zoo.data.CsvRecordingReader;
import org.lamina.zoo.data.DataException;
import org.lamina.zoo.data.EpochingOptions;
import org.lamina.zoo.data.RecordingReader;
import org.lamina.zoo.training.TrainingPlan;
import org.nd4j.linalg.learning.config.Adam;

/**
 * Everything that a training run depends on, with no default left open: the same settings and data
 * give the same network. They are written to the results and to checkpoints.
 *
 * @param network name in the {@link Zoo}; null in files of before there were several: eegnet
 * @param data folder of the recordings; null: simulated
 * @param channels to use
 * @param trainRuns runs to train on; empty: a share of the epochs, chosen by class
 * @param testRuns runs to test with; empty: the remaining share of the epochs
 * @param low lower edge of the band-pass in Hz, 0: none
 * @param high upper edge of the band-pass in Hz, 0: none
 * @param tmin start of an epoch, seconds after its event
 * @param tmax end of an epoch, seconds after its event
 * @param resample sampling rate in Hz to convert to, 0: none
 * @param reject largest peak-to-peak amplitude in microvolt, 0: any
 * @param labels event label to class name
 * @param preset variant of the network
 * @param kernelLength samples of the temporal filters
 * @param f1 number of temporal filters
 * @param depth spatial filters for each temporal one; null: the network has no such option
 * @param f2 number of the filters after those; null: the network has no such option
 * @param dropout probability of dropping; null: the preset's
 * @param batchNormMomentum share of a batch in the running statistics
 * @param recomputeBatchNorm whether evaluation normalizes with statistics of the training data
 *     without dropout, taken after training
 * @param batch examples of one update
 * @param epochs most passes over the training set
 * @param lr learning rate of Adam
 * @param patience epochs without improvement after which training stops, 0: never
 * @param validation share of the training epochs that choose the best epoch, 0: none
 * @param seed of everything random
 * @param strict whether EDF files that break the format's rules are refused
 * @param rate sampling rate of CSV files in Hz, 0: by their time column
 * @param timeColumn of CSV files; null: by its name
 * @param markerColumn of CSV files; null: by its name
 */
record TrainSettings(
        String network,
        String data,
        List<String> channels,
        List<String> trainRuns,
        List<String> testRuns,
        double low,
        double high,
        double tmin,
        double tmax,
        double resample,
        double reject,
        Map<String, String> labels,
        String preset,
        int kernelLength,
        int f1,
        Integer depth,
        Integer f2,
        Double dropout,
        double batchNormMomentum,
        boolean recomputeBatchNorm,
        int batch,
        int epochs,
        double lr,
        int patience,
        double validation,
        long seed,
        boolean strict,
        double rate,
        String timeColumn,
        String markerColumn) {
    static final ObjectMapper JSON = new ObjectMapper();

    TrainSettings {
        network = network == null ? "eegnet" : network;
        if (channels == null || trainRuns == null || testRuns == null || labels == null) {
            throw new IllegalArgumentException("channels, runs and labels must be given");
        }
    }

    /** The network in the zoo. */
    @JsonIgnore
    Zoo.Entry entry() {
        return Zoo.find(network)
                .filter(entry -> entry.eeg() != null)
                .orElseThrow(
                        () -> new UsageException("'" + network + "': no network for EEG here"));
    }

    @JsonIgnore
    boolean simulated() {
        return data == null;
    }

    /** What reads the recordings. */
    RecordingReader reader() {
        return new RecordingReader(new CsvRecordingReader(timeColumn, markerColumn, rate), strict);
    }

    EpochingOptions epoching() {
        return EpochingOptions.builder()
                .channels(channels)
                .band(low, high)
                .window(tmin, tmax)
                .resampleHz(resample)
                .rejectMicrovolt(reject)
                .labels(labels)
                .build();
    }

    TrainingPlan plan() {
        return new TrainingPlan(epochs, batch, seed, patience);
    }

    /** The network that is trained. */
    EegNetwork<?> architecture(int inputChannels, int samples, int classes) {
        EegNetworkBuilder<?, ?> builder = entry().eeg().get();
        builder.presetNamed(preset)
                .channels(inputChannels)
                .samples(samples)
                .classes(classes)
                .kernelLength(kernelLength)
                .f1(f1)
                .batchNormMomentum(batchNormMomentum)
                .updater(new Adam(lr))
                .seed(seed);
        if (depth != null) {
            builder.d(depth);
        }
        if (f2 != null) {
            builder.f2(f2);
        }
        if (dropout != null) {
            builder.dropout(dropout);
        }
        return builder.build();
    }

    /** Whether the network has one output, for the second of two classes. */
    boolean oneOutput(int classes) {
        return entry().eeg().get().presetNamed(preset).classes(classes).build().outputs() == 1;
    }

    Map<String, Object> toMap() {
        return JSON.convertValue(this, new TypeReference<>() {});
    }

    static TrainSettings fromMap(Map<String, Object> map) {
        try {
            return JSON.convertValue(map, TrainSettings.class);
        } catch (IllegalArgumentException e) {
            throw new DataException(
                    "The settings of the training run, in the model's lamina.json, are damaged", e);
        }
    }
}
