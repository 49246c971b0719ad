package org.lamina.layers;

import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.lamina.kernels.ConvTransposeKernel;
import org.lamina.kernels.WeightStandardizationKernel;
import org.lamina.spec.ParamSpec;
import org.lamina.spec.WSConvSpec;
import org.lamina.spec.WSConvTransposeSpec;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Transposed convolution with standardized weights, in 1, 2 or 3 dimensions. */
class WSConvTransposeLayer extends SpecLayerImpl<SpecLayer<WSConvTransposeSpec>> {

    private static final long serialVersionUID = 1L;

    private final WSConvTransposeSpec spec;
    private final ConvTransposeKernel convolution;
    private final WeightStandardizationKernel standardization;

    /** Creates a layer without parameters. */
    public WSConvTransposeLayer(NeuralNetConfiguration conf, DataType dataType) {
        super(conf, dataType);
        this.spec = layerConf().getSpec();
        this.convolution = new ConvTransposeKernel(spec.geometry());
        this.standardization = new WeightStandardizationKernel(spec.standardization());
    }

    @Override
    protected long[] outputShape(long[] input) {
        return convolution.outputShape(input, spec.outChannels());
    }

    @Override
    protected void forward(INDArray x, Params params, boolean training, INDArray z) {
        convolution.forward(x, standardized(params), params.get(ParamSpec.BIAS), z);
    }

    @Override
    protected void backward(
            INDArray x,
            Params params,
            boolean training,
            INDArray dz,
            INDArray dx,
            Params gradients) {
        INDArray dw = gradients.get(ParamSpec.WEIGHT);
        convolution.backward(x, standardized(params), dz, dx, dw, gradients.get(ParamSpec.BIAS));
        INDArray rows = rows(dw);
        standardization.backward(
                rows(params.get(ParamSpec.WEIGHT)),
                params.get(WSConvSpec.GAIN),
                rows,
                rows,
                gradients.get(WSConvSpec.GAIN));
        assign(rows, dw);
    }

    /** The standardized weight, a new array. */
    private INDArray standardized(Params params) {
        INDArray w = params.get(ParamSpec.WEIGHT);
        INDArray rows = rows(w);
        INDArray result = w.ulike();
        INDArray standardized = spec.perInputChannel() ? rows(result) : rows;
        standardization.forward(rows, params.get(WSConvSpec.GAIN), standardized);
        assign(standardized, result);
        return result;
    }

    /** One row per standardized unit: a view for input channels, else a copy. */
    private INDArray rows(INDArray weight) {
        long[] s = spec.conv().groupedShape();
        if (spec.perInputChannel()) {
            return weight.reshape('c', s[0] * s[1], s[2] * s[3]);
        }
        return weight.reshape('c', s)
                .permute(0, 2, 1, 3)
                .dup('c')
                .reshape('c', s[0] * s[2], s[1] * s[3]);
    }

    /** Writes rows back if they are a copy. */
    private void assign(INDArray rows, INDArray weight) {
        if (!spec.perInputChannel()) {
            long[] s = spec.conv().groupedShape();
            weight.reshape('c', s)
                    .assign(rows.reshape('c', s[0], s[2], s[1], s[3]).permute(0, 2, 1, 3));
        }
    }
}
