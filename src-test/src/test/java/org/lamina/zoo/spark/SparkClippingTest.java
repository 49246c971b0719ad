package org.lamina.zoo.spark;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lamina.optimize.AdaptiveGradientClipping;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;

/** Gradients are clipped where they are computed, by the executors. */
class SparkClippingTest {

    private static final double CLIP = 0.02;
    private static final int BATCH = 4;
    private static final int BATCHES = 6;

    @TempDir private Path folder;

    private static MultiLayerConfiguration plain() {
        return new NeuralNetConfiguration.Builder()
                .seed(3)
                .updater(new Sgd(1))
                .activation(Activation.TANH)
                .list()
                .layer(new DenseLayer.Builder().nOut(4).build())
                .layer(new OutputLayer.Builder().nOut(2).activation(Activation.SOFTMAX).build())
                .setInputType(InputType.feedForward(6))
                .build();
    }

    private static MultiLayerNetwork network(MultiLayerConfiguration conf) {
        MultiLayerNetwork network = new MultiLayerNetwork(conf);
        network.init();
        return network;
    }

    private static List<DataSet> examples() {
        Nd4j.getRandom().setSeed(8);
        List<DataSet> examples = new ArrayList<>();
        for (int i = 0; i < BATCH * BATCHES; i++) {
            INDArray label = Nd4j.zeros(1, 2);
            label.putScalar(0, i % 2, 1);
            examples.add(new DataSet(Nd4j.randn(1, 6).muli(5), label));
        }
        return examples;
    }

    /**
     * Two workers; each of the updates between averages is clipped, so their mean is small, too.
     */
    @Test
    void executorsClip() throws IOException {
        JavaSparkContext spark = LocalSpark.context();
        PreparedBatches data =
                PreparedBatches.write(
                        spark.parallelize(examples(), 2), folder.resolve("b").toString(), BATCH, 5);
        AdaptiveGradientClipping clipping = new AdaptiveGradientClipping(CLIP, 1e-3);
        double clipped = moved(spark, data, clipping.applyTo(plain()));
        double free = moved(spark, data, plain());
        // Each worker takes half of the batches; a unit's norm grows by CLIP at most in each.
        double allowed = Math.pow(1 + CLIP, BATCHES / 2.0) - 1;
        assertTrue(clipped > 0 && clipped <= allowed * 1.0001, clipped + " of " + allowed);
        assertTrue(free > 2 * allowed, free + " without clipping");
    }

    /** Largest share of its norm that a unit of the first layer moves by. */
    private static double moved(
            JavaSparkContext spark, PreparedBatches data, MultiLayerConfiguration conf) {
        MultiLayerNetwork network = network(conf);
        INDArray before = network.getParam("0_W").dup();
        SparkTraining.builder(spark)
                .workers(2)
                .averagingFrequency(2)
                .seed(11)
                .build()
                .fit(network, data, 1);
        INDArray change = network.getParam("0_W").sub(before).norm2(0);
        return change.divi(before.norm2(0)).maxNumber().doubleValue();
    }
}
