package org.lamina.zoo.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.apache.spark.SparkConf;
import org.apache.spark.serializer.JavaSerializer;
import org.apache.spark.serializer.KryoSerializer;
import org.apache.spark.serializer.SerializerInstance;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lamina.layers.ConstrainedDense;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Sgd;
import scala.reflect.ClassTag$;

/** What a round sends arrives as it was, by either serializer of Spark. */
class NetworkStateTest {

    private static SerializerInstance serializer(boolean kryo) {
        SparkConf conf =
                new SparkConf(false)
                        .set("spark.kryo.registrator", NetworkKryoRegistrator.class.getName())
                        .set("spark.kryoserializer.buffer.max", "64m");
        return kryo
                ? new KryoSerializer(conf).newInstance()
                : new JavaSerializer(conf).newInstance();
    }

    private static <T> T sent(SerializerInstance serializer, T value, int mostBytes) {
        java.nio.ByteBuffer bytes =
                serializer.serialize(value, ClassTag$.MODULE$.apply(value.getClass()));
        assertTrue(bytes.remaining() < mostBytes, bytes.remaining() + " bytes");
        return serializer.deserialize(bytes, ClassTag$.MODULE$.apply(value.getClass()));
    }

    private static NeuralNetConfiguration.Builder builder(DataType type, IUpdater updater) {
        return new NeuralNetConfiguration.Builder().dataType(type).updater(updater);
    }

    private static MultiLayerNetwork network(DataType type) {
        MultiLayerNetwork network =
                new MultiLayerNetwork(
                        builder(type, new Adam(1e-3))
                                .list()
                                .layer(new ConstrainedDense.Builder().nOut(300).build())
                                .layer(new OutputLayer.Builder().nOut(2).build())
                                .setInputType(InputType.feedForward(100))
                                .build());
        network.init();
        return network;
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void networksArriveWithTheirUpdaters(boolean kryo) {
        for (DataType type : List.of(DataType.FLOAT, DataType.DOUBLE, DataType.FLOAT16)) {
            MultiLayerNetwork network = network(type);
            network.getUpdater()
                    .getStateViewArray()
                    .assign(Nd4j.rand(type, 1, 2 * network.numParams()));
            network.setIterationCount(7);
            network.setEpochCount(3);
            int bytes = 3 * type.width() * (int) network.numParams() + 5_000;
            NetworkState there = sent(serializer(kryo), NetworkState.of(network), bytes);
            assertEquals(bytes - 5_000, there.bytes());
            // As on an executor that sends it on.
            NetworkState further = sent(serializer(kryo), there, bytes);
            for (NetworkState state : List.of(there, further)) {
                MultiLayerNetwork other = network(type);
                state.applyTo(other);
                assertEquals(network.params(), other.params());
                assertEquals(
                        network.getUpdater().getStateViewArray(),
                        other.getUpdater().getStateViewArray());
                assertEquals(7, other.getIterationCount());
                assertEquals(3, other.getEpochCount());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void graphsArriveWithoutUpdaterStateToo(boolean kryo) {
        ComputationGraph graph =
                new ComputationGraph(
                        builder(DataType.FLOAT, new Sgd(0.1))
                                .graphBuilder()
                                .addInputs("in")
                                .addLayer(
                                        "out",
                                        new OutputLayer.Builder().nIn(9).nOut(2).build(),
                                        "in")
                                .setOutputs("out")
                                .build());
        graph.init();
        graph.getConfiguration().setIterationCount(7);
        graph.getConfiguration().setEpochCount(3);
        NetworkState there = sent(serializer(kryo), NetworkState.of(graph), 5_000);
        assertNull(there.updaterState().array());
        ComputationGraph other = new ComputationGraph(graph.getConfiguration().clone());
        other.init();
        there.applyTo(other);
        assertEquals(graph.params(), other.params());
        assertEquals(7, other.getIterationCount());
        assertEquals(3, other.getEpochCount());
    }

    /** In levels of a tree, with and without a shuffle. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 9})
    void sumsAndMeansAreRight(int partitions) {
        WorkerSum sum =
                LocalSpark.context()
                        .parallelize(List.of(0, 1, 2, 3, 4, 5, 6, 7, 8), partitions)
                        .map(NetworkStateTest::result)
                        .treeReduce(WorkerSum::plus, 2);
        assertEquals(9, sum.workers());
        assertEquals(18, sum.loss());
        assertEquals(27, sum.examples());
        assertEquals(array(36), sum.parameters().array());
        assertEquals(array(72), sum.updaterState().array());
        NetworkState mean = sum.mean(5, 6);
        assertEquals(array(4), mean.parameters().array());
        assertEquals(array(8), mean.updaterState().array());
        assertEquals(5, mean.iteration());
        assertEquals(6, mean.epoch());
    }

    private static WorkerSum result(int number) {
        return new WorkerSum(
                new SentArray(array(number)), new SentArray(array(2 * number)), 1, 0.5 * number, 3);
    }

    private static INDArray array(int value) {
        return Nd4j.valueArrayOf(new long[] {1, 70_000}, value, DataType.FLOAT);
    }
}
