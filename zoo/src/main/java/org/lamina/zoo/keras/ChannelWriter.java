package org.lamina.zoo.keras;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.lamina.layers.base.AbstractSpecLayer;
import org.lamina.spec.BatchNormSpec;
import org.lamina.spec.InstanceNormSpec;
import org.lamina.spec.LayerSpec;
import org.lamina.spec.PReLUSpec;
import org.lamina.spec.ParamSpec;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Writes a dense layer, a normalization or PReLU. */
final class ChannelWriter {

    private final KerasModel model;

    ChannelWriter(KerasModel model) {
        this.model = model;
    }

    /** Null if the layer is of another kind. */
    String write(
            String name, Layer layer, Map<String, INDArray> params, String from, long[] shape) {
        if (layer instanceof BatchNormalization norm && !params.containsKey("log10stdev")) {
            WeightWriter writing = new WeightWriter(model, name, norm, params);
            return batchNorm(writing, norm.getEps(), 1 - norm.getDecay(), from, shape);
        }
        if (!(layer instanceof AbstractSpecLayer<?> own)) {
            return null;
        }
        LayerSpec spec = own.getSpec();
        WeightWriter writing = new WeightWriter(model, name, own, params);
        if (spec instanceof BatchNormSpec norm) {
            return batchNorm(writing, norm.eps(), norm.momentum(), from, shape);
        } else if (spec instanceof InstanceNormSpec norm) {
            return instanceNorm(writing, norm.eps(), from, shape);
        } else if (spec instanceof PReLUSpec) {
            String written = prelu(name, params.get(PReLUSpec.SLOPE), from, shape);
            return FunctionWriter.after(model, name, own.getActivationFn(), written, shape);
        }
        return null;
    }

    String dense(WeightWriter writing, INDArray weight, INDArray bias, String from, long[] shape) {
        writing.arguments.put("units", weight.size(1));
        writing.weight("kernel", ParamSpec.WEIGHT, weight, KernelLayout.dense(), 1, weight.shape());
        writing.bias(ParamSpec.BIAS, bias);
        return writing.add("Dense", from, shape);
    }

    String batchNorm(WeightWriter writing, double eps, double momentum, String from, long[] shape) {
        writing.refuseConstraints();
        writing.arguments.put("axis", -1).put("momentum", 1 - momentum).put("epsilon", eps);
        writing.scaleAndShift(BatchNormSpec.GAMMA, BatchNormSpec.BETA);
        writing.vector("moving_mean", BatchNormSpec.MEAN);
        writing.vector("moving_variance", BatchNormSpec.VARIANCE);
        return writing.addWithFunction("BatchNormalization", from, shape);
    }

    /** Keras has it as groups of one channel. */
    String instanceNorm(WeightWriter writing, double eps, String from, long[] shape) {
        writing.refuseConstraints();
        writing.arguments.put("groups", -1).put("axis", -1).put("epsilon", eps);
        writing.scaleAndShift(InstanceNormSpec.GAMMA, InstanceNormSpec.BETA);
        return writing.addWithFunction("GroupNormalization", from, shape);
    }

    String prelu(String name, INDArray slope, String from, long[] shape) {
        int spatial = shape.length - 1;
        long[] kerasShape = new long[shape.length];
        int[] shared = new int[spatial];
        for (int d = 0; d < spatial; d++) {
            kerasShape[d] = 1;
            shared[d] = d + 1;
        }
        kerasShape[spatial] = slope.length();
        ObjectNode arguments = LayerWriter.arguments();
        arguments.set("shared_axes", LayerWriter.list(shared));
        KerasLayer.Weight alpha =
                new KerasLayer.Weight("alpha", slope.dup('c').reshape('c', kerasShape));
        return model.add("PReLU", name, arguments, List.of(from), shape, alpha);
    }
}
