package org.lamina.contract;

import static org.lamina.contract.Persistence.assertBitEqual;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.function.Executable;
import org.lamina.harness.Close;
import org.lamina.harness.Form;
import org.lamina.harness.Gradients;
import org.lamina.harness.Nets;
import org.lamina.spec.ParamSpec;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.INDArrayIndex;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.config.Adam;

/** What a layer computes: gradients, formats, batch sizes, both kinds of network, both forms. */
final class Numbers implements Contract {

    private static final int STEPS = 8;

    @Override
    public Map<String, Executable> checks(Row row, Form form) {
        Map<String, Executable> checks = new LinkedHashMap<>();
        if (form == Form.NATIVE) { // the other has the same, see below
            checks.put("gradients equal finite differences", () -> gradients(row, form));
        }
        checks.put("a batch of one is a row of a batch", () -> batchOfOne(row, form));
        if (!row.trainsOtherwise()) {
            checks.put("training and evaluation give the same", () -> trainAndEvaluate(row, form));
        }
        checks.put("arrays of any order, views", () -> orders(row, form));
        if (row.spatialRank() > 0) {
            checks.put("channels last equals channels first", () -> channelsLast(row, form));
        }
        if (form == Form.SAMEDIFF) {
            for (DataType type : new DataType[] {DataType.DOUBLE, DataType.FLOAT}) {
                String name = " as the native form, " + type;
                checks.put("outputs and gradients" + name, () -> sameNumbers(row, type));
                checks.put("training" + name, () -> sameTraining(row, type));
            }
        }
        return checks;
    }

    @Override
    public Map<String, Executable> checksOfParameters(Row row, Form form) {
        Map<String, Executable> checks = new LinkedHashMap<>();
        checks.put("graph equals list of layers", () -> graph(row, form));
        checks.put("a network without an input type works", () -> noInputType(row, form));
        return checks;
    }

    private static MultiLayerNetwork network(Row row, Form form, DataType type) {
        MultiLayerNetwork net = Nets.single(row.build(form), row.input(), type);
        row.randomize(net, 1);
        return net;
    }

    private static void gradients(Row row, Form form) {
        Gradients.check(
                network(row, form, DataType.DOUBLE),
                row.batch(DataType.DOUBLE, 2),
                null,
                row.outputGradient(DataType.DOUBLE, form, 3));
    }

    private static void batchOfOne(Row row, Form form) {
        MultiLayerNetwork net = network(row, form, DataType.FLOAT);
        INDArray batch = row.batch(DataType.FLOAT, 4);
        INDArray all = net.output(batch);
        for (long i = batch.size(0) - 1; i >= 0; i--) {
            INDArray one = net.output(example(batch, i).dup());
            Close.of(DataType.FLOAT).check("output of example " + i, one, example(all, i));
        }
        // Back to the larger batch: nothing of the smaller one may be kept.
        Close.of(DataType.FLOAT).check("output of the batch again", net.output(batch), all);
    }

    private static INDArray example(INDArray batch, long i) {
        return batch.get(NDArrayIndex.interval(i, i + 1));
    }

    private static void trainAndEvaluate(Row row, Form form) {
        MultiLayerNetwork net = network(row, form, DataType.DOUBLE);
        INDArray batch = row.batch(DataType.DOUBLE, 5);
        Close.of(DataType.DOUBLE)
                .check("output in training", net.output(batch, true), net.output(batch, false));
    }

    /** An LSTM, for one, gives 'f' order. Nothing is written over. */
    private static void orders(Row row, Form form) {
        DataType type = DataType.DOUBLE;
        MultiLayerNetwork net = network(row, form, type);
        INDArray x = row.batch(type, 12);
        INDArray g = row.outputGradient(type, form, 13);
        Nets.Pass expected = Nets.pass(net, x, g);
        for (UnaryOperator<INDArray> order :
                List.<UnaryOperator<INDArray>>of(a -> a.dup('f'), Numbers::everyOther)) {
            INDArray givenX = order.apply(x);
            INDArray givenG = order.apply(g);
            checkPass(Nets.pass(net, givenX, givenG), expected, UnaryOperator.identity(), type);
            assertBitEqual("the caller's input", x, givenX);
            assertBitEqual("the caller's gradient", g, givenG);
        }
    }

    /** The same numbers as every other one along the last dimension of a larger array. */
    private static INDArray everyOther(INDArray array) {
        long[] shape = array.shape().clone();
        int last = shape.length - 1;
        shape[last] *= 2;
        INDArrayIndex[] part = new INDArrayIndex[shape.length];
        Arrays.fill(part, NDArrayIndex.all());
        part[last] = NDArrayIndex.interval(0, 2, shape[last]);
        INDArray view = Nd4j.zeros(array.dataType(), shape).get(part);
        view.assign(array);
        return view;
    }

    private static void noInputType(Row row, Form form) {
        Row full = row.withInputChannels();
        MultiLayerNetwork net =
                Nets.init(
                        Nets.config(DataType.DOUBLE, new Adam(0.01))
                                .list()
                                .layer(full.build(form)));
        MultiLayerNetwork typed = network(row, form, DataType.DOUBLE);
        net.setParams(typed.params());
        INDArray batch = row.batch(DataType.DOUBLE, 6);
        Close.of(DataType.DOUBLE).check("output", net.output(batch), typed.output(batch));
    }

    private static void channelsLast(Row row, Form form) {
        DataType type = DataType.DOUBLE;
        MultiLayerNetwork first = network(row, form, type);
        MultiLayerNetwork last = Nets.single(row.build(form), row.input(true), type);
        last.setParams(first.params());
        INDArray x = row.batch(type, 7);
        INDArray g = row.outputGradient(type, form, 8);
        Nets.Pass expected = Nets.pass(first, x, g);
        Nets.Pass actual = Nets.pass(last, toLast(x), toLast(g));
        checkPass(actual, expected, Numbers::toLast, type);
    }

    /**
     * Compares output and gradients.
     *
     * @param format brings the expected activations into the format of the actual ones
     */
    static void checkPass(
            Nets.Pass actual, Nets.Pass expected, UnaryOperator<INDArray> format, DataType type) {
        Close close = Close.of(type);
        close.check("output", actual.output(), format.apply(expected.output()));
        close.check(
                "input gradient", actual.inputGradient(), format.apply(expected.inputGradient()));
        expected.gradients()
                .forEach(
                        (key, value) ->
                                close.check("gradient " + key, actual.gradients().get(key), value));
    }

    static INDArray toLast(INDArray array) {
        int rank = array.rank();
        int[] order = IntStream.range(0, rank).map(d -> d == 0 ? 0 : d % (rank - 1) + 1).toArray();
        return array.permute(order).dup('c');
    }

    private static void graph(Row row, Form form) {
        DataType type = DataType.DOUBLE;
        MultiLayerNetwork net = Nets.classifier(row.build(form), row.input(), type, new Adam(0.01));
        ComputationGraph graph =
                Nets.classifierGraph(row.build(form), row.input(), type, new Adam(0.01));
        graph.setParams(net.params());
        INDArray x = row.batch(type, 9);
        INDArray y = Nets.labels(net.output(x));
        Close close = Close.of(type);
        for (int step = 0; step < 3; step++) {
            close.check("output, step " + step, graph.outputSingle(x), net.output(x));
            net.fit(x, y);
            graph.fit(new INDArray[] {x}, new INDArray[] {y});
        }
        close.check("parameters", graph.params(), net.params());
    }

    /** Both forms read each other's flattened parameters and named parameters. */
    private static void sameNumbers(Row row, DataType type) {
        MultiLayerNetwork nat = network(row, Form.NATIVE, type);
        MultiLayerNetwork same = network(row, Form.SAMEDIFF, type);
        same.params().assign(0);
        same.setParams(nat.params());
        Close close = Close.of(type);
        nat.paramTable().forEach((key, value) -> close.check(key, same.getParam(key), value));
        compare(row, type, nat, same);

        row.randomize(nat, 10);
        nat.paramTable().forEach(same::setParam);
        compare(row, type, nat, same);

        row.randomize(same, 11);
        same.paramTable().forEach(nat::setParam);
        compare(row, type, nat, same);
    }

    private static void compare(
            Row row, DataType type, MultiLayerNetwork nat, MultiLayerNetwork same) {
        INDArray x = row.batch(type, 12);
        INDArray g = row.outputGradient(type, Form.NATIVE, 13);
        Nets.Pass expected = Nets.pass(nat, x, g);
        Nets.Pass actual = Nets.pass(same, x, g);
        checkPass(actual, expected, UnaryOperator.identity(), type);
    }

    /** The parameters stay equal over many updates, constraint included. */
    private static void sameTraining(Row row, DataType type) {
        Row constrained = row.has(ParamSpec::weight) ? row.constrained(0.6, null, 1.0) : row;
        MultiLayerNetwork nat = classifier(constrained, Form.NATIVE, type);
        MultiLayerNetwork same = classifier(constrained, Form.SAMEDIFF, type);
        same.setParams(nat.params());
        INDArray x = row.batch(type, 14);
        INDArray y = Nets.labels(nat.output(x));
        for (int step = 0; step < STEPS; step++) {
            nat.fit(x, y);
            same.fit(x, y);
        }
        // Adam divides by small numbers: rounding grows with the steps.
        Close close = type == DataType.DOUBLE ? new Close(1e-7, 1e-8) : new Close(1e-3, 1e-3);
        close.check("parameters after " + STEPS + " steps", same.params(), nat.params());
        close.check("output after " + STEPS + " steps", same.output(x), nat.output(x));
    }

    private static MultiLayerNetwork classifier(Row row, Form form, DataType type) {
        return Nets.classifier(row.build(form), row.input(), type, new Adam(0.01));
    }
}
