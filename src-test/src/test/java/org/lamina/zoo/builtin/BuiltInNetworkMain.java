package org.lamina.zoo.builtin;

import java.io.File;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Runs a plain network where Lamina is not on the class path: DL4J and ND4J only. */
final class BuiltInNetworkMain {

    private BuiltInNetworkMain() {}

    public static void main(String[] args) throws Exception {
        for (String name : new String[] {"zoo.EEGNet", "layers.conf.WSConv2D", "spec.LayerSpec"}) {
            try {
                Class.forName("org.lamina." + name);
                throw new AssertionError("org.lamina." + name + " is on the class path");
            } catch (ClassNotFoundException expected) {
                // As it must be.
            }
        }
        File folder = new File(args[0]);
        ComputationGraph net = ComputationGraph.load(new File(folder, "plain.zip"), false);
        INDArray x = Nd4j.createFromNpzFile(new File(folder, "x.npz")).get("x");
        Nd4j.saveBinary(net.outputSingle(x), new File(folder, "y.bin"));
    }
}
