package org.lamina.constraints;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.lamina.constraints.ConstrainedNetworks.BOUND;
import static org.lamina.constraints.ConstrainedNetworks.assertWithin;
import static org.lamina.constraints.ConstrainedNetworks.flatData;
import static org.lamina.constraints.ConstrainedNetworks.global;
import static org.lamina.constraints.ConstrainedNetworks.output;

import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.samediff.SDLayerParams;
import org.deeplearning4j.nn.conf.layers.samediff.SameDiffLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.weights.WeightInit;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Constraints on a SameDiff layer that declares its output units. */
class ConstrainedSameDiffLayerTest {

    /** A SameDiff layer that stores weights as PyTorch does, {@code [out, in]}. */
    public static final class SameDiffDense extends SameDiffLayer implements OutputUnitLayout {
        private long nIn;
        private long nOut;

        SameDiffDense() {}

        SameDiffDense(long nIn, long nOut) {
            this.nIn = nIn;
            this.nOut = nOut;
        }

        public long getNIn() {
            return nIn;
        }

        public void setNIn(long nIn) {
            this.nIn = nIn;
        }

        public long getNOut() {
            return nOut;
        }

        public void setNOut(long nOut) {
            this.nOut = nOut;
        }

        @Override
        public void defineParameters(SDLayerParams params) {
            params.addWeightParam("W", nOut, nIn);
            params.addBiasParam("b", nOut);
        }

        @Override
        public void initializeParameters(Map<String, INDArray> params) {
            initWeights((int) nIn, (int) nOut, WeightInit.XAVIER, params.get("W"));
            params.get("b").assign(0);
        }

        @Override
        public SDVariable defineLayer(
                SameDiff sd, SDVariable input, Map<String, SDVariable> params, SDVariable mask) {
            return sd.nn().tanh(input.mmul(params.get("W").permute(1, 0)).add(params.get("b")));
        }

        @Override
        public InputType getOutputType(int index, InputType type) {
            return InputType.feedForward(nOut);
        }

        @Override
        public int[] outputAxes(String param, long[] shape) {
            return new int[] {0};
        }
    }

    @Test
    void sameDiffLayersTakeThemThroughSetConstraints() {
        SameDiffDense layer = new SameDiffDense(6, 4);
        layer.setConstraints(List.of(new MaxNorm(BOUND)));
        MultiLayerNetwork net =
                new MultiLayerNetwork(
                        global(DataType.FLOAT)
                                .list()
                                .layer(layer)
                                .layer(output())
                                .setInputType(InputType.feedForward(6))
                                .build());
        net.init();
        Constraints.project(net);
        assertWithin(BOUND, net.getParam("0_W"), 1);
        for (int i = 0; i < 20; i++) {
            net.fit(flatData(DataType.FLOAT, 6));
            assertWithin(BOUND, net.getParam("0_W"), 1);
            assertEquals(BOUND, net.getParam("0_W").norm2(1).maxNumber().doubleValue(), 1e-3);
            assertArrayEquals(
                    net.getParam("0_W").norm2(1).castTo(DataType.DOUBLE).toDoubleVector(),
                    new MaxNorm(BOUND).norms(net.getLayer(0)).get("W"),
                    1e-6);
        }
        MultiLayerConfiguration read =
                MultiLayerConfiguration.fromJson(net.getLayerWiseConfigurations().toJson());
        assertEquals(List.of(new MaxNorm(BOUND)), read.getConf(0).getLayer().getConstraints());
    }

    @Test
    void aLayersOwnInitializationCanProject() {
        SameDiffDense layer = new SameDiffDense(6, 4);
        layer.setConstraints(List.of(new UnitNorm()));
        Map<String, INDArray> params = Map.of("W", Nd4j.rand(4, 6), "b", Nd4j.ones(4));
        Constraints.project(layer, params);
        assertEquals(1, params.get("W").norm2(1).minNumber().doubleValue(), 1e-6);
        assertEquals(1, params.get("W").norm2(1).maxNumber().doubleValue(), 1e-6);
        assertEquals(4, params.get("b").sumNumber().doubleValue());
    }
}
