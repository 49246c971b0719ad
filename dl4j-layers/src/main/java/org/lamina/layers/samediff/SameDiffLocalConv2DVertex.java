package org.lamina.layers.samediff;

import org.deeplearning4j.nn.graph.ComputationGraph;
import org.lamina.layers.base.LocalConvVertex;
import org.lamina.layers.base.LocalConvVertexImpl;
import org.lamina.layers.builders.DataFormat2D;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * 2-D convolution with separate filters at every output position, supplied by another part of the
 * network; documented by {@link LocalConvVertex}.
 *
 * <pre>{@code
 * new SameDiffLocalConv2DVertex.Builder(3, 5).nOut(4).stride(2).padding(1).build()
 * }</pre>
 *
 * <p>A hypernetwork for 6x6 images that generates separate filters (3x3, one output channel, 16
 * output positions) for each task, given as a one-hot vector of length 2. The last layer before the
 * vertex determines the scale of the filters: for a dense layer with one-hot input, a small weight
 * init (here uniform in (-0.1, 0.1)) initializes the filters.
 *
 * <pre>{@code
 * new NeuralNetConfiguration.Builder()
 *         .updater(new Adam(0.01))
 *         .graphBuilder()
 *         .addInputs("image", "task")
 *         .setInputTypes(InputType.convolutional(6, 6, 1), InputType.feedForward(2))
 *         .addLayer("filters", new DenseLayer.Builder().nOut(9 * 16).activation(Activation.IDENTITY)
 *                 .weightInit(new UniformDistribution(-0.1, 0.1)).build(), "task")
 *         .addLayer("bias", new DenseLayer.Builder().nOut(16).activation(Activation.IDENTITY)
 *                 .weightInit(new UniformDistribution(-0.1, 0.1)).build(), "task")
 *         .addVertex("local", new SameDiffLocalConv2DVertex.Builder(3).nOut(1).build(), "image", "filters", "bias")
 *         .addLayer("loss", new CnnLossLayer.Builder(LossFunctions.LossFunction.MSE)
 *                 .activation(Activation.IDENTITY).build(), "local")
 *         .setOutputs("loss")
 *         .build()
 * }</pre>
 */
public class SameDiffLocalConv2DVertex extends LocalConvVertex {

    /** For Jackson. */
    protected SameDiffLocalConv2DVertex() {}

    private SameDiffLocalConv2DVertex(Builder builder) {
        super(builder);
    }

    @Override
    protected LocalConvVertexImpl newImpl(
            ComputationGraph graph, String name, int index, DataType dataType) {
        return new SameDiffLocalConvVertexImpl(this, graph, name, index, dataType);
    }

    public static class Builder extends LocalConvVertex.Builder<Builder>
            implements DataFormat2D<Builder> {

        /** A kernel of this height and width, or one number for both. */
        public Builder(int... kernel) {
            super(2, kernel);
        }

        /** The vertex. */
        public SameDiffLocalConv2DVertex build() {
            return new SameDiffLocalConv2DVertex(this);
        }
    }
}
