package org.lamina.layers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.Arrays;
import org.deeplearning4j.exception.DL4JInvalidConfigException;
import org.deeplearning4j.exception.DL4JInvalidInputException;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lamina.arrays.Views;
import org.lamina.harness.Close;
import org.lamina.harness.Form;
import org.lamina.harness.Graphs;
import org.lamina.harness.LocalConvLoops;
import org.lamina.layers.base.LocalConvVertex;
import org.lamina.layers.samediff.SameDiffLocalConv1DVertex;
import org.lamina.layers.samediff.SameDiffLocalConv2DVertex;
import org.lamina.spec.LocalConvSpec;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Local convolutions whose filters come from elsewhere in the graph. */
class LocalConvVertexTest {

    private static final String[] INPUTS = {"x", "filters", "bias"};

    private static LocalConvVertex vertex(LocalConvSpec spec, Form form) {
        LocalConvVertex.Builder<?> builder =
                spec.spatialRank() == 1
                        ? (form == Form.NATIVE
                                ? new LocalConv1DVertex.Builder(1)
                                : new SameDiffLocalConv1DVertex.Builder(1))
                        : (form == Form.NATIVE
                                ? new LocalConv2DVertex.Builder(1)
                                : new SameDiffLocalConv2DVertex.Builder(1));
        builder.geometry(spec.geometry());
        builder.nOut(spec.outChannels());
        builder.hasBias(spec.bias());
        LocalConvVertex vertex =
                builder instanceof LocalConv1DVertex.Builder
                        ? ((LocalConv1DVertex.Builder) builder).build()
                        : builder instanceof LocalConv2DVertex.Builder
                                ? ((LocalConv2DVertex.Builder) builder).build()
                                : builder instanceof SameDiffLocalConv1DVertex.Builder
                                        ? ((SameDiffLocalConv1DVertex.Builder) builder).build()
                                        : ((SameDiffLocalConv2DVertex.Builder) builder).build();
        vertex.setSpec(
                vertex.getSpec().withInChannels(spec.inChannels()).withInputSize(spec.inputSize()));
        return vertex;
    }

    private static String[] inputs(LocalConvSpec spec) {
        return Arrays.copyOf(INPUTS, spec.bias() ? 3 : 2);
    }

    private static INDArray[] arrays(LocalConvLoops c, DataType type, INDArray x) {
        INDArray[] arrays = new INDArray[c.b == null ? 2 : 3];
        arrays[0] = x.castTo(type);
        arrays[1] = rows(c, c.w).castTo(type);
        if (c.b != null) {
            arrays[2] = rows(c, c.b).castTo(type);
        }
        return arrays;
    }

    private static INDArray rows(LocalConvLoops c, INDArray array) {
        long rows = c.perExample ? c.x.size(0) : 1;
        return array.reshape('c', rows, array.length() / rows);
    }

    /** One set of filters and one for each example, with and without bias, in 1-D and 2-D. */
    @ParameterizedTest
    @EnumSource(Form.class)
    void outputAndAllGradientsEqualLoops(Form form) {
        for (int seed = 0; seed < 24; seed++) {
            LocalConvLoops c = new LocalConvLoops(1 + seed % 2, 500 + seed);
            for (DataType type : new DataType[] {DataType.DOUBLE, DataType.FLOAT}) {
                ComputationGraph graph = Graphs.single(vertex(c.spec, form), type, inputs(c.spec));
                INDArray dy = c.dy.castTo(type);
                check(c, type, Graphs.pass(graph, dy, null, arrays(c, type, c.x)));
                INDArray[] arrays = arrays(c, type, c.x);
                for (int i = 1; i < arrays.length; i++) { // as parts of what a network gives
                    arrays[i] = behind(seed % 3 == 0 ? arrays[i].length() - 1 : seed, arrays[i]);
                }
                check(c, type, Graphs.pass(graph, dy, null, arrays));
            }
        }
    }

    /** The same numbers as a part of a longer row, or of longer rows. */
    private static INDArray behind(long offset, INDArray rows) {
        INDArray all = Nd4j.create(rows.dataType(), rows.size(0), offset + rows.size(1));
        return Views.slice(all, 1, offset, all.size(1)).assign(rows);
    }

    private static void check(LocalConvLoops c, DataType type, Graphs.Pass pass) {
        Close close = Close.of(type);
        String what = ", " + type + ", " + c;
        close.check("output" + what, pass.output(), c.y);
        close.check("gradient of x" + what, pass.gradients().get("x"), c.dx);
        close.check("gradient of filters" + what, pass.gradients().get("filters"), rows(c, c.dw));
        if (c.b != null) {
            close.check("gradient of bias" + what, pass.gradients().get("bias"), rows(c, c.db));
        }
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void channelsLastEqualsChannelsFirst(Form form) {
        for (int rank = 1; rank <= 2; rank++) {
            LocalConvLoops c = new LocalConvLoops(rank, 77);
            LocalConvVertex vertex = vertex(c.spec, form);
            vertex.setChannelsLast(true);
            ComputationGraph graph = Graphs.single(vertex, DataType.DOUBLE, inputs(c.spec));
            Graphs.Pass pass =
                    Graphs.pass(graph, last(c.dy), null, arrays(c, DataType.DOUBLE, last(c.x)));
            Close close = Close.of(DataType.DOUBLE);
            close.check("output", pass.output(), last(c.y));
            close.check("gradient of x", pass.gradients().get("x"), last(c.dx));
            close.check("gradient of filters", pass.gradients().get("filters"), rows(c, c.dw));
        }
    }

    private static INDArray last(INDArray array) {
        return (array.rank() == 4 ? array.permute(0, 2, 3, 1) : array.permute(0, 2, 1)).dup('c');
    }

    /** Masked steps give nothing and get nothing; a mask is forgotten after its pass. */
    @ParameterizedTest
    @EnumSource(Form.class)
    void masksOfTimeSeries(Form form) {
        LocalConvVertex vertex =
                form == Form.NATIVE
                        ? new LocalConv1DVertex.Builder(3).nIn(2).nOut(2).inputSize(6).build()
                        : new SameDiffLocalConv1DVertex.Builder(3)
                                .nIn(2)
                                .nOut(2)
                                .inputSize(6)
                                .build();
        ComputationGraph graph = Graphs.single(vertex, DataType.DOUBLE, INPUTS);
        INDArray x = Nd4j.randn(DataType.DOUBLE, 2, 2, 6);
        INDArray filters = Nd4j.randn(DataType.DOUBLE, 1, 2 * 6 * 4);
        INDArray bias = Nd4j.randn(DataType.DOUBLE, 1, 2 * 4);
        INDArray dy = Nd4j.randn(DataType.DOUBLE, 2, 2, 4);
        INDArray mask =
                Nd4j.createFromArray(new double[][] {{1, 1, 1, 1, 1, 1}, {1, 1, 1, 1, 0, 0}});
        Graphs.Pass masked = Graphs.pass(graph, dy, mask, x, filters, bias);
        // Of the second example only output steps 0 and 1 see no masked step.
        INDArray zeroed = x.mul(mask.reshape(2, 1, 6));
        INDArray seen = Nd4j.createFromArray(new double[][] {{1, 1, 1, 1}, {1, 1, 0, 0}});
        Graphs.Pass plain =
                Graphs.pass(graph, dy.mul(seen.reshape(2, 1, 4)), null, zeroed, filters, bias);
        Close close = Close.of(DataType.DOUBLE);
        close.check("output", masked.output(), plain.output().mul(seen.reshape(2, 1, 4)));
        close.check(
                "gradient of x",
                masked.gradients().get("x"),
                plain.gradients().get("x").mul(mask.reshape(2, 1, 6)));
        close.check(
                "gradient of filters",
                masked.gradients().get("filters"),
                plain.gradients().get("filters"));
        close.check(
                "gradient of bias", masked.gradients().get("bias"), plain.gradients().get("bias"));
        assertNotEquals(masked.output(), graph.output(x, filters, bias)[0]);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void configurationSurvivesEveryWayOfStoringIt(Form form) throws Exception {
        for (int rank = 1; rank <= 2; rank++) {
            LocalConvLoops c = new LocalConvLoops(rank, 5);
            ComputationGraph graph =
                    Graphs.single(vertex(c.spec, form), DataType.FLOAT, inputs(c.spec));
            ComputationGraphConfiguration conf = graph.getConfiguration();
            assertEquals(conf, ComputationGraphConfiguration.fromJson(conf.toJson()));
            assertEquals(conf, ComputationGraphConfiguration.fromYaml(conf.toYaml()));
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
                out.writeObject(conf);
            }
            try (ObjectInputStream in =
                    new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
                assertEquals(conf, in.readObject());
            }
            GraphVertex vertex = conf.getVertices().get("local");
            GraphVertex copy = vertex.clone();
            assertNotSame(vertex, copy);
            assertEquals(vertex, copy);
            assertEquals(vertex.hashCode(), copy.hashCode());
            ((LocalConvVertex) copy).setChannelsLast(true);
            assertNotEquals(vertex, copy);
            INDArray[] arrays = arrays(c, DataType.FLOAT, c.x);
            assertEquals(graph.output(arrays)[0], graph.clone().output(arrays)[0]);
        }
    }

    @Test
    void typesOfTheInputsGiveChannelsSizeAndFormat() {
        LocalConv2DVertex vertex = new LocalConv2DVertex.Builder(3, 2).nOut(4).stride(2, 1).build();
        InputType output =
                vertex.getOutputType(
                        0,
                        InputType.convolutional(7, 5, 2, CNN2DFormat.NHWC),
                        InputType.feedForward(4 * 12 * 12),
                        InputType.feedForward(4 * 12));
        assertEquals(InputType.convolutional(3, 4, 4, CNN2DFormat.NHWC), output);
        assertEquals(2, vertex.getSpec().inChannels());
        assertArrayEquals(new long[] {7, 5}, vertex.getSpec().inputSize());
        assertTrue(vertex.isChannelsLast());

        SameDiffLocalConv1DVertex series =
                new SameDiffLocalConv1DVertex.Builder(3).nOut(4).hasBias(false).build();
        assertEquals(
                InputType.recurrent(4, 7, RNNFormat.NCW),
                series.getOutputType(
                        0, InputType.recurrent(2, 9), InputType.feedForward(4 * 6 * 7)));
        assertTrue(
                series.getMemoryReport(InputType.recurrent(2, 9), InputType.feedForward(4 * 6 * 7))
                        != null);
    }

    @Test
    void typesThatDoNotFitAreNamed() {
        InputType image = InputType.convolutional(5, 5, 2);
        InputType filters = InputType.feedForward(4 * 18 * 9);
        InputType bias = InputType.feedForward(36);
        refusedType("the type of the filters", image, InputType.feedForward(4 * 18 * 8), bias);
        refusedType("expected 36", image, filters, InputType.feedForward(4));
        refusedType("has 2 inputs; expected 3", image, filters);
        refusedType("expected InputType.convolutional", InputType.feedForward(50), filters, bias);
        refusedType("PreprocessorVertex", InputType.convolutionalFlat(5, 5, 2), filters, bias);
        refusedType("nIn = 2", InputType.convolutional(5, 5, 3), filters, bias);
        refusedType("input size [6, 5]", InputType.convolutional(6, 5, 2), filters, bias);
        refusedType("too small", InputType.convolutional(2, 5, 2), filters, bias);
    }

    private static void refusedType(String message, InputType... types) {
        LocalConv2DVertex vertex =
                message.startsWith("too small")
                        ? new LocalConv2DVertex.Builder(3).nOut(4).build()
                        : new LocalConv2DVertex.Builder(3).nIn(2).nOut(4).inputSize(5, 5).build();
        refused("LocalConv2DVertex", message, () -> vertex.getOutputType(0, types));
    }

    private static void refused(String name, String message, Runnable action) {
        DL4JInvalidConfigException e = assertThrows(DL4JInvalidConfigException.class, action::run);
        assertTrue(e.getMessage().contains(name), e.getMessage());
        assertTrue(e.getMessage().contains(message), e.getMessage());
    }

    @Test
    void wrongValuesAreRefusedWhenTheVertexIsBuilt() {
        refused2D("nOut (output channels) = 0", new LocalConv2DVertex.Builder(3));
        refused2D("nIn (input channels) = -1", builder().nIn(-1));
        refused2D("stride = [0]", builder().stride(0));
        refused2D("dilation = [-1]", builder().dilation(-1));
        refused2D("each must be 0 or greater", builder().padding(-1));
        refused2D("padding = 'full'", builder().padding("full"));
        refused2D("paddingMode = null", builder().paddingMode(null));
        refused2D("kernel = [0]", new LocalConv2DVertex.Builder(0).nOut(1));
        refused2D("kernel = [1, 2, 3]", new LocalConv2DVertex.Builder(1, 2, 3).nOut(1));
        refused2D("inputSize = [4]", builder().inputSize(4));
        refused2D("inputSize = [0, 4]", builder().inputSize(0, 4));
        refused2D("inputSize = null", builder().inputSize((int[]) null));
        refused2D("is too small along dimension 1", builder().inputSize(4, 2));
        refused(
                "LocalConv2DVertex \"local\"",
                "inputSize is not known",
                () -> Graphs.single(builder().nIn(2).build(), DataType.FLOAT, INPUTS));
        refused(
                "SameDiffLocalConv1DVertex",
                "nIn (input channels) is not known",
                () ->
                        Graphs.single(
                                new SameDiffLocalConv1DVertex.Builder(3)
                                        .nOut(2)
                                        .inputSize(5)
                                        .build(),
                                DataType.FLOAT,
                                INPUTS));
    }

    private static LocalConv2DVertex.Builder builder() {
        return new LocalConv2DVertex.Builder(3).nOut(2);
    }

    private static void refused2D(String message, LocalConv2DVertex.Builder builder) {
        refused("LocalConv2DVertex", message, builder::build);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void wrongArraysAreRefusedByName(boolean asNative) {
        LocalConvVertex vertex =
                asNative
                        ? builder().nIn(2).inputSize(4, 5).build()
                        : new SameDiffLocalConv2DVertex.Builder(3)
                                .nOut(2)
                                .nIn(2)
                                .inputSize(4, 5)
                                .build();
        ComputationGraph graph = Graphs.single(vertex, DataType.FLOAT, INPUTS);
        long filters = 2 * 18 * 6;
        refusedArrays(graph, "rank 3", ones(3, 4, 5), ones(1, filters), ones(1, 12));
        refusedArrays(graph, "[3, 3, 4, 5]", ones(3, 3, 4, 5), ones(1, filters), ones(1, 12));
        refusedArrays(graph, "input size [5, 5]", ones(3, 2, 5, 5), ones(1, filters), ones(1, 12));
        refusedArrays(graph, "filters have shape", ones(3, 2, 4, 5), ones(1, 5), ones(1, 12));
        refusedArrays(graph, "filters have shape", ones(3, 2, 4, 5), ones(2, filters), ones(2, 12));
        refusedArrays(graph, "bias have shape", ones(3, 2, 4, 5), ones(1, filters), ones(1, 2));
        refusedArrays(
                graph, "filters for 1 examples", ones(3, 2, 4, 5), ones(1, filters), ones(3, 12));
        graph.output(ones(3, 2, 4, 5), ones(1, filters), ones(1, 12)); // nothing is kept
    }

    private static void refusedArrays(ComputationGraph graph, String message, INDArray... arrays) {
        DL4JInvalidInputException e =
                assertThrows(DL4JInvalidInputException.class, () -> graph.output(arrays));
        assertTrue(e.getMessage().contains("LocalConv2DVertex \"local\""), e.getMessage());
        assertTrue(e.getMessage().contains(message), e.getMessage());
    }

    private static INDArray ones(long... shape) {
        return Nd4j.ones(DataType.FLOAT, shape);
    }
}
