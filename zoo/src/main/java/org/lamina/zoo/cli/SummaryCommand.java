package org.lamina.zoo.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.layers.LayerConstraint;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.lamina.constraints.NormConstraint;
import org.lamina.zoo.EEGNet;
import org.lamina.zoo.training.ModelCard;
import org.lamina.zoo.training.ModelFile;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Layers of a network with their constraints. */
@Command(
        name = "summary",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description =
                "Prints the layers of a network, their output shapes and parameters, and the norms"
                        + " that constrained weights have now.")
final class SummaryCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(
            paramLabel = "MODEL",
            description = "File model.zip of a training run, or 'eegnet' for a fresh network.")
    private String model;

    @Option(names = "--channels", paramLabel = "N", description = "Of the fresh network (22).")
    private int channels = 22;

    @Option(names = "--samples", paramLabel = "N", description = "Of the fresh network (256).")
    private int samples = 256;

    @Option(names = "--classes", paramLabel = "N", description = "Of the fresh network (4).")
    private int classes = 4;

    SummaryCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        MultiLayerNetwork network;
        int inputChannels = channels;
        int inputSamples = samples;
        if (model.equals("eegnet")) {
            network =
                    EEGNet.builder()
                            .channels(channels)
                            .samples(samples)
                            .classes(classes)
                            .build()
                            .init();
            console.print(
                    "EEGNet, fresh: %d channels, %d samples, %d classes",
                    channels, samples, classes);
        } else {
            ModelFile file = ModelFile.load(Path.of(model));
            ModelCard card = file.card();
            network = file.network();
            inputChannels = card.channels().size();
            inputSamples = card.samples();
            console.print("%s: %s, trained on %s", model, card.network(), card.data());
            console.print("  classes   %s", String.join(", ", card.classes()));
            console.print("  channels  %s", String.join(", ", card.channels()));
        }
        print(network, InputType.convolutional(inputChannels, inputSamples, 1));
        return Main.OK;
    }

    private void print(MultiLayerNetwork network, InputType input) {
        List<InputType> outputs =
                network.getLayerWiseConfigurations().getLayerActivationTypes(input);
        List<String[]> rows = new ArrayList<>();
        rows.add(
                new String[] {
                    "", "layer", "type", "output", "parameters", "constraint", "norms now"
                });
        for (int i = 0; i < network.getnLayers(); i++) {
            Layer layer = network.getLayer(i);
            org.deeplearning4j.nn.conf.layers.Layer conf = layer.conf().getLayer();
            List<String> constraints = new ArrayList<>();
            List<String> norms = new ArrayList<>();
            if (conf.getConstraints() != null) {
                for (LayerConstraint constraint : conf.getConstraints()) {
                    constraints.add(constraint.toString());
                    if (constraint instanceof NormConstraint norm) {
                        norm.norms(layer).forEach((name, now) -> norms.add(range(name, now)));
                    }
                }
            }
            rows.add(
                    new String[] {
                        Integer.toString(i),
                        conf.getLayerName() == null ? "" : conf.getLayerName(),
                        conf.getClass().getSimpleName(),
                        shape(outputs.get(i)),
                        String.format(Locale.ROOT, "%,d", layer.numParams()),
                        String.join(", ", constraints),
                        String.join(", ", norms)
                    });
        }
        table(rows);
        console.print("%,d parameters", network.numParams());
    }

    private static String range(String parameter, double[] norms) {
        DoubleSummaryStatistics all = Arrays.stream(norms).summaryStatistics();
        return String.format(Locale.ROOT, "%s %.3f..%.3f", parameter, all.getMin(), all.getMax());
    }

    private static String shape(InputType type) {
        long[] shape = type.getShape(false);
        List<String> parts = new ArrayList<>();
        for (long size : shape) {
            parts.add(Long.toString(size));
        }
        return String.join(" x ", parts);
    }

    private void table(List<String[]> rows) {
        int[] widths = new int[rows.get(0).length];
        for (String[] row : rows) {
            for (int c = 0; c < row.length; c++) {
                widths[c] = Math.max(widths[c], row[c].length());
            }
        }
        for (String[] row : rows) {
            StringBuilder line = new StringBuilder();
            for (int c = 0; c < row.length; c++) {
                line.append(Texts.pad(row[c], -widths[c] - 2));
            }
            console.print("%s", line.toString().stripTrailing());
        }
    }
}
