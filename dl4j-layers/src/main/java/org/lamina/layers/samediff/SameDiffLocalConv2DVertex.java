package org.lamina.layers.samediff;

import org.deeplearning4j.nn.graph.ComputationGraph;
import org.lamina.layers.base.LocalConvVertex;
import org.lamina.layers.base.LocalConvVertexImpl;
import org.lamina.layers.builders.DataFormat2D;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * 2-D convolution with separate filters at every output position, supplied by another part of the
 * network as in a hypernetwork. A vertex of a ComputationGraph with the inputs x, filters and,
 * unless {@code hasBias(false)}, bias; gradients go to all of them.
 *
 * <p>x is an image batch {@code [N, nIn, H, W]} (or NHWC), the output {@code [N, nOut, H', W']}.
 * The filters are {@code W} of {@link SameDiffLocalConv2D}, flattened: {@code [1, nOut * nIn * kH *
 * kW * H' * W']} shared by all examples, or {@code [N, ...]} for each example; the bias is {@code
 * [1, nOut * H' * W']} or {@code [N, ...]}.
 *
 * <p>Defaults: stride 1, no padding, dilation 1, a bias input, padding mode zeros; nIn and input
 * size from the network's input types.
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
 *
 * <p>Source: hypnettorch, {@code LocalConv2dLayer.forward(x, weights=...)},
 * https://github.com/chrhenning/hypnettorch.
 *
 * <p>Differs from the source in: dilation, padding by rule and padding modes; separate filters for
 * each example.
 */
public class SameDiffLocalConv2DVertex extends LocalConvVertex {

    /** For Jackson. */
    protected SameDiffLocalConv2DVertex() {}

    private SameDiffLocalConv2DVertex(Builder builder) {
        super(builder);
    }

    @Override
    protected LocalConvVertex blank() {
        return new SameDiffLocalConv2DVertex();
    }

    @Override
    protected LocalConvVertexImpl newImpl(
            ComputationGraph graph, String name, int index, DataType dataType) {
        return new SameDiffLocalConvVertexImpl(this, graph, name, index, dataType);
    }

    /** Builder. */
    public static class Builder extends LocalConvVertex.Builder<Builder>
            implements DataFormat2D<Builder> {

        /**
         * Creates a builder.
         *
         * @param kernel kernel height and width, or one number for both
         */
        public Builder(int... kernel) {
            super(2, kernel);
        }

        /** The vertex. */
        public SameDiffLocalConv2DVertex build() {
            return new SameDiffLocalConv2DVertex(this);
        }
    }
}
