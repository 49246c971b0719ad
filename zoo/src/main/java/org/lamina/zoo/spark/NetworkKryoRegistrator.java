package org.lamina.zoo.spark;

import com.esotericsoftware.kryo.Kryo;
import com.esotericsoftware.kryo.Serializer;
import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import com.esotericsoftware.kryo.serializers.JavaSerializer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.spark.serializer.KryoRegistrator;
import org.deeplearning4j.nn.api.layers.LayerConstraint;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.lamina.zoo.data.epochs.EpochSet;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.DataSet;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.regularization.Regularization;

/**
 * Lets Spark's Kryo serializer carry networks and their data:
 *
 * <pre>
 * spark.serializer        org.apache.spark.serializer.KryoSerializer
 * spark.kryo.registrator  org.lamina.zoo.spark.NetworkKryoRegistrator
 * </pre>
 *
 * <p>Arrays are off the heap, out of Kryo's reach. Configurations contain immutable collections and
 * records, which Kryo cannot instantiate, so they use Java's serialization, and so does DL4J's
 * counter, whose field is inaccessible to Kryo. DL4J's own registrator ({@code Nd4jRegistrator}) is
 * missing from the artifact for Scala 2.12.
 */
public final class NetworkKryoRegistrator implements KryoRegistrator {
    private static final Class<?>[] BY_JAVA = {
        MultiLayerConfiguration.class,
        ComputationGraphConfiguration.class,
        Layer.class,
        GraphVertex.class,
        LayerConstraint.class,
        IActivation.class,
        IUpdater.class,
        Regularization.class,
        DataSet.class,
        MultiDataSet.class,
        EpochSet.class,
        Record.class,
        AtomicInteger.class
    };

    @Override
    public void registerClasses(Kryo kryo) {
        kryo.addDefaultSerializer(INDArray.class, new ArraySerializer());
        for (Class<?> type : BY_JAVA) {
            kryo.addDefaultSerializer(type, new JavaSerializer());
        }
    }

    /** In blocks of bytes. */
    private static final class ArraySerializer extends Serializer<INDArray> {
        @Override
        public void write(Kryo kryo, Output output, INDArray array) {
            try {
                ArrayFormat.write(array, output);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public INDArray read(Kryo kryo, Input input, Class<INDArray> type) {
            INDArray array;
            try {
                array = ArrayFormat.read(input);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            // Spark closes values that it drops, even if they are still used elsewhere.
            array.setCloseable(false);
            return array;
        }
    }
}
