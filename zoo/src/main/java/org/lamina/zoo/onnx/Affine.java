package org.lamina.zoo.onnx;

import java.util.ArrayList;
import java.util.List;
import onnx.Onnx.AttributeProto;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.transforms.pairwise.arithmetic.MulOp;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A convolution, transposed convolution or matrix product in the making: factors and normalizations
 * beside it go into its weights and bias, which are double until the graph is written.
 */
final class Affine {

    private final String operator;
    private final String input;
    private final String output;
    private final List<AttributeProto> attributes;

    /**
     * {@code [groups, in / groups, out / groups, taps]} for a transposed convolution, else {@code
     * [out, elements]}.
     */
    private final INDArray weight;

    private final long[] weightShape;
    private INDArray bias;

    /**
     * A node.
     *
     * @param operator "Conv", "ConvTranspose" or "Gemm"
     * @param weight {@code [out, in / groups, k...]}, {@code [in, out / groups, k...]} or {@code
     *     [out, in]}
     * @param bias null for none
     */
    Affine(
            String operator,
            String input,
            String output,
            INDArray weight,
            INDArray bias,
            int groups,
            List<AttributeProto> attributes) {
        this.operator = operator;
        this.input = input;
        this.output = output;
        this.attributes = new ArrayList<>(attributes);
        this.weightShape = weight.shape().clone();
        INDArray wide = weight.castTo(DataType.DOUBLE).dup('c');
        this.weight =
                operator.equals("ConvTranspose")
                        ? wide.reshape('c', groups, weightShape[0] / groups, weightShape[1], -1)
                        : wide.reshape('c', weightShape[0], -1);
        this.bias = bias == null ? null : bias.castTo(DataType.DOUBLE).dup().reshape(bias.length());
    }

    /** The input is this many times as large as the one that the weights are for. */
    void scaleInput(double factor) {
        weight.muli(factor);
    }

    /** From here on the output is {@code scale * output + shift}, by output channel. */
    void scaleOutput(INDArray scale, INDArray shift) {
        if (weight.rank() == 4) {
            INDArray factors = scale.reshape('c', weight.size(0), 1, weight.size(2), 1);
            Nd4j.exec(new MulOp(weight, factors, weight));
        } else {
            weight.muliColumnVector(scale.reshape(scale.length(), 1));
        }
        bias = bias == null ? shift.dup() : bias.muli(scale).addi(shift);
    }

    /** Adds the node and its constants; a matrix product's bias with a node of its own. */
    void addTo(OnnxGraph graph) {
        List<String> inputs = new ArrayList<>(List.of(input));
        inputs.add(graph.constant(output + ".weight", weight.reshape('c', weightShape)));
        if (bias != null) {
            inputs.add(graph.constant(output + ".bias", bias));
        }
        if (bias != null && operator.equals("Gemm")) { // SameDiff's import drops the third input
            String product = graph.unique(output + ".product");
            graph.append(operator, product, inputs.subList(0, 2), attributes);
            graph.append("Add", output, List.of(product, inputs.get(2)), List.of());
        } else {
            graph.append(operator, output, inputs, attributes);
        }
    }
}
