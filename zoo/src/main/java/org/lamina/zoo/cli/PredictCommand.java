package org.lamina.zoo.cli;

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;
import org.lamina.zoo.data.DataException;
import org.lamina.zoo.data.epochs.Alignment;
import org.lamina.zoo.data.epochs.EpochingOptions;
import org.lamina.zoo.data.epochs.EuclideanAlignment;
import org.lamina.zoo.data.epochs.Preprocessor;
import org.lamina.zoo.data.epochs.ScaleCheck;
import org.lamina.zoo.data.image.IdxFile;
import org.lamina.zoo.data.image.ImageFolder;
import org.lamina.zoo.data.image.ImageIterator;
import org.lamina.zoo.data.image.ImageSet;
import org.lamina.zoo.data.recording.Event;
import org.lamina.zoo.data.recording.Recording;
import org.lamina.zoo.data.recording.RecordingFormat;
import org.lamina.zoo.evaluation.Metrics;
import org.lamina.zoo.io.AtomicFile;
import org.lamina.zoo.modelfile.ModelCard;
import org.lamina.zoo.network.Networks;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Class probabilities for the epochs of a recording, or for images, as CSV. */
@Command(
        name = "predict",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description =
                "Prints the class probabilities of each epoch of a recording, or of each image, as"
                        + " CSV, preprocessed as in training.")
final class PredictCommand implements Callable<Integer> {
    private static final int IMAGE_BATCH = 200;

    private final Console console;

    @Parameters(
            index = "1",
            paramLabel = "RECORDING|IMAGES",
            description =
                    "A recording ("
                            + RecordingFormat.NAMES
                            + ") or, for a model for images, images in MNIST's format (IDX, with or"
                            + " without .gz), a PNG or JPEG file, or a folder of such files.")
    private Path recording;

    @Option(
            names = "--every",
            paramLabel = "S",
            description =
                    "Seconds from the start of an epoch to that of the next (epochs at the events"
                            + " that the model knows; if there are none, one after another).")
    @Limits(above = 0)
    private Double every;

    @Option(names = "--out", paramLabel = "FILE", description = "Write to this file.")
    private Path out;

    @Mixin private final ModelUse use = new ModelUse();

    /** An epoch to classify: onset and label in the file, and its first sample in the piece. */
    private record Window(double onset, String label, int start) {}

    PredictCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        OutputFolder.checkFile(out);
        SavedModel saved = use.load(console);
        ModelCard card = saved.file().card();
        if (saved.forImages() && every != null) {
            throw new UsageException("--every: " + use.model + " is for images");
        }
        List<Object> header =
                new ArrayList<>(
                        saved.forImages()
                                ? List.of("image", "predicted")
                                : List.of("onset", "label", "predicted"));
        card.classes().forEach(name -> header.add("p(" + name + ")"));
        StringWriter text = new StringWriter();
        CSVFormat format = CSVFormat.DEFAULT.builder().setRecordSeparator('\n').get();
        try (CSVPrinter csv = new CSVPrinter(text, format)) {
            csv.printRecord(header);
            if (saved.forImages()) {
                printImages(csv, saved);
            } else {
                print(
                        csv,
                        saved,
                        use.recordings.reader().read(recording, saved.epoching().channelsToRead()));
            }
        }
        if (out == null) {
            console.printText(text.toString());
        } else {
            AtomicFile.write(out, text.toString());
            console.print("Written: %s", out);
        }
        return ExitCode.OK;
    }

    /** Images of an IDX file are numbered from 0, image files are named. */
    private void printImages(CSVPrinter csv, SavedModel saved) throws IOException {
        ModelCard card = saved.file().card();
        List<Path> files = imageFiles();
        ImageSet images =
                files.isEmpty()
                        ? ofOneFile(card)
                        : ImageFolder.unlabelled(
                                files,
                                card.classes(),
                                ImageData.geometry(
                                        card,
                                        ClassifierSettings.read(
                                                card.settings(), ImageSettings.class)),
                                card.image().channels());
        ImageIterator batches = ImageIterator.inOrder(images, IMAGE_BATCH);
        batches.setPreProcessor(saved.file().normalizer());
        int number = 0;
        while (batches.hasNext()) {
            INDArray output = Networks.output(saved.file().network(), batches.next().getFeatures());
            for (double[] probabilities : Metrics.probabilities(output)) {
                checkFinite(probabilities, recording + ", image " + number);
                List<Object> row = new ArrayList<>();
                row.add(files.isEmpty() ? number : recording.relativize(files.get(number)));
                number++;
                addPrediction(row, card.classes(), probabilities);
                csv.printRecord(row);
            }
        }
    }

    /** The files of a folder, or a single one; none for an IDX file. */
    private List<Path> imageFiles() throws IOException {
        if (Files.isDirectory(recording)) {
            List<Path> files = ImageFolder.images(recording);
            if (files.isEmpty()) {
                throw new DataException(recording + ": no PNG or JPEG file in it");
            }
            return files;
        }
        return ImageFolder.isImage(recording) ? List.of(recording) : List.of();
    }

    private ImageSet ofOneFile(ModelCard card) throws IOException {
        IdxFile file = IdxFile.read(recording, 3);
        int[] sizes = file.sizes();
        ModelCard.ImageSize size = card.image();
        if (size.channels() != 1 || sizes[1] != size.height() || sizes[2] != size.width()) {
            throw new DataException(
                    "%s: gray images of %d x %d; the model takes %d x %d with %d channels",
                    recording, sizes[1], sizes[2], size.height(), size.width(), size.channels());
        }
        return new ImageSet(file.bytes(), new int[sizes[0]], 1, sizes[1], sizes[2], card.classes());
    }

    /** Predicts for the continuous pieces of a file, of which at least one must be long enough. */
    private void print(CSVPrinter csv, SavedModel saved, List<Recording> pieces)
            throws IOException {
        ModelCard card = saved.file().card();
        double seconds = card.samples() / card.samplingRate();
        List<Recording> usable =
                pieces.stream()
                        .filter(
                                piece ->
                                        Math.rint(piece.seconds() * card.samplingRate())
                                                >= card.samples())
                        .toList();
        if (usable.isEmpty()) {
            throw new DataException(
                    "%s: %.3f s without a gap are shorter than an epoch of %.3f s",
                    pieces.get(0).name(),
                    pieces.stream().mapToDouble(Recording::seconds).max().orElse(0),
                    seconds);
        }
        if (usable.size() < pieces.size()) {
            console.warn(
                    "%s: skipped %d of %d pieces between gaps, which are shorter than an epoch of"
                            + " %.3f s",
                    pieces.get(0).name(), pieces.size() - usable.size(), pieces.size(), seconds);
        }
        EpochingOptions epoching = saved.epoching();
        // The same for the whole file, so that its rows can be compared.
        boolean atEvents =
                every == null && pieces.stream().anyMatch(p -> !known(p, epoching).isEmpty());
        Optional<ScaleCheck> scale = saved.scaleCheck();
        Consumer<float[]> align = alignment(usable, epoching, card, atEvents);
        int outside = 0;
        int printed = 0;
        for (Recording raw : usable) {
            Preprocessor piece = new Preprocessor(raw, epoching);
            List<Window> windows = windows(raw, piece, epoching, card, atEvents);
            outside += atEvents ? known(raw, epoching).size() - windows.size() : 0;
            printed += windows.size();
            Iterator<Window> next = windows.iterator();
            piece.eachEpoch(
                    starts(windows),
                    card.samples(),
                    align.andThen(epoch -> print(csv, row(saved, raw, next.next(), epoch, scale))));
        }
        scale.flatMap(ScaleCheck::warning)
                .ifPresent(warning -> console.warn("%s: %s", pieces.get(0).name(), warning));
        if (printed == 0) {
            throw new DataException(
                    "%s: every epoch at an event reaches beyond the recording; --every S predicts"
                            + " between events too",
                    pieces.get(0).name());
        }
        if (outside > 0) {
            console.warn("%s: %d epochs reach beyond the recording", pieces.get(0).name(), outside);
        }
    }

    /** Alignment by all epochs of the file, before any of them is classified. */
    private Consumer<float[]> alignment(
            List<Recording> pieces, EpochingOptions epoching, ModelCard card, boolean atEvents) {
        if (epoching.alignment() == Alignment.NONE) {
            return epoch -> {};
        }
        EuclideanAlignment alignment =
                new EuclideanAlignment(card.channels().size(), card.samples());
        for (Recording raw : pieces) {
            Preprocessor piece = new Preprocessor(raw, epoching);
            List<Window> windows = windows(raw, piece, epoching, card, atEvents);
            piece.eachEpoch(starts(windows), card.samples(), alignment::add);
        }
        return alignment::align;
    }

    private List<Window> windows(
            Recording raw,
            Preprocessor piece,
            EpochingOptions epoching,
            ModelCard card,
            boolean atEvents) {
        return atEvents
                ? windowsAtEvents(raw, piece, epoching, card.samples())
                : windowsInTurn(piece, epoching, card.samples());
    }

    private static int[] starts(List<Window> windows) {
        return windows.stream().mapToInt(Window::start).toArray();
    }

    private static void print(CSVPrinter csv, List<Object> row) {
        try {
            csv.printRecord(row);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Object> row(
            SavedModel saved,
            Recording piece,
            Window window,
            float[] epoch,
            Optional<ScaleCheck> scale) {
        List<Object> row = new ArrayList<>();
        row.add(String.format(Locale.ROOT, "%.3f", piece.start() + window.onset()));
        row.add(window.label());
        double[] probabilities = classify(saved, epoch, scale);
        checkFinite(probabilities, piece.name() + ", epoch at " + row.get(0) + " s");
        addPrediction(row, saved.file().card().classes(), probabilities);
        return row;
    }

    private static void checkFinite(double[] probabilities, String what) {
        if (!Arrays.stream(probabilities).allMatch(Double::isFinite)) {
            throw new DataException(
                    "%s: the model's output is %s, which are not probabilities; its"
                            + " weights, or these samples, are far from those of the training",
                    what, Arrays.toString(probabilities));
        }
    }

    private static void addPrediction(
            List<Object> row, List<String> classes, double[] probabilities) {
        row.add(classes.get(Metrics.mostProbable(probabilities)));
        for (double probability : probabilities) {
            row.add(String.format(Locale.ROOT, "%.6f", probability));
        }
    }

    private static double[] classify(SavedModel saved, float[] epoch, Optional<ScaleCheck> scale) {
        ModelCard card = saved.file().card();
        INDArray input =
                Nd4j.create(epoch, new long[] {1, 1, card.channels().size(), card.samples()}, 'c');
        scale.ifPresent(check -> check.add(input));
        saved.file().normalizer().transform(input);
        return Metrics.probabilities(Networks.output(saved.file().network(), input))[0];
    }

    private static List<Event> known(Recording piece, EpochingOptions epoching) {
        return piece.events().stream()
                .filter(event -> epoching.labels().containsKey(event.label()))
                .toList();
    }

    private static List<Window> windowsAtEvents(
            Recording raw, Preprocessor piece, EpochingOptions epoching, int samples) {
        List<Window> windows = new ArrayList<>();
        for (Event event : known(raw, epoching)) {
            double start = Math.rint((event.onset() + epoching.tmin()) * piece.samplingRate());
            if (start >= 0 && start + samples <= piece.length()) {
                windows.add(new Window(event.onset(), event.label(), (int) start));
            }
        }
        return windows;
    }

    private List<Window> windowsInTurn(Preprocessor piece, EpochingOptions epoching, int samples) {
        List<Window> windows = new ArrayList<>();
        double rate = piece.samplingRate();
        double step = every == null ? samples / rate : every;
        for (int i = 0; Math.rint(i * step * rate) + samples <= piece.length(); i++) {
            windows.add(
                    new Window(i * step - epoching.tmin(), "", (int) Math.rint(i * step * rate)));
        }
        return windows;
    }
}
