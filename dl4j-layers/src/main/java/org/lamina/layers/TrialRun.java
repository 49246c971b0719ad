package org.lamina.layers;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Tests whether ND4J can run a convolution layer of DL4J: with oneDNN, several of its ops throw for
 * float with dilation, some only in the backward pass.
 */
final class TrialRun {

    private TrialRun() {}

    /**
     * Runs a forward and backward pass of the layer with few channels and positions.
     *
     * @throws RuntimeException as the layer does
     */
    static void of(ConvolutionLayer given, DataType type) {
        ConvolutionLayer small = given.clone();
        int rank = given instanceof Convolution1DLayer ? 1 : given.getKernelSize().length;
        int reach =
                IntStream.range(0, rank)
                        .map(d -> (given.getKernelSize()[d] - 1) * given.getDilation()[d] + 1)
                        .max()
                        .getAsInt();
        small.setNIn(reach); // so that channels may be on any axis
        small.setNOut(
                given instanceof DepthwiseConvolution2D
                        ? reach * ((DepthwiseConvolution2D) given).getDepthMultiplier()
                        : 1);
        small.setIDropout(null);
        small.setWeightNoise(null);
        NeuralNetConfiguration conf = new NeuralNetConfiguration.Builder().layer(small).build();
        long params = small.initializer().numParams(conf);
        Layer layer = small.instantiate(conf, null, 0, Nd4j.zeros(type, 1, params), false, type);
        layer.setBackpropGradientsViewArray(Nd4j.zeros(type, 1, params));
        long[] shape = new long[rank + 2];
        Arrays.fill(shape, 1, shape.length, reach);
        shape[0] = 1;
        LayerWorkspaceMgr memory = LayerWorkspaceMgr.noWorkspaces();
        INDArray y = layer.activate(Nd4j.zeros(type, shape), true, memory);
        layer.backpropGradient(Nd4j.zeros(type, y.shape()), memory);
    }
}
