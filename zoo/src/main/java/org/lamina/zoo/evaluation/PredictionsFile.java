package org.lamina.zoo.evaluation;

import java.io.IOException;
import java.io.Reader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;
import org.apache.commons.csv.CSVRecord;
import org.lamina.zoo.data.DataException;
import org.lamina.zoo.evaluation.CrossValidation.Part;
import org.lamina.zoo.evaluation.CrossValidation.Result;
import org.lamina.zoo.io.AtomicFile;

/**
 * The predictions of a cross-validation as CSV: fold, seed, number of the epoch among all (from 1),
 * its run, true and most probable class, and the probability of each class, in full precision.
 */
public final class PredictionsFile {
    private static final CSVFormat FORMAT =
            CSVFormat.DEFAULT.builder().setRecordSeparator('\n').get();

    private static final List<String> COLUMNS =
            List.of("fold", "seed", "epoch", "run", "true", "predicted");

    private final CrossValidation validation;
    private final List<String> names;
    private final int[] classes;
    private final List<String> runs;

    /**
     * @param validation whose predictions are written or read
     */
    public PredictionsFile(CrossValidation validation) {
        this.validation = validation;
        this.names = validation.epochs().classNames();
        this.classes = validation.epochs().classes();
        this.runs = validation.epochs().runs();
    }

    /**
     * Writes the results so far, atomically.
     *
     * @param file to make or replace
     * @throws IOException if it cannot be written
     */
    public void write(Path file) throws IOException {
        StringWriter text = new StringWriter();
        try (CSVPrinter csv = new CSVPrinter(text, FORMAT)) {
            csv.printRecord(header());
            for (Result result : validation.results()) {
                csv.printRecords(rows(result.part(), result.probabilities()));
            }
        }
        AtomicFile.write(file, text.toString());
    }

    /**
     * Adds the results whose predictions are in a file.
     *
     * @param file that {@link #write} made of the same epochs, folds and seeds
     * @throws IOException if it cannot be read
     * @throws DataException if it is damaged or of another cross-validation
     */
    public void read(Path file) throws IOException {
        List<List<String>> lines;
        try (Reader in = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            lines = FORMAT.parse(in).stream().map(CSVRecord::toList).toList();
        } catch (UncheckedIOException e) {
            throw damaged(file, e);
        }
        Map<List<String>, List<List<String>>> byPart =
                lines.stream()
                        .skip(1)
                        .collect(
                                Collectors.groupingBy(
                                        line -> line.subList(0, Math.min(2, line.size()))));
        List<List<String>> expected = new ArrayList<>(List.of(header()));
        for (Part part : validation.parts()) {
            List<List<String>> own =
                    byPart.get(List.of(part.fold().name(), Long.toString(part.seed())));
            if (own != null) {
                try {
                    Result result = validation.add(part, probabilities(own));
                    expected.addAll(rows(part, result.probabilities()));
                } catch (RuntimeException e) {
                    throw damaged(file, e);
                }
            }
        }
        if (!expected.equals(lines)) {
            throw damaged(file, null);
        }
    }

    private static DataException damaged(Path file, Exception cause) {
        return new DataException(
                "%s: damaged, or not the predictions of this cross-validation", file, cause);
    }

    private List<String> header() {
        return Stream.concat(COLUMNS.stream(), names.stream().map(name -> "p(" + name + ")"))
                .toList();
    }

    private List<List<String>> rows(Part part, double[][] probabilities) {
        List<List<String>> rows = new ArrayList<>();
        for (int i = 0; i < probabilities.length; i++) {
            int epoch = part.fold().test()[i];
            List<String> row = new ArrayList<>();
            row.add(part.fold().name());
            row.add(Long.toString(part.seed()));
            row.add(Integer.toString(epoch + 1));
            row.add(runs.get(epoch));
            row.add(names.get(classes[epoch]));
            row.add(names.get(Metrics.mostProbable(probabilities[i])));
            for (double probability : probabilities[i]) {
                row.add(Double.toString(probability));
            }
            rows.add(row);
        }
        return rows;
    }

    private static double[][] probabilities(List<List<String>> rows) {
        return rows.stream()
                .map(
                        row ->
                                row.stream()
                                        .skip(COLUMNS.size())
                                        .mapToDouble(Double::parseDouble)
                                        .toArray())
                .toArray(double[][]::new);
    }
}
