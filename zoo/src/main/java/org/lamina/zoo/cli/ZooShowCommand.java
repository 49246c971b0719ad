package org.lamina.zoo.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.lamina.zoo.BaseZooModel;
import org.lamina.zoo.EegModelBuilder;
import org.lamina.zoo.Zoo;
import org.lamina.zoo.summary.NetworkSummary;
import org.lamina.zoo.summary.ReceptiveField;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Prints what a network consists of and what it costs. */
@Command(
        name = "show",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description =
                "Prints a network's layers with output shapes, parameters, floating point"
                    + " operations and receptive field, and the memory that it takes. No array is"
                    + " allocated for it.")
final class ZooShowCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(paramLabel = "NAME", description = "A network of 'zoo list'.")
    private String name;

    @Option(
            names = "--preset",
            paramLabel = "PRESET",
            description = "Published variant, of a network for EEG (its first).")
    private String preset;

    @Option(
            names = "--input",
            split = ",",
            paramLabel = "N",
            description =
                    "Shape of an example, as in 'zoo list': 3,224,224 or 1,22,256 or 1,512 (the"
                            + " network's).")
    private int[] input;

    @Option(
            names = "--batch",
            paramLabel = "N",
            description = "Examples at a time, for the memory (${DEFAULT-VALUE}).")
    @Limits(from = 1)
    private int batch = 32;

    ZooShowCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        Zoo.Entry entry =
                Zoo.find(name)
                        .orElseThrow(
                                () ->
                                        new UsageException(
                                                "No network '" + name + "'; 'zoo list' shows all"));
        BaseZooModel<?, ?> network = network(entry);
        if (input != null) {
            try {
                network.setInputShape(new int[][] {input});
            } catch (IllegalArgumentException e) {
                throw new UsageException("--input: " + e.getMessage(), e);
            }
        }
        print(entry, network, NetworkSummary.of(network));
        return ExitCode.OK;
    }

    private BaseZooModel<?, ?> network(Zoo.Entry entry) {
        if (preset == null) {
            return entry.network().get();
        }
        if (entry.eeg() == null) {
            throw new UsageException(
                    "--preset %s: %s is one itself; only networks for EEG have several",
                    preset, name);
        }
        EegModelBuilder<?, ?> builder = entry.eeg().get();
        return builder.presetNamed(preset).build();
    }

    private void print(Zoo.Entry entry, BaseZooModel<?, ?> network, NetworkSummary summary) {
        int[] shape = network.metaData().getInputShape()[0];
        console.print("%s: %s", entry.title(), entry.source());
        console.print("input %s%n", Texts.shape(Arrays.stream(shape).asLongStream().toArray()));
        List<String[]> rows = new ArrayList<>();
        rows.add(new String[] {"layer", "type", "output", "parameters", "FLOPs", "sees"});
        for (NetworkSummary.Row row : summary.rows()) {
            rows.add(
                    new String[] {
                        row.name(),
                        row.type(),
                        Texts.shape(row.output().getShape(false)),
                        String.format(Locale.ROOT, "%,d", row.parameters()),
                        String.format(Locale.ROOT, "%,d", row.flops()),
                        row.receptive() == null ? "all" : Texts.shape(row.receptive().size())
                    });
        }
        Texts.table(rows).forEach(line -> console.print("%s", line));
        ReceptiveField field = summary.receptiveField();
        console.print(
                "%nparameters       %,d, of which %,d are trained",
                summary.parameters(), summary.trained());
        console.print(
                "receptive field  %s of the input, before the layers that see all of it",
                field == null ? "all" : Texts.shape(field.size()));
        console.print(
                "FLOPs            %,d for an example; a training step takes about three times"
                        + " that",
                summary.flops());
        console.print(
                "memory, batch %d: %s for training, %s for inference (float; arrays at least)",
                batch, bytes(summary.trainingBytes(batch)), bytes(summary.inferenceBytes(batch)));
    }

    private static String bytes(long bytes) {
        return String.format(Locale.ROOT, "%,.1f MiB", bytes / (double) (1 << 20));
    }
}
