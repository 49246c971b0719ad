package org.lamina.benchmark.spark;

import java.io.Serializable;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.lamina.zoo.EEGNet;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/** EEGNet-8,2 on minibatches of a shape. */
record Eeg(int batch, int channels, int samples) implements Serializable {
    private static final int CLASSES = 4;

    /**
     * @param shape {@code BATCHx1xCHANNELSxSAMPLES}
     */
    static Eeg of(String shape) {
        String[] sizes = shape.split("x");
        return new Eeg(
                Integer.parseInt(sizes[0]), Integer.parseInt(sizes[2]), Integer.parseInt(sizes[3]));
    }

    @Override
    public String toString() {
        return batch + "x1x" + channels + "x" + samples;
    }

    MultiLayerNetwork network() {
        return EEGNet.builder().channels(channels).samples(samples).classes(CLASSES).build().init();
    }

    /** Noise: what is learnt makes no difference to the time. */
    DataSet minibatch(int number) {
        Nd4j.getRandom().setSeed(number);
        INDArray labels = Nd4j.zeros(batch, CLASSES);
        for (int i = 0; i < batch; i++) {
            labels.putScalar(i, (number + i) % CLASSES, 1);
        }
        return new DataSet(Nd4j.randn(DataType.FLOAT, batch, 1, channels, samples), labels);
    }
}
