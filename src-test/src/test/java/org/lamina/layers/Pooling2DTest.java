package org.lamina.layers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lamina.harness.Close;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.shape.Shape;
import org.nd4j.linalg.factory.Nd4j;

class Pooling2DTest {

    private static final LayerWorkspaceMgr MEMORY = LayerWorkspaceMgr.noWorkspaces();

    private static SubsamplingLayer.Builder options(
            SubsamplingLayer.Builder builder, String mode, int stride, int pad, int dilation) {
        builder.convolutionMode(ConvolutionMode.valueOf(mode))
                .stride(stride, stride + 1)
                .padding(pad, pad)
                .dilation(dilation, dilation);
        return builder;
    }

    private static Layer layer(SubsamplingLayer conf, DataType type) {
        NeuralNetConfiguration network = new NeuralNetConfiguration.Builder().layer(conf).build();
        return conf.instantiate(network, null, 0, null, false, type);
    }

    /** What DL4J's own layer gives, whatever lies behind the last window. */
    @ParameterizedTest
    @CsvSource({
        "FLOAT, Truncate, NCHW, 1, 4, 1, 0, 1",
        "FLOAT, Truncate, NCHW, 2, 3, 2, 0, 1",
        "FLOAT, Truncate, NCHW, 5, 2, 3, 0, 1",
        "FLOAT, Truncate, NCHW, 2, 3, 2, 1, 1",
        "FLOAT, Truncate, NCHW, 2, 2, 1, 0, 2",
        "FLOAT, Same, NCHW, 2, 3, 2, 0, 1",
        "FLOAT, Truncate, NHWC, 2, 3, 2, 0, 1",
        "DOUBLE, Truncate, NCHW, 2, 3, 2, 0, 1"
    })
    void isDl4jsLayer(
            DataType type,
            String mode,
            CNN2DFormat format,
            int height,
            int width,
            int stride,
            int pad,
            int dilation) {
        for (PoolingType pooling : List.of(PoolingType.AVG, PoolingType.MAX)) {
            SubsamplingLayer.Builder ours = builder(pooling, height, width);
            SubsamplingLayer.Builder theirs =
                    new SubsamplingLayer.Builder(pooling).kernelSize(height, width);
            for (SubsamplingLayer.Builder builder : List.of(ours, theirs)) {
                options(builder, mode, stride, pad, dilation).dataFormat(format);
            }
            assertSame(theirs.build(), ours.build(), type);
        }
    }

    private static SubsamplingLayer.Builder builder(PoolingType pooling, int... kernel) {
        return pooling == PoolingType.AVG
                ? new AveragePooling2D.Builder(kernel)
                : new MaxPooling2D.Builder(kernel);
    }

    private static void assertSame(SubsamplingLayer theirs, SubsamplingLayer ours, DataType type) {
        INDArray x = Nd4j.rand(type, 3, 7, 8, 11);
        Layer expected = layer(theirs, type);
        Layer actual = layer(ours, type);
        Close close = new Close(1e-5, 1e-6);
        INDArray y = expected.activate(x, true, MEMORY);
        close.check("output", actual.activate(x, true, MEMORY), y);
        INDArray dy = Nd4j.rand(type, y.shape());
        close.check(
                "gradient",
                actual.backpropGradient(dy, MEMORY).getSecond(),
                expected.backpropGradient(dy, MEMORY).getSecond());
        INDArray turned = x.permute(0, 1, 3, 2).dup('c').permute(0, 1, 3, 2); // not dense
        close.check("output of a view", actual.activate(turned, true, MEMORY), y);
    }

    /** NaN takes the place of the maximum in PyTorch, and its gradient. */
    @ParameterizedTest
    @CsvSource({
        "FLOAT, NCHW, 1, 1",
        "FLOAT, NHWC, 1, 1",
        "DOUBLE, NCHW, 2, 1",
        "FLOAT, NCHW, 1, 0",
        "DOUBLE, NHWC, 1, 0"
    })
    void aMaximumWithNaNIsNaN(DataType type, CNN2DFormat format, int dilation, int pad) {
        Layer layer =
                layer(
                        options(new MaxPooling2D.Builder(4, 3), "Truncate", 2, pad, dilation)
                                .dataFormat(format)
                                .build(),
                        type);
        INDArray x = Nd4j.rand(type, 2, 9, 10, 8).subi(0.5);
        long[] nan = {1, 4, 5, 3};
        x.putScalar(nan, Double.NaN);
        x.putScalar(new long[] {0, 2, 2, 2}, Double.POSITIVE_INFINITY);
        INDArray y = layer.activate(x, true, MEMORY);
        INDArray dy = Nd4j.rand(type, y.shape());
        INDArray dx = layer.backpropGradient(dy, MEMORY).getSecond();
        int row = format == CNN2DFormat.NCHW ? 2 : 1;
        double gradient = 0;
        for (long i = 0; i < y.length(); i++) {
            long[] at = Shape.ind2subC(y, i);
            double expected = Double.NEGATIVE_INFINITY;
            for (int h = 0; h < 4; h++) {
                for (int w = 0; w < 3; w++) {
                    long[] from = at.clone();
                    from[row] = at[row] * 2 - pad + (long) h * dilation;
                    from[row + 1] = at[row + 1] * 3 - pad + (long) w * dilation;
                    if (inside(from[row], x.size(row)) && inside(from[row + 1], x.size(row + 1))) {
                        expected = Math.max(expected, x.getDouble(from)); // NaN if one is
                    }
                }
            }
            assertEquals(expected, y.getDouble(at), "at " + Arrays.toString(at));
            gradient += Double.isNaN(expected) ? dy.getDouble(at) : 0;
        }
        assertTrue(gradient > 0, "no window with NaN");
        assertEquals(gradient, dx.getDouble(nan), 1e-6);
    }

    private static boolean inside(long position, long size) {
        return position >= 0 && position < size;
    }

    @Test
    void strideIsTheKernelsSizeAtFirst() {
        for (PoolingType pooling : List.of(PoolingType.AVG, PoolingType.MAX)) {
            assertArrayEquals(new int[] {2, 3}, builder(pooling, 2, 3).build().getStride());
            assertThrows(RuntimeException.class, () -> builder(pooling, 2, 0).build());
        }
    }

    @Test
    void survivesJson() {
        MultiLayerConfiguration conf =
                new NeuralNetConfiguration.Builder()
                        .list()
                        .layer(new AveragePooling2D.Builder(1, 4).name("pool").build())
                        .layer(new MaxPooling2D.Builder(1, 4).build())
                        .build();
        MultiLayerConfiguration read = MultiLayerConfiguration.fromJson(conf.toJson());
        assertEquals(AveragePooling2D.class, read.getConf(0).getLayer().getClass());
        assertEquals(MaxPooling2D.class, read.getConf(1).getLayer().getClass());
        assertEquals(conf, read);
    }
}
