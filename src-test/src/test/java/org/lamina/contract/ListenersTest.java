package org.lamina.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.lamina.contract.Persistence.assertBitEqual;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.core.storage.Persistable;
import org.deeplearning4j.datasets.iterator.ExistingDataSetIterator;
import org.deeplearning4j.earlystopping.EarlyStoppingConfiguration;
import org.deeplearning4j.earlystopping.EarlyStoppingResult;
import org.deeplearning4j.earlystopping.saver.InMemoryModelSaver;
import org.deeplearning4j.earlystopping.scorecalc.DataSetLossCalculator;
import org.deeplearning4j.earlystopping.termination.MaxEpochsTerminationCondition;
import org.deeplearning4j.earlystopping.trainer.EarlyStoppingTrainer;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.InvocationType;
import org.deeplearning4j.optimize.listeners.CheckpointListener;
import org.deeplearning4j.optimize.listeners.EvaluativeListener;
import org.deeplearning4j.ui.model.stats.StatsListener;
import org.deeplearning4j.ui.model.stats.api.StatsInitializationReport;
import org.deeplearning4j.ui.model.stats.api.StatsReport;
import org.deeplearning4j.ui.model.stats.api.StatsType;
import org.deeplearning4j.ui.model.storage.InMemoryStatsStorage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lamina.harness.Form;
import org.lamina.harness.Nets;
import org.nd4j.evaluation.classification.Evaluation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.Adam;

/** Every layer under the eyes of DL4J's listeners and of early stopping: they change nothing. */
class ListenersTest {

    private static final int EPOCHS = 2;

    @TempDir Path folder;

    @Test
    void listenersSeeTheLayersAndChangeNothing() {
        LayerFamily.everyLayer(this::listened);
    }

    private void listened(Row row, Form form) throws Exception {
        MultiLayerNetwork plain = network(row, form);
        MultiLayerNetwork net = plain.clone();
        List<DataSet> data = data(row, plain);
        plain.fit(new ExistingDataSetIterator(data), EPOCHS);

        InMemoryStatsStorage storage = new InMemoryStatsStorage();
        Path checkpoints = Files.createTempDirectory(folder, "checkpoints");
        EvaluativeListener evaluation =
                new EvaluativeListener(
                        new ExistingDataSetIterator(data), 1, InvocationType.EPOCH_END);
        net.setListeners(
                new StatsListener(storage, 1),
                evaluation,
                new CheckpointListener.Builder(checkpoints.toFile())
                        .keepAll()
                        .saveEveryNEpochs(1)
                        .build());
        net.fit(new ExistingDataSetIterator(data), EPOCHS);
        assertBitEqual("parameters", plain.params(), net.params());

        String session = storage.listSessionIDs().get(0);
        Persistable setup = storage.getAllStaticInfos(session, StatsListener.TYPE_ID).get(0);
        String json = ((StatsInitializationReport) setup).getModelConfigJson();
        assertEquals(
                net.getLayer(0).conf().getLayer(),
                MultiLayerConfiguration.fromJson(json).getConf(0).getLayer());
        Persistable last = storage.getLatestUpdateAllWorkers(session, StatsListener.TYPE_ID).get(0);
        StatsReport report = (StatsReport) last;
        boolean constrained = net.getLayer(0).conf().getLayer().getConstraints() != null;
        for (String param : net.getLayer(0).paramTable().keySet()) {
            double magnitude = report.getMeanMagnitudes(StatsType.Parameters).get("0_" + param);
            double expected = net.getParam("0_" + param).ameanNumber().doubleValue();
            // DL4J applies constraints after its listeners.
            assertEquals(expected, magnitude, (constrained ? 0.5 : 1e-5) * expected, param);
        }
        Evaluation seen = (Evaluation) evaluation.getEvaluations()[0];
        assertEquals(net.evaluate(new ExistingDataSetIterator(data)).accuracy(), seen.accuracy());
        INDArray x = data.get(0).getFeatures();
        assertBitEqual(
                "output of the checkpoint",
                net.output(x),
                CheckpointListener.loadLastCheckpointMLN(checkpoints.toFile()).output(x));
    }

    @Test
    void earlyStoppingTrainsAsFit() {
        LayerFamily.everyLayer(ListenersTest::stopped);
    }

    private static void stopped(Row row, Form form) {
        MultiLayerNetwork plain = network(row, form);
        MultiLayerNetwork net = plain.clone();
        List<DataSet> data = data(row, plain);
        plain.fit(new ExistingDataSetIterator(data), EPOCHS);
        EarlyStoppingResult<MultiLayerNetwork> result =
                new EarlyStoppingTrainer(
                                new EarlyStoppingConfiguration.Builder<MultiLayerNetwork>()
                                        .epochTerminationConditions(
                                                new MaxEpochsTerminationCondition(EPOCHS))
                                        .scoreCalculator(
                                                new DataSetLossCalculator(
                                                        new ExistingDataSetIterator(data), true))
                                        .modelSaver(new InMemoryModelSaver<>())
                                        .build(),
                                net,
                                new ExistingDataSetIterator(data))
                        .fit();
        assertEquals(EPOCHS, result.getTotalEpochs());
        assertBitEqual("parameters", plain.params(), net.params());
    }

    private static MultiLayerNetwork network(Row row, Form form) {
        return Nets.classifier(row.build(form), row.input(), DataType.FLOAT, new Adam(0.01));
    }

    private static List<DataSet> data(Row row, MultiLayerNetwork net) {
        List<DataSet> data = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            INDArray x = row.batch(DataType.FLOAT, 81 + i);
            data.add(new DataSet(x, Nets.labels(net.output(x))));
        }
        return data;
    }
}
