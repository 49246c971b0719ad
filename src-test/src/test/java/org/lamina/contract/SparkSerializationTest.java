package org.lamina.contract;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.SparkConf;
import org.apache.spark.serializer.JavaSerializer;
import org.apache.spark.serializer.KryoSerializer;
import org.apache.spark.serializer.SerializerInstance;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.spark.api.worker.NetBroadcastTuple;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.lamina.activations.Elu;
import org.lamina.activations.Gelu;
import org.lamina.activations.SafeLog;
import org.lamina.activations.ScaledActivation;
import org.lamina.activations.Square;
import org.lamina.activations.Swish;
import org.lamina.constraints.MaxNorm;
import org.lamina.constraints.MinMaxNorm;
import org.lamina.constraints.UnitNorm;
import org.lamina.harness.Form;
import org.lamina.harness.Nets;
import org.lamina.optimize.AdaptiveGradientClipping;
import org.lamina.optimize.TorchAdaMax;
import org.lamina.spec.NormAxes;
import org.lamina.spec.ParamSpec;
import org.lamina.zoo.spark.NetworkKryoRegistrator;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;
import scala.reflect.ClassTag$;

/** What Spark sends to executors arrives there, by either of its serializers. */
class SparkSerializationTest {
    private static final SparkConf CONF =
            new SparkConf(false)
                    .set("spark.kryo.registrator", NetworkKryoRegistrator.class.getName());
    private static final List<SerializerInstance> BOTH =
            List.of(new JavaSerializer(CONF).newInstance(), new KryoSerializer(CONF).newInstance());

    private static <T> T sent(SerializerInstance serializer, T value) {
        return serializer.deserialize(
                serializer.serialize(value, ClassTag$.MODULE$.apply(value.getClass())),
                ClassTag$.MODULE$.apply(value.getClass()));
    }

    @Test
    void everyLayerInEveryConfiguration() {
        List<Executable> checks = new ArrayList<>();
        for (LayerFamily family : LayerFamily.ALL) {
            for (Row row : family.rows()) {
                for (Form form : Form.values()) {
                    checks.add(() -> layer(row, form));
                }
            }
        }
        assertAll(checks);
    }

    private static void layer(Row row, Form form) {
        Row tried = row.has(ParamSpec::weight) ? row.constrained(0.7, 0.2, 0.5) : row;
        MultiLayerConfiguration conf =
                new AdaptiveGradientClipping(0.1, 1e-3)
                        .applyTo(
                                Nets.config(DataType.FLOAT, new TorchAdaMax(0.01, 0.9, 0.99, 1e-8))
                                        .list()
                                        .layer(tried.build(form))
                                        .setInputType(row.input())
                                        .build());
        for (SerializerInstance serializer : BOTH) {
            String name = row + ", " + form + ", " + serializer.getClass().getSimpleName();
            MultiLayerConfiguration copy =
                    sent(serializer, new NetBroadcastTuple(conf, null, null)).getConfiguration();
            assertEquals(conf, copy, name);
            assertEquals(conf.toJson(), copy.toJson(), name);
            assertEquals(
                    conf.getConf(0).getLayer(), sent(serializer, conf.getConf(0).getLayer()), name);
        }
    }

    @Test
    void partsOnTheirOwn() {
        List<Object> parts =
                List.of(
                        new MaxNorm(0.5),
                        new MinMaxNorm(0.1, 0.5, 0.3, NormAxes.of(1, 2)),
                        new UnitNorm(NormAxes.perOutputUnit()),
                        new Swish(),
                        new Gelu(),
                        new Elu(0.5),
                        new Square(),
                        new SafeLog(0.5),
                        new ScaledActivation(new Swish(), 1.7),
                        new TorchAdaMax(0.01, 0.9, 0.99, 1e-8));
        for (SerializerInstance serializer : BOTH) {
            for (Object part : parts) {
                assertEquals(part, sent(serializer, part));
            }
        }
    }

    @Test
    void networkWithParametersAndData() {
        Row row = new ConstrainedFamily().rows().get(0);
        MultiLayerNetwork network =
                Nets.classifier(row.build(Form.NATIVE), row.input(), DataType.FLOAT, new Sgd(0.1));
        ComputationGraphConfiguration graph =
                Nets.classifierGraph(
                                row.build(Form.NATIVE), row.input(), DataType.FLOAT, new Sgd(0.1))
                        .getConfiguration();
        INDArray x = row.batch(DataType.FLOAT, 1);
        DataSet data = new DataSet(x, Nets.labels(network.output(x)));
        data.setLabelNames(List.of("left", "right"));
        for (SerializerInstance serializer : BOTH) {
            NetBroadcastTuple tuple =
                    sent(
                            serializer,
                            new NetBroadcastTuple(
                                    network.getLayerWiseConfigurations(), network.params(), null));
            MultiLayerNetwork copy = new MultiLayerNetwork(tuple.getConfiguration());
            copy.init(tuple.getParameters(), false);
            assertEquals(network.output(x), copy.output(x));
            assertEquals(
                    graph,
                    sent(serializer, new NetBroadcastTuple(graph, x, x)).getGraphConfiguration());
            DataSet arrived = sent(serializer, data);
            assertEquals(data, arrived);
            assertEquals(data.getLabelNamesList(), arrived.getLabelNamesList());
        }
    }

    @Test
    void sparkCannotCloseAnArrayThatKryoCopied() {
        INDArray array = Nd4j.createFromArray(1f, 2f);
        assertFalse(sent(BOTH.get(1), array).closeable());
        assertEquals(array, sent(BOTH.get(1), array));
        // A view, in the other order.
        INDArray view = Nd4j.linspace(1, 12, 12, DataType.DOUBLE).reshape('f', 3, 4).getColumn(2);
        assertEquals(view, sent(BOTH.get(1), view));
    }
}
