package org.lamina.benchmark.spark;

import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.lamina.zoo.EEGNet;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/** EEGNet-8,2 on 64 epochs of 22 channels and 256 samples. */
final class Eeg {
    static final int BATCH = 64;

    private static final int CHANNELS = 22;
    private static final int SAMPLES = 256;
    private static final int CLASSES = 4;

    private Eeg() {}

    static MultiLayerNetwork network() {
        return EEGNet.builder().channels(CHANNELS).samples(SAMPLES).classes(CLASSES).build().init();
    }

    /** Noise: what is learnt makes no difference to the time. */
    static DataSet batch(int number) {
        Nd4j.getRandom().setSeed(number);
        INDArray labels = Nd4j.zeros(BATCH, CLASSES);
        for (int i = 0; i < BATCH; i++) {
            labels.putScalar(i, (number + i) % CLASSES, 1);
        }
        return new DataSet(Nd4j.randn(DataType.FLOAT, BATCH, 1, CHANNELS, SAMPLES), labels);
    }
}
