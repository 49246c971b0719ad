package org.lamina.layers;

import org.deeplearning4j.nn.graph.ComputationGraph;
import org.lamina.layers.base.LocalConvVertex;
import org.lamina.layers.base.LocalConvVertexImpl;
import org.lamina.layers.builders.DataFormat1D;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * 1-D convolution with separate filters at every output position, supplied by another part of the
 * network; documented by {@link LocalConvVertex}.
 *
 * <pre>{@code
 * new LocalConv1DVertex.Builder(5).nOut(4).stride(2).padding(1).build()
 * }</pre>
 */
public class LocalConv1DVertex extends LocalConvVertex {

    /** For Jackson. */
    protected LocalConv1DVertex() {}

    private LocalConv1DVertex(Builder builder) {
        super(builder);
    }

    @Override
    protected LocalConvVertexImpl newImpl(
            ComputationGraph graph, String name, int index, DataType dataType) {
        return new LocalConvKernelVertex(this, graph, name, index, dataType);
    }

    public static class Builder extends LocalConvVertex.Builder<Builder>
            implements DataFormat1D<Builder> {

        /** A kernel of this length. */
        public Builder(int kernel) {
            super(1, kernel);
        }

        /** The vertex. */
        public LocalConv1DVertex build() {
            return new LocalConv1DVertex(this);
        }
    }
}
