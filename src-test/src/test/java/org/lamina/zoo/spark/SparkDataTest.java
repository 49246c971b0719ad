package org.lamina.zoo.spark;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.spark.SparkException;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lamina.zoo.EEGNet;
import org.lamina.zoo.cli.Cli;
import org.lamina.zoo.data.DataException;
import org.lamina.zoo.data.brainvision.BrainVisionWriter;
import org.lamina.zoo.data.epochs.ChannelStandardizer;
import org.lamina.zoo.data.epochs.EpochExtractor;
import org.lamina.zoo.data.epochs.EpochSet;
import org.lamina.zoo.data.epochs.EpochingOptions;
import org.lamina.zoo.data.files.RecordingFolder;
import org.lamina.zoo.data.gdf.GdfWriter;
import org.lamina.zoo.data.gdf.MatWriter;
import org.lamina.zoo.data.recording.Recording;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Data on their way to training: recordings, rows, prepared batches. */
class SparkDataTest {
    private static final JavaSparkContext SPARK = LocalSpark.context();
    private static final EpochingOptions OPTIONS =
            EpochingOptions.builder()
                    .channels(List.of("C4", "C3"))
                    .band(2, 30)
                    .window(0, 1)
                    .build();

    @TempDir Path folder;

    private static DataSet numbered(int number) {
        return new DataSet(Nd4j.scalar((float) number).reshape(1, 1), Nd4j.ones(1, 1));
    }

    private PreparedBatches prepare(int examples, int batch, long seed) throws IOException {
        List<DataSet> sets = IntStream.range(0, examples).mapToObj(i -> numbered(i)).toList();
        return PreparedBatches.write(
                SPARK.parallelize(sets, 5), folder.resolve("p" + seed).toString(), batch, seed);
    }

    private static List<List<Integer>> contents(PreparedBatches batches) throws IOException {
        List<List<Integer>> all = new ArrayList<>();
        for (DataSet batch : batches.read(SPARK).collect()) {
            all.add(Arrays.stream(batch.getFeatures().toIntVector()).boxed().toList());
        }
        return all;
    }

    @Test
    void everyExampleIsInOneBatch() throws IOException {
        PreparedBatches batches = prepare(23, 4, 1);
        assertEquals(23, batches.examples());
        assertEquals(6, batches.count());
        List<List<Integer>> contents = contents(batches);
        assertEquals(List.of(4, 4, 4, 4, 4, 3), contents.stream().map(List::size).toList());
        List<Integer> flat = contents.stream().flatMap(List::stream).toList();
        assertEquals(IntStream.range(0, 23).boxed().toList(), flat.stream().sorted().toList());
        assertNotEquals(flat.stream().sorted().toList(), flat);
        assertEquals(contents, contents(prepare(23, 4, 1)), "the seed decides");
        assertNotEquals(contents, contents(prepare(23, 4, 2)));
        assertEquals(batches, PreparedBatches.open(SPARK, folder.resolve("p1").toString()));
        assertEquals(
                2, batches.read(SPARK).getNumPartitions(), "read by as many tasks as there are");
    }

    @Test
    void examplesInLargerSetsAreTakenApart() throws IOException {
        DataSet five = DataSet.merge(IntStream.range(0, 5).mapToObj(i -> numbered(i)).toList());
        PreparedBatches batches =
                PreparedBatches.write(
                        SPARK.parallelize(List.of(five, numbered(5))),
                        folder.resolve("q").toString(),
                        4,
                        3);
        assertEquals(List.of(4, 2), contents(batches).stream().map(List::size).toList());
    }

    @Test
    void batchesComeBackAsTheyWere() throws IOException {
        DataSet images =
                new DataSet(
                        Nd4j.randn(DataType.FLOAT, 3, 1, 70, 150),
                        Nd4j.randn(DataType.FLOAT, 3, 2));
        DataSet masked =
                new DataSet(
                        Nd4j.randn(DataType.DOUBLE, 4, 3, 7).permute(1, 0, 2),
                        Nd4j.randn(DataType.FLOAT, 2, 3).transpose(),
                        Nd4j.ones(DataType.FLOAT, 3, 7),
                        null);
        INDArray all = Nd4j.randn(DataType.DOUBLE, 5, 1, 70, 150);
        DataSet views =
                new DataSet(
                        all.get(NDArrayIndex.interval(1, 4)),
                        Nd4j.createFromArray(new int[][] {{1, 0}, {0, 1}, {1, 0}}));
        for (DataSet batch :
                List.of(images, masked, views, new DataSet(images.getFeatures(), null))) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            BatchFormat.write(batch, bytes);
            DataSet read = BatchFormat.read(new ByteArrayInputStream(bytes.toByteArray()));
            assertEquals(batch.getFeatures(), read.getFeatures());
            assertEquals(batch.getLabels(), read.getLabels());
            assertEquals(batch.getFeaturesMaskArray(), read.getFeaturesMaskArray());
            assertEquals(batch.getLabelsMaskArray(), read.getLabelsMaskArray());
            byte[] cut = Arrays.copyOf(bytes.toByteArray(), bytes.size() / 2);
            assertThrows(IOException.class, () -> BatchFormat.read(new ByteArrayInputStream(cut)));
        }
    }

    /** Of a damaged or foreign file training says which it is. */
    @Test
    void damagedBatchIsNamed() throws IOException {
        PreparedBatches batches = prepare(8, 4, 3);
        Path file = folder.resolve("p3").resolve("batch-00000001.bin");
        Files.deleteIfExists(folder.resolve("p3").resolve(".batch-00000001.bin.crc"));
        Files.writeString(file, "no batch");
        SparkException error =
                assertThrows(SparkException.class, () -> batches.read(SPARK).collect());
        assertTrue(
                error.getMessage().contains("batch-00000001.bin cannot be read: no array"),
                error.getMessage());
    }

    /** Where executors copy a recording, they copy the files that belong to it. */
    @Test
    void filesThatBelongTogether() throws IOException {
        Path shared = Files.createDirectory(LocalSpark.folder().resolve("parts"));
        double[][] samples = new double[2][1000];
        new BrainVisionWriter("INT_16", false, samples)
                .channel("C3,,1")
                .channel("C4,,1")
                .marker("Stimulus,S  1,251,1,0")
                .marker("New Segment,,501,1,0")
                .write(shared, "a");
        new GdfWriter(1.25)
                .plain("C3", 1000)
                .plain("C4", 1000)
                .record(samples)
                .events(3, 1000)
                .event(11, 783, 0, 1)
                .write(shared.resolve("b.gdf"));
        Files.write(shared.resolve("b.mat"), MatWriter.matrix("classlabel", 2));
        List<Recording> recordings =
                SparkRecordings.open(
                                SPARK, LocalSpark.SHARED + "/parts", List.of(), List.of(), false)
                        .summaries();
        assertEquals(
                List.of("a.vhdr", "a.vhdr", "b.gdf"),
                recordings.stream().map(Recording::name).toList());
        assertEquals("Stimulus/S  1", recordings.get(0).events().get(0).label());
        assertEquals("770", recordings.get(2).events().get(0).label());
    }

    /** The samples of EEGLAB's files are in a file that they name. */
    @Test
    void samplesInAFileOfAnotherNameComeAlong() throws IOException {
        Path shared = Files.createDirectory(LocalSpark.folder().resolve("eeglab"));
        for (String name : List.of("continuous.set", "continuous.fdt")) {
            try (InputStream in = SparkDataTest.class.getResourceAsStream("/eeglab/" + name)) {
                Files.copy(in, shared.resolve(name.replace("continuous.set", "renamed.set")));
            }
        }
        SparkRecordings recordings =
                SparkRecordings.open(
                        SPARK, LocalSpark.SHARED + "/eeglab", List.of(), List.of(), false);
        List<Recording> here = RecordingFolder.open(shared).load(List.of(), List.of());
        assertEquals(
                here.stream().map(Recording::events).toList(),
                recordings.summaries().stream().map(Recording::events).toList());
    }

    /** Tables in folders above and bad channels of other recordings count, too. */
    @Test
    void aDataSetInBids() throws IOException {
        Path shared = Files.createDirectory(LocalSpark.folder().resolve("bids"));
        double[][] samples = new double[3][2000];
        Random random = new Random(5);
        for (double[] row : samples) {
            Arrays.setAll(row, t -> random.nextInt(1000));
        }
        for (String name : List.of("sub-01/ses-a/eeg/sub-01_ses-a", "sub-02/eeg/sub-02")) {
            Path stem = shared.resolve(name + "_task-mi_eeg");
            Files.createDirectories(stem.getParent());
            new BrainVisionWriter("INT_16", false, samples)
                    .channel("C3,,1")
                    .channel("C4,,1")
                    .channel("Cz,,1")
                    .write(stem.getParent(), stem.getFileName().toString());
            Files.writeString(
                    stem.resolveSibling(
                            stem.getFileName().toString().replace("_eeg", "_channels.tsv")),
                    "name\ttype\tstatus\nC3\tEEG\tgood\nC4\tEEG\tgood\nCz\tEEG\t"
                            + (name.startsWith("sub-02") ? "bad\n" : "good\n"));
        }
        Files.writeString(
                shared.resolve("task-mi_events.tsv"),
                "onset\tduration\ttrial_type\n1\t1\tleft\n3\t1\tright\n5\t1\tleft\n");
        EpochingOptions options = EpochingOptions.builder().window(0, 1).build();
        SparkRecordings recordings =
                SparkRecordings.open(
                        SPARK, LocalSpark.SHARED + "/bids", List.of(), List.of(), false);
        EpochSet here =
                EpochExtractor.extract(
                        RecordingFolder.open(shared).load(List.of(), List.of()), options);
        assertEquals(List.of("C3", "C4"), recordings.summaries().get(0).channels());
        List<EpochSet> there = recordings.epochs(options).collect();
        assertEquals(
                here.features(),
                Nd4j.concat(0, there.stream().map(EpochSet::features).toArray(INDArray[]::new)));
        assertEquals(here.ids(), there.stream().flatMap(set -> set.ids().stream()).toList());
        assertEquals(List.of("left", "right"), there.get(1).classNames());
    }

    /** As every model file. */
    @Test
    void aStoredNetworkIsData() throws IOException {
        HadoopFiles files = HadoopFiles.of(SPARK);
        Path file = folder.resolve("stored.zip");
        String path = file.toString();
        MultiLayerNetwork network = EEGNet.builder().channels(2).samples(64).build().init();
        SparkCheckpoint.save(files, path, network, new Position(1, 2));
        SparkCheckpoint.save(files, path, network, new Position(2, 0));
        SparkCheckpoint loaded = SparkCheckpoint.load(files, path);
        assertEquals(network.params(), loaded.network().params());
        assertEquals(new Position(2, 0), loaded.position());

        ByteArrayOutputStream model = new ByteArrayOutputStream();
        ModelSerializer.writeModel(network, model, false);
        files.write(
                path,
                out -> {
                    ZipOutputStream zip = new ZipOutputStream(out);
                    zip.putNextEntry(new ZipEntry("training.json"));
                    zip.write(
                            "{\"position\":{\"epochs\":0,\"batches\":0}}"
                                    .getBytes(StandardCharsets.UTF_8));
                    zip.putNextEntry(new ZipEntry("network.zip"));
                    zip.write(model.toByteArray());
                    zip.finish();
                });
        String stateless =
                assertThrows(IOException.class, () -> SparkCheckpoint.load(files, path))
                        .getMessage();
        assertTrue(stateless.contains("stored.zip: it has no updaterState.bin"), stateless);
        files.write(path, out -> out.write("no zip".getBytes(StandardCharsets.UTF_8)));
        String foreign =
                assertThrows(DataException.class, () -> SparkCheckpoint.load(files, path))
                        .getMessage();
        assertTrue(foreign.contains("no checkpoint of a training on Spark"), foreign);
    }

    @Test
    void whatIsNotPreparedIsRefused() throws IOException {
        PreparedBatches batches = prepare(8, 4, 7);
        Files.delete(folder.resolve("p7").resolve("batches.json"));
        String message =
                assertThrows(
                                DataException.class,
                                () -> PreparedBatches.open(SPARK, batches.folder()))
                        .getMessage();
        assertTrue(message.contains("p7: no prepared batches there, or not all"), message);
        assertThrows(DataException.class, () -> prepare(0, 4, 1));
        assertThrows(DataException.class, () -> prepare(4, 0, 1));
    }

    @Test
    void recordingsAreCutAsOnOneMachine() throws IOException {
        Cli.writeRecordings(folder, 3, 8);
        EpochSet here =
                EpochExtractor.extract(
                        RecordingFolder.open(folder).load(List.of(), OPTIONS.channels()), OPTIONS);
        SparkRecordings recordings =
                SparkRecordings.open(
                        SPARK, folder.toString(), List.of(), OPTIONS.channels(), false);
        List<EpochSet> there = recordings.epochs(OPTIONS).collect();
        assertEquals(3, there.size(), "one for each file");
        assertEquals(
                here.features(),
                Nd4j.concat(0, there.stream().map(EpochSet::features).toArray(INDArray[]::new)));
        assertArrayEquals(
                here.classes(),
                there.stream().flatMapToInt(s -> Arrays.stream(s.classes())).toArray());
        assertEquals(here.runs(), there.stream().flatMap(s -> s.runs().stream()).toList());
        assertEquals(here.classNames(), there.get(0).classNames());
        assertEquals(0, recordings.summaries().get(0).length(), "the driver gets no sample");
    }

    @Test
    void epochsAreSplitAndStandardized() throws IOException {
        Cli.writeRecordings(folder, 3, 8);
        SparkRecordings recordings =
                SparkRecordings.open(SPARK, folder.toString(), List.of(), List.of(), false);
        String target = folder.resolve("prepared").toString();
        PreparedEpochs prepared =
                PreparedEpochs.write(
                        recordings.epochs(OPTIONS),
                        new PreparedEpochs.Split(List.of("2"), 0, 0.25, 5),
                        4,
                        false,
                        target);
        assertArrayEquals(new int[] {6, 6}, prepared.counts()[0]);
        assertArrayEquals(new int[] {2, 2}, prepared.counts()[1]);
        assertArrayEquals(new int[] {4, 4}, prepared.counts()[2]);
        assertEquals(12, prepared.train().examples());
        assertEquals(4, prepared.validation().examples());

        EpochSet all =
                EpochExtractor.extract(
                        RecordingFolder.open(folder).load(List.of(), OPTIONS.channels()), OPTIONS);
        EpochSet.Split byRun = all.splitByRun(List.of(), List.of("2"));
        EpochSet train = byRun.train().splitStratified(0.25, 5).train();
        ChannelStandardizer expected = ChannelStandardizer.of(train);
        assertArrayEquals(expected.mean(), prepared.normalizer().mean(), 1e-9);
        assertArrayEquals(expected.std(), prepared.normalizer().std(), 1e-9);
        INDArray tested = byRun.test().features().dup();
        expected.transform(tested);
        DataSet test = DataSet.merge(prepared.test().read(SPARK).collect());
        assertEquals(sortedSums(tested), sortedSums(test.getFeatures()));

        PreparedEpochs opened = PreparedEpochs.open(SPARK, target);
        assertEquals(prepared.train(), opened.train());
        assertEquals(prepared.normalizer(), opened.normalizer());
        assertEquals(prepared.classNames(), opened.classNames());

        PreparedEpochs oneColumn =
                PreparedEpochs.write(
                        recordings.epochs(OPTIONS),
                        new PreparedEpochs.Split(List.of(), 0.25, 0, 5),
                        4,
                        true,
                        target);
        assertNull(oneColumn.validation());
        assertArrayEquals(new int[] {3, 3}, oneColumn.counts()[2]);
        INDArray labels = DataSet.merge(oneColumn.test().read(SPARK).collect()).getLabels();
        assertArrayEquals(new long[] {6, 1}, labels.shape());
        assertEquals(3, labels.sumNumber().intValue());
    }

    private static List<Long> sortedSums(INDArray features) {
        return IntStream.range(0, (int) features.size(0))
                .mapToObj(i -> Math.round(1e3 * features.slice(i).sumNumber().doubleValue()))
                .sorted()
                .toList();
    }

    @Test
    void badFileIsNamedOrSkipped() throws IOException {
        Cli.writeRecordings(folder, 2, 4);
        Files.writeString(folder.resolve("run1b.csv"), "time,C3,C4,marker\n0,1,2,0\n0.1,x,2,0\n");
        String message =
                assertThrows(
                                DataException.class,
                                () ->
                                        SparkRecordings.open(
                                                SPARK,
                                                folder.toString(),
                                                List.of(),
                                                List.of(),
                                                false))
                        .getMessage();
        assertTrue(message.contains("run1b.csv") && message.contains("'x'"), message);
        SparkRecordings recordings =
                SparkRecordings.open(SPARK, folder.toString(), List.of(), List.of(), true);
        assertEquals(1, recordings.skipped().size());
        assertTrue(recordings.skipped().get(0).contains("run1b.csv"));
        assertEquals(2, recordings.epochs(OPTIONS).count());

        Path others = Files.createDirectory(folder.resolve("bad"));
        Files.writeString(others.resolve("a.edf"), "no header");
        for (boolean skip : new boolean[] {true, false}) {
            message =
                    assertThrows(
                                    DataException.class,
                                    () ->
                                            SparkRecordings.open(
                                                    SPARK,
                                                    others.toString(),
                                                    List.of(),
                                                    List.of(),
                                                    skip))
                            .getMessage();
            assertTrue(message.contains("a.edf"), message);
        }
    }

    @Test
    void wrongFoldersAndRunsAreNamed() throws IOException {
        for (Map.Entry<String, String> wrong :
                Map.of(
                                "nowhere",
                                "No folder",
                                "run1.csv",
                                "is a file",
                                "",
                                "available: 1 (run1.csv)")
                        .entrySet()) {
            Cli.writeRecordings(folder, 2, 2);
            String message =
                    assertThrows(
                                    DataException.class,
                                    () ->
                                            SparkRecordings.open(
                                                    SPARK,
                                                    folder.resolve(wrong.getKey()).toString(),
                                                    List.of("9"),
                                                    List.of(),
                                                    false))
                            .getMessage();
            assertTrue(message.contains(wrong.getValue()), message);
        }
    }

    @Test
    void rowsOfADatasetAreExamples() {
        SparkSession session = SparkSession.builder().sparkContext(SPARK.sc()).getOrCreate();
        StructType schema =
                new StructType()
                        .add("eeg", DataTypes.createArrayType(DataTypes.DoubleType))
                        .add("class", DataTypes.IntegerType);
        Dataset<Row> rows =
                session.createDataFrame(
                        List.of(
                                RowFactory.create(List.of(1.0, 2.0, 3.0, 4.0), 1),
                                RowFactory.create(List.of(5.0, 6.0, 7.0, 8.0), 0)),
                        schema);
        List<DataSet> examples = ExampleRows.of(rows, "eeg", "class", 2, 1, 2, 2).collect();
        assertEquals(
                Nd4j.createFromArray(1f, 2, 3, 4).reshape(1, 1, 2, 2),
                examples.get(0).getFeatures());
        assertEquals(Nd4j.createFromArray(0f, 1).reshape(1, 2), examples.get(0).getLabels());
        assertTrue(
                assertThrows(DataException.class, () -> ExampleRows.of(rows, "eeg", "klass", 2, 4))
                        .getMessage()
                        .contains("No column 'klass'; there are: eeg, class"));
        for (Map.Entry<Integer, String> wrong :
                Map.of(3, "A row has 4 features", 4, "A row has label 1").entrySet()) {
            SparkException error =
                    assertThrows(
                            SparkException.class,
                            () ->
                                    ExampleRows.of(
                                                    rows,
                                                    "eeg",
                                                    "class",
                                                    wrong.getKey() == 4 ? 1 : 2,
                                                    wrong.getKey())
                                            .collect());
            assertTrue(error.getMessage().contains(wrong.getValue()), error.getMessage());
        }
    }
}
