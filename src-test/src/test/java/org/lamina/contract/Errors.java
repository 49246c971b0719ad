package org.lamina.contract;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.lamina.harness.Option.DEPTH_MULTIPLIER;
import static org.lamina.harness.Option.DILATION;
import static org.lamina.harness.Option.GROUPS;
import static org.lamina.harness.Option.NORM_AXES;
import static org.lamina.harness.Option.NORM_EPS;
import static org.lamina.harness.Option.N_OUT;
import static org.lamina.harness.Option.PADDING;
import static org.lamina.harness.Option.STRIDE;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.deeplearning4j.exception.DL4JException;
import org.deeplearning4j.exception.DL4JInvalidConfigException;
import org.deeplearning4j.exception.DL4JInvalidInputException;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.function.Executable;
import org.lamina.harness.Form;
import org.lamina.harness.LayerBuilder;
import org.lamina.harness.Nets;
import org.lamina.spec.ConvOptions;
import org.lamina.spec.LayerSpec;
import org.lamina.spec.NormAxes;
import org.nd4j.linalg.api.buffer.DataType;

/** Wrong input and wrong arguments: DL4J's own kinds of error, with the layer's name in them. */
final class Errors implements Contract {

    @Override
    public Map<String, Executable> checks(Row row, Form form) {
        Map<String, Executable> checks = new LinkedHashMap<>();
        boolean anyRank = row.spec().spatialRank() == LayerSpec.ANY_RANK;
        if (!anyRank) {
            checks.put("input of the wrong rank", () -> wrongInput(row, form, rank(row)));
        }
        checks.put(
                "input with the wrong number of channels",
                () -> wrongInput(row, form, channels(row)));
        if ("valid".equals(row.options().get(PADDING))) {
            checks.put("input smaller than the kernel", () -> wrongInput(row, form, tooSmall(row)));
        }
        if (row.spatialRank() > 0 && !anyRank) { // a dense layer flattens what it is given
            checks.put("an input type of the wrong kind", () -> wrongInputType(row, form));
        }
        wrongOptions(row)
                .forEach(
                        (name, wrong) ->
                                checks.put(
                                        "wrong option: " + name, () -> wrongOption(wrong, form)));
        return checks;
    }

    private static long[] rank(Row row) {
        return Row.withBatch(2, Row.withBatch(3, row.size()));
    }

    private static long[] channels(Row row) {
        long[] size = row.size().clone();
        size[0]++;
        return Row.withBatch(2, size);
    }

    private static long[] tooSmall(Row row) {
        long[] size = row.size().clone();
        for (int d = 1; d < size.length; d++) {
            size[d] = 1;
        }
        return Row.withBatch(2, size);
    }

    private static void wrongInput(Row row, Form form, long[] shape) {
        MultiLayerNetwork net = Nets.single(row.build(form), row.input(), DataType.FLOAT);
        DL4JException e =
                assertThrows(
                        DL4JInvalidInputException.class,
                        () -> net.output(Row.random(DataType.FLOAT, 61, shape)));
        assertTrue(e.getMessage().contains(Row.NAME), e.getMessage());
        // Nothing is lost: the next good input works.
        net.output(row.batch(DataType.FLOAT, 62));
    }

    private static void wrongInputType(Row row, Form form) {
        InputType wrong =
                row.spatialRank() == 3
                        ? InputType.recurrent(3, 5)
                        : InputType.convolutional3D(
                                Convolution3D.DataFormat.NCDHW, 4, 4, 4, row.size()[0]);
        DL4JException e =
                assertThrows(
                        DL4JException.class,
                        () -> Nets.single(row.build(form), wrong, DataType.FLOAT));
        assertTrue(e.getMessage().contains(Row.NAME), e.getMessage());
    }

    private static int[] fill(Row row, int size) {
        int[] kernel = new int[row.kernel().length];
        Arrays.fill(kernel, size);
        return kernel;
    }

    private static Map<String, Row> wrongOptions(Row row) {
        Map<String, Row> wrong = new LinkedHashMap<>();
        if (row.hasNormOptions()) {
            wrongNorms(row, wrong);
        }
        if (row.options().containsKey(N_OUT)) {
            wrong.put("no outputs", row.with(N_OUT, 0));
        }
        if (row.layer().startsWith("DepthwiseConv")) {
            wrong.put("nOut where it follows from nIn", row.with(N_OUT, 7));
            wrong.put("nOut against nIn", row.withInputChannels().with(N_OUT, 7));
        }
        if (row.options().containsKey(DEPTH_MULTIPLIER)) {
            wrong.put("depth multiplier 0", row.with(DEPTH_MULTIPLIER, 0));
        }
        if (row.options().containsKey(GROUPS)) {
            wrong.put("groups that do not divide the outputs", row.with(N_OUT, 7));
        }
        if (row.builder(Form.NATIVE).is(ConvOptions.class)) {
            wrongGeometries(row, wrong);
        }
        return wrong;
    }

    private static void wrongNorms(Row row, Map<String, Row> wrong) {
        wrong.put("maximum norm 0", row.constrained(0, null, 1));
        wrong.put("minimum norm above the maximum", row.constrained(1, 2.0, 1));
        wrong.put("rate 0", row.constrained(1, 0.5, 0));
        wrong.put(
                "norm axis out of range",
                row.constrained(1, null, 1).with(NORM_AXES, NormAxes.of(7)));
        wrong.put("negative normEps", row.constrained(1, null, 1).with(NORM_EPS, -1.0));
    }

    private static void wrongGeometries(Row row, Map<String, Row> wrong) {
        wrong.put("stride 0", row.with(STRIDE, new int[] {0}));
        wrong.put("dilation 0", row.with(DILATION, new int[] {0}));
        wrong.put("negative padding", row.with(PADDING, new int[] {-1}));
        wrong.put("unknown padding", row.with(PADDING, "full"));
        wrong.put("'same' with a stride", row.with(PADDING, "same", STRIDE, new int[] {2}));
        wrong.put("too many strides", row.with(STRIDE, new int[] {1, 1, 1, 1}));
        wrong.put("no padding numbers", row.with(PADDING, new int[0]));
        wrong.put(
                "a kernel that dilation makes too large",
                row.withKernel(fill(row, 50_000)).with(DILATION, new int[] {50_000}));
        if (row.kernel().length > 1) {
            wrong.put("'causal' in 2-D", row.with(PADDING, "causal"));
            wrong.put("too many kernel sizes", row.withKernel(3, 3, 3, 3));
        }
        wrong.put("kernel 0", row.withKernel(new int[row.kernel().length]));
    }

    private static void wrongOption(Row wrong, Form form) {
        refused(wrong.builder(form), Row.NAME);
    }

    /** A builder takes anything; the layer is refused when it is built, by its name. */
    static void refused(LayerBuilder builder, String message) {
        DL4JException e = assertThrows(DL4JInvalidConfigException.class, builder::build);
        assertTrue(e.getMessage().contains(Row.NAME), e.getMessage());
        assertTrue(e.getMessage().contains(message), e.getMessage());
    }
}
