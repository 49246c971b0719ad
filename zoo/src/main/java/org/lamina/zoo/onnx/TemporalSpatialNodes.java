package org.lamina.zoo.onnx;

import java.util.Map;
import org.lamina.spec.CombinedConvSpec;
import org.lamina.spec.ConvGeometry;
import org.lamina.spec.LayerSpec;
import org.lamina.spec.Padding;
import org.lamina.spec.TemporalSpatialConvSpec;
import org.lamina.zoo.network.Folding;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Nodes for the fronts of EEG networks, in evaluation.
 *
 * @param layers nodes for their parts
 * @param publishedOrder whether the parts follow one another as they are published
 */
record TemporalSpatialNodes(LaminaLayers layers, boolean publishedOrder) {

    /** Whether less work than the parts' one after the other does the same. */
    static boolean reordered(LayerSpec spec) {
        return spec instanceof CombinedConvSpec combined
                ? combined.combines(1, Integer.MAX_VALUE)
                : spec instanceof TemporalSpatialConvSpec front
                        && front.spatial().depthMultiplier() < front.rows();
    }

    /** One convolution over all rows, or the two as they are published. */
    Value combinedConv(String name, Value x, CombinedConvSpec spec, Map<String, INDArray> params) {
        INDArray temporal = params.get(TemporalSpatialConvSpec.TEMPORAL_WEIGHT);
        INDArray temporalBias = params.get(TemporalSpatialConvSpec.TEMPORAL_BIAS);
        INDArray spatial = params.get(TemporalSpatialConvSpec.SPATIAL_WEIGHT);
        INDArray spatialBias = params.get(TemporalSpatialConvSpec.SPATIAL_BIAS);
        ConvGeometry along = spec.temporal().geometry();
        if (publishedOrder || !reordered(spec)) {
            Value filtered = layers.conv(name + ".temporal", x, temporal, temporalBias, along);
            return layers.conv(name, filtered, spatial, spatialBias, spec.spatial().geometry());
        }
        long outputs = spec.outChannels();
        long filters = temporal.size(0);
        INDArray byRow =
                spatial.castTo(DataType.DOUBLE)
                        .reshape(outputs, filters, spec.rows())
                        .permute(0, 2, 1)
                        .dup('c');
        INDArray product =
                byRow.reshape('c', outputs * spec.rows(), filters)
                        .mmul(temporal.castTo(DataType.DOUBLE).reshape(filters, spec.taps()))
                        .dup('c');
        INDArray bias = spatialBias == null ? null : spatialBias.castTo(DataType.DOUBLE);
        if (temporalBias != null) {
            INDArray sum =
                    byRow.sum(1)
                            .mmul(temporalBias.castTo(DataType.DOUBLE).reshape(filters, 1))
                            .reshape(outputs);
            bias = bias == null ? sum : bias.add(sum);
        }
        Padding padding =
                Padding.perSide(
                        new int[] {0, along.padBefore()[1]}, new int[] {0, along.padAfter()[1]});
        return layers.conv(
                name,
                x,
                product.reshape('c', outputs, 1, spec.rows(), spec.taps()),
                bias,
                ConvGeometry.ofKernel(spec.rows(), spec.taps()).withPadding(padding));
    }

    /**
     * Spatial filters first, then one temporal filter for each of their outputs, with the
     * normalization in its weights and bias; or the three parts as they are published.
     */
    Value temporalSpatialConv(
            String name, Value x, TemporalSpatialConvSpec spec, Map<String, INDArray> params) {
        INDArray temporal = params.get(TemporalSpatialConvSpec.TEMPORAL_WEIGHT);
        INDArray temporalBias = params.get(TemporalSpatialConvSpec.TEMPORAL_BIAS);
        INDArray spatial = params.get(TemporalSpatialConvSpec.SPATIAL_WEIGHT);
        INDArray spatialBias = params.get(TemporalSpatialConvSpec.SPATIAL_BIAS);
        if (publishedOrder || !reordered(spec)) {
            Value filtered =
                    layers.conv(
                            name + ".temporal",
                            x,
                            temporal,
                            temporalBias,
                            spec.temporal().geometry());
            Value normalized =
                    layers.batchNorm(name + ".norm", filtered, params, spec.normalization().eps());
            return layers.depthwise(name, normalized, spatial, spatialBias, spec.spatial());
        }
        Folding.Linear normalization = Folding.batchNorm(params, spec.normalization().eps());
        long outputs = spec.outChannels();
        long multiplier = outputs / temporal.size(0);
        INDArray filters = Nd4j.create(DataType.DOUBLE, outputs, 1, 1, spec.taps());
        INDArray bias = Nd4j.create(DataType.DOUBLE, outputs);
        for (long o = 0; o < outputs; o++) {
            long f = o / multiplier;
            double scale = normalization.scale().getDouble(f);
            double constant = normalization.shift().getDouble(f);
            constant += temporalBias == null ? 0 : scale * temporalBias.getDouble(f);
            double sum = 0;
            for (long c = 0; c < spec.rows(); c++) {
                sum += spatial.getDouble(o, 0, c, 0);
            }
            bias.putScalar(
                    o, sum * constant + (spatialBias == null ? 0 : spatialBias.getDouble(o)));
            for (long k = 0; k < spec.taps(); k++) {
                filters.putScalar(new long[] {o, 0, 0, k}, scale * temporal.getDouble(f, 0, 0, k));
            }
        }
        Value mixed = layers.conv(name + ".spatial", x, spatial, null, spec.spatial().geometry());
        return layers.conv(
                name, mixed, filters, bias, spec.temporal().geometry().withGroups((int) outputs));
    }
}
