package org.lamina.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.lamina.contract.Persistence.assertBitEqual;
import static org.lamina.harness.Option.CONSTRAIN_ON_FORWARD;
import static org.lamina.harness.Option.WEIGHT_NOISE;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.deeplearning4j.exception.DL4JInvalidInputException;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.transferlearning.TransferLearning;
import org.junit.jupiter.api.function.Executable;
import org.lamina.constraints.OutputUnitLayout;
import org.lamina.harness.Close;
import org.lamina.harness.EveryOther;
import org.lamina.harness.Form;
import org.lamina.harness.Gradients;
import org.lamina.harness.HalfAsMuch;
import org.lamina.harness.LayerBuilder;
import org.lamina.harness.Nets;
import org.lamina.spec.ParamSpec;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.shape.Shape;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Sgd;

/** What happens around a layer's numbers in training: constraints, masks, dropout, weight noise. */
final class Training implements Contract {

    private static final double MAX = 0.5;

    @Override
    public Map<String, Executable> checks(Row row, Form form) {
        Map<String, Executable> checks = new LinkedHashMap<>();
        if (row.spatialRank() == 1) {
            checks.put("masked steps are zero and teach nothing", () -> mask(row, form));
            checks.put("a mask with channels last", () -> maskChannelsLast(row, form));
        }
        return checks;
    }

    @Override
    public Map<String, Executable> checksOfParameters(Row row, Form form) {
        Map<String, Executable> checks = new LinkedHashMap<>();
        if (row.has(ParamSpec::weight)) {
            checks.put("initial weights satisfy the constraint", () -> initial(row, form));
            checks.put("weights satisfy the constraint after every update", () -> kept(row, form));
            checks.put("a constraint is applied once per update", () -> once(row, form));
            checks.put("constraint on forward", () -> onForward(row, form));
        }
        if (row.has(p -> true)) {
            checks.put("a frozen layer keeps its parameters", () -> frozen(row, form));
            checks.put("weight noise, in training only", () -> weightNoise(row, form));
        }
        checks.put("dropout on the input, in training only", () -> dropout(row, form));
        return checks;
    }

    // ---- constraints ----------------------------------------------------------------------------

    private static void initial(Row row, Form form) {
        MultiLayerNetwork net =
                Nets.single(
                        row.constrained(0.05, null, 1).build(form), row.input(), DataType.FLOAT);
        eachWeight(
                net,
                (key, weight, axes) -> {
                    INDArray norms = norms(weight, axes);
                    assertTrue(
                            norms.maxNumber().doubleValue() <= 0.05 * (1 + 1e-5),
                            () -> key + norms);
                    assertTrue(norms.minNumber().doubleValue() > 0, key + " is zero");
                });
    }

    private static void kept(Row row, Form form) {
        MultiLayerNetwork net =
                Nets.classifier(
                        row.constrained(MAX, null, 1).build(form),
                        row.input(),
                        DataType.FLOAT,
                        new Adam(0.5));
        INDArray x = row.batch(DataType.FLOAT, 31);
        INDArray y = Nets.labels(net.output(x));
        for (int step = 0; step < 4; step++) {
            INDArray before = net.getLayer(0).params().dup();
            net.fit(x, y);
            assertFalse(before.equals(net.getLayer(0).params()), "no update");
            eachWeight(
                    net,
                    (key, weight, axes) ->
                            assertTrue(
                                    norms(weight, axes).maxNumber().doubleValue()
                                            <= MAX * (1 + 1e-5),
                                    () -> key + norms(weight, axes)));
        }
    }

    /** With a rate below 1 a second application would show; the gradient is zero. */
    private static void once(Row row, Form form) {
        MultiLayerNetwork net =
                Nets.trainable(
                        row.constrained(MAX, 0.4, 0.25).build(form),
                        row.input(),
                        DataType.DOUBLE,
                        new Sgd(1.0));
        row.randomize(net, 32);
        Map<String, INDArray> expected = new LinkedHashMap<>();
        eachWeight(
                net,
                (key, weight, axes) -> expected.put(key, projected(weight, axes, 0.4, MAX, 0.25)));
        INDArray x = row.batch(DataType.DOUBLE, 33);
        net.fit(x, row.outputGradient(DataType.DOUBLE, form, 34).muli(0));
        eachWeight(
                net,
                (key, weight, axes) ->
                        Close.of(DataType.DOUBLE).check(key, weight, expected.get(key)));
    }

    /**
     * The forward pass constrains weights that were set manually, in training and in evaluation.
     */
    private static void onForward(Row row, Form form) {
        MultiLayerNetwork net =
                Nets.single(
                        row.constrained(MAX, null, 1).with(CONSTRAIN_ON_FORWARD, true).build(form),
                        row.input(),
                        DataType.FLOAT);
        for (boolean train : new boolean[] {false, true}) {
            net.params().muli(10);
            INDArray output = net.output(row.batch(DataType.FLOAT, 35), train);
            assertFalse(output.isNaN().any(), "NaN in the output");
            eachWeight(
                    net,
                    (key, weight, axes) ->
                            assertTrue(
                                    norms(weight, axes).maxNumber().doubleValue() <= MAX + 1e-3,
                                    () -> key + norms(weight, axes)));
        }
    }

    private static void frozen(Row row, Form form) {
        MultiLayerNetwork net =
                Nets.classifier(
                        (row.has(ParamSpec::weight) ? row.constrained(MAX, null, 1) : row)
                                .build(form),
                        row.input(),
                        DataType.FLOAT,
                        new Adam(0.1));
        net.getLayer(0).params().muli(10); // a constraint would be seen
        INDArray weights = net.getLayer(0).params().dup();
        MultiLayerNetwork frozen = new TransferLearning.Builder(net).setFeatureExtractor(0).build();
        INDArray x = row.batch(DataType.FLOAT, 36);
        INDArray before = frozen.params().dup();
        frozen.fit(x, Nets.labels(frozen.output(x)));
        assertFalse(before.equals(frozen.params()), "nothing was trained");
        assertBitEqual("frozen parameters", weights, frozen.getLayer(0).params());
    }

    interface WeightCheck {
        void accept(String key, INDArray weight, int[] unitAxes);
    }

    static void eachWeight(MultiLayerNetwork net, WeightCheck check) {
        Layer conf = net.getLayer(0).conf().getLayer();
        OutputUnitLayout layout = (OutputUnitLayout) conf;
        net.getLayer(0)
                .paramTable()
                .forEach(
                        (key, value) -> {
                            if (conf.initializer().isWeightParam(conf, key)) {
                                int[] axes = layout.outputAxes(key, value.shape());
                                check.accept(key, value, axes == null ? new int[] {0} : axes);
                            }
                        });
    }

    /**
     * Norm of each output unit's weights.
     *
     * @param unitAxes the axes that count units
     */
    static INDArray norms(INDArray weight, int... unitAxes) {
        Map<List<Long>, Double> squares = new LinkedHashMap<>();
        for (long i = 0; i < weight.length(); i++) {
            long[] index = Shape.ind2subC(weight.shape(), i);
            double value = weight.getDouble(index);
            squares.merge(unit(index, unitAxes), value * value, Double::sum);
        }
        return Nd4j.createFromArray(
                squares.values().stream()
                        .mapToDouble(Double::doubleValue)
                        .map(Math::sqrt)
                        .toArray());
    }

    private static List<Long> unit(long[] index, int[] unitAxes) {
        return Arrays.stream(unitAxes).mapToObj(axis -> index[axis]).toList();
    }

    private static INDArray projected(
            INDArray weight, int[] unitAxes, double min, double max, double rate) {
        double[] norms = norms(weight, unitAxes).toDoubleVector();
        Map<List<Long>, Double> factors = new LinkedHashMap<>();
        INDArray result = weight.dup();
        for (long i = 0; i < weight.length(); i++) {
            long[] index = Shape.ind2subC(weight.shape(), i);
            List<Long> unit = unit(index, unitAxes);
            if (!factors.containsKey(unit)) {
                double norm = norms[factors.size()];
                double clipped = Math.min(max, Math.max(min, norm));
                double desired = rate * clipped + (1 - rate) * norm;
                factors.put(unit, desired / (norm + 1e-9));
            }
            result.putScalar(index, weight.getDouble(index) * factors.get(unit));
        }
        return result;
    }

    // ---- dropout and weight noise ---------------------------------------------------------------

    private static void dropout(Row row, Form form) {
        DataType type = DataType.DOUBLE;
        Layer layer = row.build(form);
        layer.setIDropout(new EveryOther());
        MultiLayerNetwork dropping = Nets.single(layer, row.input(), type);
        MultiLayerNetwork plain = Nets.single(row.build(form), row.input(), type);
        plain.setParams(dropping.params());
        INDArray x = row.batch(type, 41);
        INDArray g = row.outputGradient(type, form, 42);
        INDArray given = x.dup();
        Close close = Close.of(type);
        close.check("output in evaluation", dropping.output(x), plain.output(x));
        Nets.Pass expected = Nets.pass(plain, EveryOther.applied(x), g);
        Nets.Pass actual = Nets.pass(dropping, x, g);
        assertBitEqual("the caller's input", given, x);
        close.check("output in training", actual.output(), expected.output());
        close.check(
                "input gradient",
                actual.inputGradient(),
                EveryOther.applied(expected.inputGradient()));
        expected.gradients()
                .forEach((key, value) -> close.check(key, actual.gradients().get(key), value));
    }

    private static void weightNoise(Row row, Form form) {
        DataType type = DataType.DOUBLE;
        LayerBuilder builder = row.builder(form).set(WEIGHT_NOISE, new HalfAsMuch());
        MultiLayerNetwork noisy = Nets.single(builder.build(), row.input(), type);
        MultiLayerNetwork plain = Nets.single(row.build(form), row.input(), type);
        plain.setParams(noisy.params());
        Map<String, INDArray> weights = row.trained(noisy.getLayer(0));
        INDArray x = row.batch(type, 43);
        INDArray g = row.outputGradient(type, form, 44);
        Close close = Close.of(type);
        close.check("output in evaluation", noisy.output(x), plain.output(x));
        noisy.feedForward(x, true); // each pass has its own noise, with a gradient or without
        plain.params().muli(0.5);
        for (int pass = 2; pass < 4; pass++) {
            Nets.Pass actual = Nets.pass(noisy, x, g);
            plain.params().muli(0.5);
            Numbers.checkPass(actual, Nets.pass(plain, x, g), UnaryOperator.identity(), type);
        }
        assertEquals(weights, row.trained(noisy.getLayer(0)), "the weights themselves");
    }

    // ---- masks ----------------------------------------------------------------------------------

    private static void mask(Row row, Form form) {
        DataType type = DataType.DOUBLE;
        MultiLayerNetwork net = Nets.single(row.build(form), row.input(), type);
        INDArray x = row.batch(type, 51);
        long steps = x.size(2);
        INDArray ones = Nd4j.ones(type, x.size(0), steps);
        INDArray all = net.output(x);
        Close.of(type).check("output, nothing masked", net.output(x, false, ones, null), all);

        // The first example is whole, the second has no steps, the others lack the last ones.
        INDArray mask = ones.dup();
        mask.getRow(1).assign(0);
        mask.get(NDArrayIndex.interval(2, x.size(0)), NDArrayIndex.interval(steps / 2, steps))
                .assign(0);
        INDArray output = net.output(x, false, mask, null);
        Close.of(type).check("whole example", output.slice(0), all.slice(0));
        assertTrue(
                output.slice(1).amaxNumber().doubleValue() == 0, () -> "masked example: " + output);
        Gradients.check(net, x, mask, row.outputGradient(type, form, 52));

        // What masked steps hold changes nothing.
        INDArray other = Row.random(type, 53, x.shape());
        INDArray kept = mask.reshape(x.size(0), 1, steps);
        other.addi(x.sub(other).muli(kept));
        for (boolean train : new boolean[] {false, true}) {
            Close.of(type)
                    .check(
                            "output, other values at masked steps, training " + train,
                            net.output(other, train, mask, null),
                            net.output(x, train, mask, null));
        }

        other.muli(kept).divi(kept); // NaN
        Close.of(type)
                .check(
                        "output, NaN at masked steps",
                        net.output(other, true, mask, null),
                        net.output(x, true, mask, null));

        for (long[] shape : new long[][] {{x.size(0), steps + 1}, {x.size(0) + 1, steps}}) {
            String message =
                    assertThrows(
                                    DL4JInvalidInputException.class,
                                    () -> net.output(x, false, Nd4j.ones(type, shape), null))
                            .getMessage();
            assertTrue(message.contains(Row.NAME) && message.contains("mask"), message);
        }

        // The mask must have the right length for what follows.
        MultiLayerNetwork classifier =
                Nets.classifier(row.build(form), row.input(), type, new Adam(0.01));
        INDArray y = Nets.labels(classifier.output(x));
        classifier.fit(x, y, mask, null);
        assertFalse(classifier.params().isNaN().any(), "NaN after training with a mask");
    }

    private static void maskChannelsLast(Row row, Form form) {
        DataType type = DataType.DOUBLE;
        MultiLayerNetwork first = Nets.single(row.build(form), row.input(), type);
        MultiLayerNetwork last = Nets.single(row.build(form), row.input(true), type);
        last.setParams(first.params());
        INDArray x = row.batch(type, 54);
        INDArray g = row.outputGradient(type, form, 55);
        INDArray mask = Nd4j.ones(type, x.size(0), x.size(2));
        mask.get(
                        NDArrayIndex.interval(1, x.size(0)),
                        NDArrayIndex.interval(x.size(2) / 2, x.size(2)))
                .assign(0);
        Nets.Pass expected = Nets.pass(first, x, mask, g);
        Nets.Pass actual = Nets.pass(last, Numbers.toLast(x), mask, Numbers.toLast(g));
        Numbers.checkPass(actual, expected, Numbers::toLast, type);
    }
}
