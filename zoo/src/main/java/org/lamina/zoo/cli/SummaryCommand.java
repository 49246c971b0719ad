package org.lamina.zoo.cli;

import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.layers.LayerConstraint;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.lamina.constraints.NormConstraint;
import org.lamina.zoo.EegModelBuilder;
import org.lamina.zoo.Zoo;
import org.lamina.zoo.modelfile.ModelCard;
import org.lamina.zoo.modelfile.ModelFile;
import org.lamina.zoo.summary.NetworkSummary;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Prints the layers of a network with their constraints. */
@Command(
        name = "summary",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description =
                "Prints the layers of a network, their output shapes and parameters, and the"
                        + " current norms of constrained weights.")
final class SummaryCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(
            paramLabel = "MODEL",
            description =
                    "File model.zip of a training run, or the name of a network for EEG: 'eegnet',"
                            + " ...")
    private String model;

    @Option(
            names = "--channels",
            paramLabel = "N",
            description = "Channels of the new network (22).")
    private int channels = 22;

    @Option(names = "--samples", paramLabel = "N", description = "Of the fresh network (256).")
    private int samples = 256;

    @Option(names = "--classes", paramLabel = "N", description = "Of the fresh network (4).")
    private int classes = 4;

    @Mixin private final ModelReading reading = new ModelReading();

    SummaryCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        Model network;
        Optional<Zoo.Entry> fresh = Zoo.find(model).filter(entry -> entry.eeg() != null);
        InputType input = InputType.convolutional(channels, samples, 1);
        if (fresh.isPresent()) {
            EegModelBuilder<?, ?> builder = fresh.get().eeg().get();
            network = builder.channels(channels).samples(samples).classes(classes).build().init();
            console.print(
                    "%s, fresh: %d channels, %d samples, %d classes",
                    fresh.get().title(), channels, samples, classes);
        } else {
            ModelFile file = ModelFile.load(Path.of(model), reading.options());
            ModelCard card = file.card();
            network = file.network();
            console.print("%s: %s, trained on %s", model, card.network(), card.data());
            console.print("  classes   %s", String.join(", ", card.classes()));
            ModelCard.ImageSize image = card.image();
            input = card.inputType();
            if (image == null) {
                console.print("  channels  %s", String.join(", ", card.channels()));
            } else {
                console.print(
                        "  images    %d x %d, channels: %d",
                        image.height(), image.width(), image.channels());
            }
        }
        print(network, input);
        return ExitCode.OK;
    }

    private void print(Model network, InputType input) {
        boolean graph = network instanceof ComputationGraph;
        Serializable conf =
                graph
                        ? ((ComputationGraph) network).getConfiguration()
                        : ((MultiLayerNetwork) network).getLayerWiseConfigurations();
        List<String[]> rows = new ArrayList<>();
        rows.add(
                new String[] {
                    "", "layer", "type", "output", "parameters", "constraint", "norms now"
                });
        List<NetworkSummary.Row> layers = NetworkSummary.of(conf, input).rows();
        for (int i = 0; i < layers.size(); i++) {
            NetworkSummary.Row row = layers.get(i);
            List<String> constraints = new ArrayList<>();
            List<String> norms = new ArrayList<>();
            if (row.layer() != null && row.layer().getConstraints() != null) {
                Layer layer =
                        graph
                                ? ((ComputationGraph) network).getLayer(row.name())
                                : ((MultiLayerNetwork) network).getLayer(i);
                for (LayerConstraint constraint : layer.conf().getLayer().getConstraints()) {
                    constraints.add(constraint.toString());
                    if (constraint instanceof NormConstraint norm) {
                        norm.norms(layer).forEach((name, now) -> norms.add(range(name, now)));
                    }
                }
            }
            rows.add(
                    new String[] {
                        Integer.toString(i),
                        row.name(),
                        row.type(),
                        Texts.shape(row.output().getShape(false)),
                        String.format(Locale.ROOT, "%,d", row.parameters()),
                        String.join(", ", constraints),
                        String.join(", ", norms)
                    });
        }
        Texts.table(rows).forEach(line -> console.print("%s", line));
        console.print("%,d parameters", network.numParams());
    }

    private static String range(String parameter, double[] norms) {
        DoubleSummaryStatistics all = Arrays.stream(norms).summaryStatistics();
        return String.format(Locale.ROOT, "%s %.3f..%.3f", parameter, all.getMin(), all.getMax());
    }
}
