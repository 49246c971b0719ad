package org.lamina.layers;

import java.util.function.Function;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.lamina.kernels.WeightStandardizationKernel;
import org.lamina.spec.LayerSpec;
import org.lamina.spec.ParamSpec;
import org.lamina.spec.WSConvSpec;
import org.lamina.spec.WSConvTransposeSpec;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Convolution or transposed convolution with standardized weights, in 1, 2 or 3 dimensions. */
class WSConvLayer extends SpecLayerImpl {

    private final transient WeightStandardizationKernel standardization;

    /** Null for a convolution. */
    private final WSConvTransposeSpec transposed;

    public WSConvLayer(NeuralNetConfiguration conf, DataType dataType) {
        super(conf, dataType);
        LayerSpec spec = layerConf().getSpec();
        this.transposed = spec instanceof WSConvTransposeSpec s ? s : null;
        this.standardization =
                new WeightStandardizationKernel(
                        transposed == null
                                ? ((WSConvSpec) spec).standardization()
                                : transposed.standardization());
    }

    @Override
    protected INDArray forward(
            INDArray x,
            Function<String, INDArray> inputs,
            boolean training,
            Function<long[], INDArray> intermediate,
            Function<long[], INDArray> last) {
        return super.forward(x, standardized(inputs), training, intermediate, last);
    }

    @Override
    protected void backward(
            INDArray x,
            Function<String, INDArray> inputs,
            boolean training,
            INDArray dz,
            INDArray dx) {
        super.backward(x, standardized(inputs), training, dz, dx);
        INDArray dw = gradientView(ParamSpec.WEIGHT);
        INDArray rows = rows(dw);
        standardization.backward(
                rows(inputs.apply(ParamSpec.WEIGHT)),
                inputs.apply(WSConvSpec.GAIN),
                rows,
                rows,
                gradientView(WSConvSpec.GAIN));
        assign(rows, dw);
    }

    /** The same inputs with the standardized weight, a new array. */
    private Function<String, INDArray> standardized(Function<String, INDArray> inputs) {
        INDArray w = inputs.apply(ParamSpec.WEIGHT);
        INDArray result = w.ulike();
        INDArray rows = rows(w);
        INDArray standardized = isCopied() ? rows : rows(result);
        standardization.forward(rows, inputs.apply(WSConvSpec.GAIN), standardized);
        assign(standardized, result);
        return name -> name.equals(ParamSpec.WEIGHT) ? result : inputs.apply(name);
    }

    /** Whether the standardized units are not consecutive in memory. */
    private boolean isCopied() {
        return transposed != null && !transposed.perInputChannel();
    }

    /** One row per standardized unit: a copy if they are not consecutive, else a view. */
    private INDArray rows(INDArray weight) {
        if (transposed == null) {
            return weight;
        }
        long[] s = transposed.conv().groupedShape();
        return isCopied()
                ? weight.reshape('c', s)
                        .permute(0, 2, 1, 3)
                        .dup('c')
                        .reshape('c', s[0] * s[2], s[1] * s[3])
                : weight.reshape('c', s[0] * s[1], s[2] * s[3]);
    }

    /** Writes rows back if they are a copy. */
    private void assign(INDArray rows, INDArray weight) {
        if (isCopied()) {
            long[] s = transposed.conv().groupedShape();
            weight.reshape('c', s)
                    .assign(rows.reshape('c', s[0], s[2], s[1], s[3]).permute(0, 2, 1, 3));
        }
    }
}
