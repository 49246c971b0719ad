package org.lamina.layers.samediff;

import org.deeplearning4j.nn.graph.ComputationGraph;
import org.lamina.layers.base.LocalConvVertex;
import org.lamina.layers.base.LocalConvVertexImpl;
import org.lamina.layers.builders.DataFormat1D;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * 1-D convolution with separate filters at every output position, supplied by another part of the
 * network as in a hypernetwork. A vertex of a ComputationGraph with the inputs x, filters and,
 * unless {@code hasBias(false)}, bias; gradients go to all of them.
 *
 * <p>x is a time series {@code [N, nIn, T]} (or NWC), the output {@code [N, nOut, T']}. The filters
 * are {@code W} of {@link SameDiffLocalConv1D}, flattened: {@code [1, nOut * nIn * k * T']} shared
 * by all examples, or {@code [N, ...]} for each example; the bias is {@code [1, nOut * T']} or
 * {@code [N, ...]}. Masks of x are applied as in the layer.
 *
 * <p>Defaults: stride 1, no padding, dilation 1, a bias input, padding mode zeros; nIn and input
 * size from the network's input types.
 *
 * <pre>{@code
 * new SameDiffLocalConv1DVertex.Builder(5).nOut(4).stride(2).padding(1).build()
 * }</pre>
 *
 * <p>Source: hypnettorch, {@code LocalConv2dLayer.forward(x, weights=...)} in one dimension,
 * https://github.com/chrhenning/hypnettorch.
 *
 * <p>Differs from the source in: dilation, padding by rule and padding modes; separate filters for
 * each example.
 */
public class SameDiffLocalConv1DVertex extends LocalConvVertex {

    /** For Jackson. */
    protected SameDiffLocalConv1DVertex() {}

    private SameDiffLocalConv1DVertex(Builder builder) {
        super(builder);
    }

    @Override
    protected LocalConvVertex blank() {
        return new SameDiffLocalConv1DVertex();
    }

    @Override
    protected LocalConvVertexImpl newImpl(
            ComputationGraph graph, String name, int index, DataType dataType) {
        return new SameDiffLocalConvVertexImpl(this, graph, name, index, dataType);
    }

    /** Builder. */
    public static class Builder extends LocalConvVertex.Builder<Builder>
            implements DataFormat1D<Builder> {

        /**
         * Creates a builder.
         *
         * @param kernel kernel length
         */
        public Builder(int kernel) {
            super(1, kernel);
        }

        /** The vertex. */
        public SameDiffLocalConv1DVertex build() {
            return new SameDiffLocalConv1DVertex(this);
        }
    }
}
