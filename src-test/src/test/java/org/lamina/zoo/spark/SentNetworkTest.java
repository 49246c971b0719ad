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
import org.deeplearning4j.spark.api.worker.NetBroadcastTuple;
import org.deeplearning4j.spark.impl.paramavg.ParameterAveragingTrainingResult;
import org.deeplearning4j.spark.impl.paramavg.aggregator.ParameterAveragingAggregationTuple;
import org.deeplearning4j.spark.impl.paramavg.aggregator.ParameterAveragingElementAddFunction;
import org.deeplearning4j.spark.impl.paramavg.aggregator.ParameterAveragingElementCombineFunction;
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
class SentNetworkTest {

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
            int bytes = 3 * type.width() * (int) network.numParams() + 20_000;
            NetBroadcastTuple there = sent(serializer(kryo), SentNetwork.of(network), bytes);
            assertEquals(network.getLayerWiseConfigurations(), there.getConfiguration());
            assertEquals(7, there.getConfiguration().getIterationCount());
            assertEquals(network.params(), there.getParameters());
            assertEquals(network.getUpdater().getStateViewArray(), there.getUpdaterState());
            assertEquals(0, there.getCounter().get());
            assertNull(there.getGraphConfiguration());
            // As on an executor that sends it on.
            NetBroadcastTuple further = sent(serializer(kryo), there, bytes);
            assertEquals(network.params(), further.getParameters());
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
        NetBroadcastTuple there = sent(serializer(kryo), SentNetwork.of(graph), 20_000);
        assertEquals(graph.getConfiguration(), there.getGraphConfiguration());
        assertEquals(graph.params(), there.getParameters());
        assertNull(there.getUpdaterState());
        assertNull(there.getConfiguration());
    }

    /** In partitions and in levels of a tree, with and without a shuffle, as DL4J's sums. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7})
    void sumsAreThoseOfDl4j(int partitions) {
        int results = 9;
        ParameterAveragingAggregationTuple sum =
                new SentSum.Results(
                                LocalSpark.context()
                                        .parallelize(List.of(0, 1, 2, 3, 4, 5, 6, 7, 8), partitions)
                                        .map(SentNetworkTest::result))
                        .treeAggregate(
                                null,
                                new ParameterAveragingElementAddFunction(),
                                new ParameterAveragingElementCombineFunction(),
                                2);
        assertTrue(sum instanceof SentSum, "travelled in DL4J's own form");
        assertEquals(results, sum.getAggregationsCount());
        assertEquals(36, sum.getScoreSum());
        assertEquals(array(36), sum.getParametersSum());
        assertEquals(array(72), sum.getUpdaterStateSum());
    }

    private static ParameterAveragingTrainingResult result(int number) {
        return new ParameterAveragingTrainingResult(
                array(number), array(2 * number), number, null, null, null);
    }

    private static INDArray array(int value) {
        return Nd4j.valueArrayOf(new long[] {1, 70_000}, value, DataType.FLOAT);
    }
}
