package org.lamina.zoo.mutation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.lamina.zoo.cli.Cli;
import org.lamina.zoo.data.DataException;
import org.lamina.zoo.data.files.RecordingFolder;
import org.lamina.zoo.data.image.IdxFile;
import org.lamina.zoo.data.recording.Recording;
import org.lamina.zoo.modelfile.Checkpoint;
import org.lamina.zoo.modelfile.ModelFileException;

/**
 * Reads files that were changed, in a process of its own: each must be read or refused with one
 * line within seconds. What is neither is printed, and the process ends with 1; it ends with 2 at a
 * file that takes too long, and as it likes where native memory is damaged.
 */
public final class MutatedFiles {
    private static final long PATIENCE_NANOS = 60_000_000_000L;

    private static final Pattern FOR_PROGRAMMERS =
            Pattern.compile("unexpected \\w+(Exception|Error)|Cannot invoke|null\\s*$|Exception: ");

    /** Beginning of the names of a recording in BIDS. */
    static final String BIDS = "sub-01_task-mi_";

    static final List<String> EEGLAB =
            List.of(
                    "continuous.set",
                    "continuous-v6.set",
                    "continuous-v7.set",
                    "epoched-v7.set",
                    "epoched-v73.set");

    /** How a file of a kind is changed and read. */
    private record Kind(String file, String entry, Reading reading) {}

    /** Throws what is no refusal. */
    @FunctionalInterface
    private interface Reading {
        /**
         * @return whether it could be read
         */
        boolean read(Path file) throws IOException;
    }

    private static volatile long begun = System.nanoTime();
    private static volatile String current = "";

    private MutatedFiles() {}

    /**
     * @param args folder of the good files, number of changes of each, first seed, which kinds (a
     *     regular expression)
     */
    public static void main(String[] args) throws IOException {
        Path folder = Path.of(args[0]);
        int count = Integer.parseInt(args[1]);
        long seed = Long.parseLong(args[2]);
        watch();
        boolean good = true;
        for (Map.Entry<String, Kind> kind : kinds(folder).entrySet()) {
            if (kind.getKey().matches(args[3])) {
                good &= tryAll(folder, kind.getKey(), kind.getValue(), count, seed);
            }
        }
        System.exit(good ? 0 : 1);
    }

    private static Map<String, Kind> kinds(Path folder) {
        String model = folder.resolve("model.zip").toString();
        String recording = folder.resolve("recording.csv").toString();
        String out = folder.resolve("out.zip").toString();
        Reading predict = file -> run("predict", file.toString(), recording);
        Reading record = file -> run("predict", model, file.toString());
        Reading weights =
                file ->
                        run(
                                "import",
                                file.toString(),
                                "--from",
                                "lamina",
                                "--into",
                                model,
                                "--out",
                                out);
        Reading keras =
                file ->
                        run(
                                "import",
                                file.toString(),
                                "--from",
                                "keras-eegnet",
                                "--channels",
                                "4",
                                "--samples",
                                "64",
                                "--classes",
                                "3",
                                "--kernel-length",
                                "15",
                                "--f1",
                                "3",
                                "--f2",
                                "5",
                                "--out",
                                out);
        String[] deep4Net =
                ("import FILE --from braindecode-deep4net --channels 3 --samples 210 --classes 3"
                                + " --kernel-length 4 --f1 2 --f2 2 --out "
                                + out)
                        .split(" ");
        Reading torch =
                file -> {
                    String[] args = deep4Net.clone();
                    args[1] = file.toString();
                    return run(args);
                };
        Reading whole = file -> run("import", file.toString(), "--out", out);
        Reading checkpoint =
                file -> {
                    Checkpoint.load(file);
                    return true;
                };
        Map<String, Kind> kinds = new LinkedHashMap<>();
        kinds.put("archive", new Kind("model.zip", null, predict));
        kinds.put("parameters", new Kind("model.zip", "coefficients.bin", predict));
        kinds.put("configuration", new Kind("model.zip", "configuration.json", predict));
        kinds.put("normalizer", new Kind("model.zip", "normalizer.bin", predict));
        kinds.put("card", new Kind("model.zip", "lamina.json", predict));
        kinds.put("checkpoint", new Kind("checkpoint.zip", "training.json", checkpoint));
        kinds.put("updater", new Kind("checkpoint.zip", "updaterState.bin", checkpoint));
        kinds.put("best", new Kind("checkpoint.zip", "best.bin", checkpoint));
        kinds.put("edf", new Kind("recording.edf", null, record));
        kinds.put("bdf", new Kind("recording.bdf", null, record));
        kinds.put("csv", new Kind("recording.csv", null, record));
        Reading samples =
                file -> {
                    for (Recording piece : RecordingFolder.readFile(file, List.of())) {
                        piece.samples(0);
                    }
                    return true;
                };
        for (String name : EEGLAB) {
            kinds.put(name, new Kind(name, null, samples));
        }
        Reading beside = file -> samples.read(file.resolveSibling(BIDS + "eeg.edf"));
        for (String table : List.of("channels.tsv", "events.tsv")) {
            kinds.put(table, new Kind(BIDS + table, null, beside));
        }
        kinds.put("gdf 1", new Kind("first.gdf", null, record));
        kinds.put("gdf 2", new Kind("second.gdf", null, record));
        Reading labels = with(folder, List.of("labelled.gdf"), record);
        kinds.put("class labels", new Kind("labelled.mat", null, labels));
        Reading parts = with(folder, List.of("parts.vhdr", "parts.vmrk", "parts.eeg"), record);
        for (String part : List.of("vhdr", "vmrk", "eeg")) {
            kinds.put(part, new Kind("parts." + part, null, parts));
        }
        kinds.put(
                "idx",
                new Kind(
                        "images-idx3-ubyte",
                        null,
                        file -> IdxFile.read(file, 3).bytes().length > 0));
        kinds.put("safetensors", new Kind("weights.safetensors", null, weights));
        kinds.put("npz", new Kind("weights.npz", null, weights));
        kinds.put("npy in npz", new Kind("weights.npz", "classifier.W.npy", weights));
        kinds.put("hdf5", new Kind("weights.h5", null, keras));
        kinds.put("keras hdf5", new Kind("eegnet.h5", null, whole));
        kinds.put("keras archive", new Kind("eegnet.keras", null, whole));
        kinds.put("keras configuration", new Kind("images.keras", "config.json", whole));
        kinds.put("keras within keras", new Kind("nested.keras", "config.json", whole));
        kinds.put("keras within hdf5", new Kind("nested.h5", null, whole));
        kinds.put("keras weights", new Kind("eegnet.keras", "model.weights.h5", whole));
        kinds.put("onnx", new Kind("weights.onnx", null, weights));
        kinds.put("onnx of pytorch", new Kind("torch.onnx", null, torch));
        return kinds;
    }

    /** Reads the first of some files after the others, of which one is changed, were put there. */
    private static Reading with(Path folder, List<String> files, Reading first) {
        return changed -> {
            for (String file : files) {
                if (!changed.endsWith(file)) {
                    Files.copy(
                            folder.resolve(file),
                            changed.resolveSibling(file),
                            StandardCopyOption.REPLACE_EXISTING);
                }
            }
            return first.read(changed.resolveSibling(files.get(0)));
        };
    }

    private static boolean tryAll(Path folder, String name, Kind kind, int count, long seed)
            throws IOException {
        byte[] whole = Files.readAllBytes(folder.resolve(kind.file()));
        Path changed = Files.createDirectories(folder.resolve("changed")).resolve(kind.file());
        boolean good = true;
        int read = 0;
        for (int i = 0; i <= count; i++) {
            // The first is as it was.
            byte[] bytes = whole;
            if (i > 0) {
                bytes =
                        kind.entry() == null
                                ? Mutations.mutate(whole, seed + i)
                                : Mutations.mutateEntry(whole, kind.entry(), seed + i);
            }
            Files.write(changed, bytes);
            current = name + " " + (seed + i);
            begun = System.nanoTime();
            try {
                boolean success = kind.reading().read(changed);
                read += success ? 1 : 0;
                if (i == 0 && !success) {
                    good = false;
                    System.out.println("WRONG " + name + ": the good file is refused");
                }
            } catch (DataException | ModelFileException refused) {
                if (i == 0 || refused.getMessage().contains("\n")) {
                    good = false;
                    System.out.println("WRONG " + current + ": " + refused.getMessage());
                }
            } catch (Throwable e) {
                good = false;
                System.out.println("WRONG " + current + ": " + e);
            }
        }
        // Other kinds may be read with this file beside them.
        Files.write(changed, whole);
        System.out.printf(Locale.ROOT, "%s: %d of %d read%n", name, read, count + 1);
        return good;
    }

    /** The command line; whatever is no result and no refusal is an error. */
    private static boolean run(String... args) {
        Cli cli = Cli.run(args);
        List<String> errors =
                new ArrayList<>(cli.err().lines().filter(l -> !l.startsWith("Warning")).toList());
        boolean noMemory = cli.err().contains("too large for the available memory");
        boolean refused =
                (cli.code() == 2 || cli.code() == 3 || noMemory)
                        && errors.size() == 1
                        && !FOR_PROGRAMMERS.matcher(cli.err()).find();
        if (!refused && (cli.code() != 0 || !errors.isEmpty())) {
            throw new IllegalStateException("exit code " + cli.code() + ": " + cli.err());
        }
        return cli.code() == 0;
    }

    private static void watch() {
        Thread watch =
                new Thread(
                        () -> {
                            while (System.nanoTime() - begun < PATIENCE_NANOS) {
                                try {
                                    Thread.sleep(200);
                                } catch (InterruptedException e) {
                                    return;
                                }
                            }
                            System.out.println("WRONG " + current + ": takes too long");
                            System.out.flush();
                            Runtime.getRuntime().halt(2);
                        });
        watch.setDaemon(true);
        watch.start();
    }
}
