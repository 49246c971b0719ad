package org.lamina.layers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

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
import org.lamina.layers.conf.MeanPooling2D;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class MeanPooling2DTest {

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
        SubsamplingLayer.Builder ours = new MeanPooling2D.Builder(height, width);
        SubsamplingLayer.Builder theirs =
                new SubsamplingLayer.Builder(PoolingType.AVG).kernelSize(height, width);
        for (SubsamplingLayer.Builder builder : new SubsamplingLayer.Builder[] {ours, theirs}) {
            options(builder, mode, stride, pad, dilation).dataFormat(format);
        }
        INDArray x = Nd4j.rand(type, 3, 7, 8, 11);
        Layer expected = layer(theirs.build(), type);
        Layer actual = layer(ours.build(), type);
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

    @Test
    void strideIsTheKernelsSizeAtFirst() {
        MeanPooling2D conf = new MeanPooling2D.Builder(2, 3).build();
        assertArrayEquals(new int[] {2, 3}, conf.getStride());
        assertThrows(RuntimeException.class, () -> new MeanPooling2D.Builder(2, 0).build());
    }

    @Test
    void survivesJson() {
        MultiLayerConfiguration conf =
                new NeuralNetConfiguration.Builder()
                        .list()
                        .layer(new MeanPooling2D.Builder(1, 4).name("pool").build())
                        .build();
        MultiLayerConfiguration read = MultiLayerConfiguration.fromJson(conf.toJson());
        assertEquals(MeanPooling2D.class, read.getConf(0).getLayer().getClass());
        assertEquals(conf, read);
    }
}
