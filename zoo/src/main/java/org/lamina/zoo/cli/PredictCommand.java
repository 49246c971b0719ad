package org.lamina.zoo.cli;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;
import org.lamina.zoo.data.DataException;
import org.lamina.zoo.data.EpochExtractor;
import org.lamina.zoo.data.EpochingOptions;
import org.lamina.zoo.data.Event;
import org.lamina.zoo.data.Recording;
import org.lamina.zoo.data.RecordingFolder;
import org.lamina.zoo.training.AtomicFile;
import org.lamina.zoo.training.Metrics;
import org.lamina.zoo.training.ModelCard;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Class probabilities for the epochs of a recording, as CSV. */
@Command(
        name = "predict",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description =
                "Prints the class probabilities of each epoch of a recording as CSV, preprocessed"
                        + " as in training.")
final class PredictCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(
            index = "0",
            paramLabel = "MODEL",
            description = "File model.zip of a training run.")
    private Path model;

    @Parameters(
            index = "1",
            paramLabel = "RECORDING",
            description = "An .edf, .bdf, .csv or .csv.gz file.")
    private Path recording;

    @Option(
            names = "--every",
            paramLabel = "S",
            description =
                    "An epoch every so many seconds (epochs at the events that the model knows; an"
                            + " epoch after the other if there are none).")
    private Double every;

    @Option(names = "--out", paramLabel = "FILE", description = "Write to this file.")
    private Path out;

    /** An epoch to classify: where it belongs, what the file says it is, where it starts. */
    private record Window(double onset, String label, int start) {}

    PredictCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        if (every != null && !(every > 0)) {
            throw new UsageException("--every " + every + ": must be above 0");
        }
        SavedModel saved = SavedModel.load(model, console);
        ModelCard card = saved.file().card();
        List<Object> header = new ArrayList<>(List.of("onset", "label", "predicted"));
        card.classes().forEach(name -> header.add("p(" + name + ")"));
        StringWriter text = new StringWriter();
        CSVFormat format = CSVFormat.DEFAULT.builder().setRecordSeparator('\n').build();
        try (CSVPrinter csv = new CSVPrinter(text, format)) {
            csv.printRecord(header);
            for (Recording piece : RecordingFolder.readFile(recording, card.channels())) {
                printPiece(csv, saved, EpochExtractor.preprocess(piece, saved.epoching()));
            }
        }
        if (out == null) {
            console.out().print(text);
            console.out().flush();
        } else {
            AtomicFile.write(out, text.toString());
            console.print("Written: %s", out);
        }
        return Main.OK;
    }

    private void printPiece(CSVPrinter csv, SavedModel saved, Recording piece) throws IOException {
        ModelCard card = saved.file().card();
        for (Window window : windows(piece, saved.epoching(), card.samples())) {
            double[] probabilities = classify(saved, piece, window);
            List<Object> row = new ArrayList<>();
            row.add(String.format(Locale.ROOT, "%.3f", window.onset()));
            row.add(window.label());
            int best = 0;
            for (int k = 1; k < probabilities.length; k++) {
                best = probabilities[k] > probabilities[best] ? k : best;
            }
            row.add(card.classes().get(best));
            for (int k = 0; k < card.classes().size(); k++) {
                row.add(String.format(Locale.ROOT, "%.6f", probabilities[k]));
            }
            csv.printRecord(row);
        }
    }

    private static double[] classify(SavedModel saved, Recording piece, Window window) {
        int channels = piece.channels().size();
        int samples = saved.file().card().samples();
        float[] values = new float[channels * samples];
        for (int c = 0; c < channels; c++) {
            piece.copySamples(c, window.start(), values, c * samples, samples);
        }
        INDArray input = Nd4j.create(values, new long[] {1, 1, channels, samples}, 'c');
        saved.file().normalizer().transform(input);
        return Metrics.probabilities(saved.file().network().output(input, false))[0];
    }

    private List<Window> windows(Recording piece, EpochingOptions epoching, int samples) {
        List<Window> windows = new ArrayList<>();
        double rate = piece.samplingRate();
        if (every == null) {
            int outside = 0;
            for (Event event : piece.events()) {
                if (!epoching.labels().containsKey(event.label())) {
                    continue;
                }
                double start = Math.rint((event.onset() + epoching.tmin()) * rate);
                if (start < 0 || start + samples > piece.length()) {
                    outside++;
                    continue;
                }
                windows.add(new Window(event.onset(), event.label(), (int) start));
            }
            if (outside > 0) {
                console.warn("%s: %d epochs reach beyond the recording", piece.name(), outside);
            }
            if (outside > 0 || !windows.isEmpty()) {
                return windows;
            }
        }
        double step = every == null ? samples / rate : every;
        for (int i = 0; Math.rint(i * step * rate) + samples <= piece.length(); i++) {
            windows.add(
                    new Window(i * step - epoching.tmin(), "", (int) Math.rint(i * step * rate)));
        }
        if (windows.isEmpty()) {
            throw new DataException(
                    String.format(
                            Locale.ROOT,
                            "%s: %.3f s are shorter than an epoch of %.3f s",
                            piece.name(),
                            piece.seconds(),
                            samples / rate));
        }
        return windows;
    }
}
