package org.lamina.layers;

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
 * new LocalConv2DVertex.Builder(3, 5).nOut(4).stride(2).padding(1).build()
 * }</pre>
 */
public class LocalConv2DVertex extends LocalConvVertex {

    /** For Jackson. */
    protected LocalConv2DVertex() {}

    private LocalConv2DVertex(Builder builder) {
        super(builder);
    }

    @Override
    protected LocalConvVertexImpl newImpl(
            ComputationGraph graph, String name, int index, DataType dataType) {
        return new LocalConvKernelVertex(this, graph, name, index, dataType);
    }

    public static class Builder extends LocalConvVertex.Builder<Builder>
            implements DataFormat2D<Builder> {

        /** A kernel of this height and width, or one number for both. */
        public Builder(int... kernel) {
            super(2, kernel);
        }

        /** The vertex. */
        public LocalConv2DVertex build() {
            return new LocalConv2DVertex(this);
        }
    }
}
