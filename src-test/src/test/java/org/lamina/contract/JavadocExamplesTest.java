package org.lamina.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.io.StringWriter;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.lamina.harness.Nets;
import org.lamina.layers.base.AbstractSpecLayer;
import org.lamina.layers.wrapper.StandardizedWeights;
import org.lamina.spec.LayerSpec;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The examples in the Javadoc of every layer and vertex, in both forms: they compile and build; a
 * layer also runs.
 */
class JavadocExamplesTest {

    private static final List<String> FOLDERS =
            List.of(
                    "dl4j-layers/src/main/java/org/lamina/layers",
                    "dl4j-layers/src/main/java/org/lamina/layers/samediff");

    private static final Pattern LAYER =
            Pattern.compile(
                    "public (?:final )?class (\\w+) extends"
                            + " (?:Spec(?:SameDiff)?Layer<|StandardizedWeights |LocalConvVertex )");

    private static final Pattern EXAMPLE =
            Pattern.compile("<pre>\\{@code(.*?)\\}</pre>", Pattern.DOTALL);

    private static final long CHANNELS = 8;

    @TempDir Path directory;

    private record Example(String layer, String code) {}

    @TestFactory
    List<DynamicTest> examples() throws IOException {
        List<Example> examples = new ArrayList<>();
        List<DynamicTest> tests = new ArrayList<>();
        for (String folder : FOLDERS) {
            try (Stream<Path> files = Files.list(root().resolve(folder))) {
                for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                    read(Files.readString(file), examples, tests);
                }
            }
        }
        assertFalse(examples.isEmpty());
        ClassLoader compiled = compile(examples);
        for (int i = 0; i < examples.size(); i++) {
            String type = "Example" + i;
            tests.add(dynamicTest(examples.get(i).layer(), () -> run(compiled, type)));
        }
        return tests;
    }

    private static Path root() {
        Path root = Path.of("").toAbsolutePath();
        while (!Files.exists(root.resolve("README.md"))) {
            root = root.getParent();
        }
        return root;
    }

    private static void read(String source, List<Example> examples, List<DynamicTest> tests) {
        Matcher layer = LAYER.matcher(source);
        if (!layer.find() || source.contains("public abstract")) {
            return;
        }
        String name = layer.group(1);
        String javadoc = source.substring(0, layer.start()).replaceAll("(?m)^ \\* ?", "");
        Matcher example = EXAMPLE.matcher(javadoc);
        int before = examples.size();
        while (example.find()) {
            examples.add(new Example(name, example.group(1).strip()));
        }
        int found = examples.size() - before;
        tests.add(
                dynamicTest(
                        name + " has an example",
                        () -> assertTrue(found > 0, name + ": no {@code} example in its Javadoc")));
    }

    private ClassLoader compile(List<Example> examples) throws IOException {
        List<Path> sources = new ArrayList<>();
        for (int i = 0; i < examples.size(); i++) {
            Path source = directory.resolve("Example" + i + ".java");
            String code = examples.get(i).code().replaceAll(";$", "");
            Files.writeString(
                    source,
                    "import org.deeplearning4j.nn.conf.*;\n"
                            + "import org.deeplearning4j.nn.conf.distribution.*;\n"
                            + "import org.deeplearning4j.nn.conf.inputs.InputType;\n"
                            + "import org.deeplearning4j.nn.conf.layers.*;\n"
                            + "import org.nd4j.linalg.learning.config.*;\n"
                            + "import org.nd4j.linalg.lossfunctions.LossFunctions;\n"
                            + "import org.lamina.constraints.*;\n"
                            + "import org.lamina.activations.*;\n"
                            + "import org.lamina.spec.*;\n"
                            + "import org.nd4j.linalg.activations.Activation;\n"
                            + imports("org.lamina.layers", FOLDERS.get(0))
                            + imports("org.lamina.layers.samediff", FOLDERS.get(1))
                            + "public class Example"
                            + i
                            + " { public static Object build() { return "
                            + code
                            + "; } }\n");
            sources.add(source);
        }
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter messages = new StringWriter();
        String classPath =
                System.getProperty(
                        "surefire.test.class.path", System.getProperty("java.class.path"));
        List<String> options =
                List.of("-d", directory.toString(), "-classpath", classPath, "-proc:none");
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            boolean done =
                    compiler.getTask(
                                    messages,
                                    files,
                                    null,
                                    options,
                                    null,
                                    files.getJavaFileObjectsFromPaths(sources))
                            .call();
            assertTrue(done, messages.toString());
        }
        return new URLClassLoader(
                new URL[] {directory.toUri().toURL()}, JavadocExamplesTest.class.getClassLoader());
    }

    /** Single imports win over DL4J's classes of the same names. */
    private static String imports(String packageName, String folder) throws IOException {
        StringBuilder imports = new StringBuilder();
        try (Stream<Path> files = Files.list(root().resolve(folder))) {
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                String name = file.getFileName().toString().replace(".java", "");
                if (Files.readString(file).contains("public class " + name)) {
                    imports.append("import ").append(packageName);
                    imports.append('.').append(name).append(";\n");
                }
            }
        }
        return imports.toString();
    }

    /** A forward and a backward pass. */
    private static void run(ClassLoader compiled, String type) throws Exception {
        Object built = compiled.loadClass(type).getMethod("build").invoke(null);
        if (built instanceof ComputationGraphConfiguration) {
            new ComputationGraph((ComputationGraphConfiguration) built).init();
            return;
        }
        if (built instanceof GraphVertex) {
            return; // runs in a graph only
        }
        Layer layer = (Layer) built;
        InputType input = input(layer);
        MultiLayerNetwork net = Nets.single(layer, input, DataType.FLOAT);
        INDArray x = Row.random(DataType.FLOAT, 1, Row.withBatch(2, input.getShape()));
        INDArray output = net.output(x);
        assertEquals(2, output.size(0));
        assertFalse(output.isNaN().any(), "NaN in the output");
        Nets.Pass pass = Nets.pass(net, x, Row.random(DataType.FLOAT, 2, output.shape()));
        pass.gradients().forEach((key, g) -> assertFalse(g.isNaN().any(), "NaN in " + key));
    }

    private static InputType input(Layer layer) {
        if (layer instanceof StandardizedWeights) {
            return input(((StandardizedWeights) layer).getUnderlying());
        }
        if (layer instanceof ConvolutionLayer) {
            return InputType.convolutional(24, 72, CHANNELS);
        }
        return input(((AbstractSpecLayer<?>) layer).getSpec());
    }

    /** An input that is large enough for the kernels of the examples. */
    private static InputType input(LayerSpec spec) {
        long channels = spec.inChannels() > 0 ? spec.inChannels() : CHANNELS;
        switch (spec.spatialRank()) {
            case 0:
                return InputType.feedForward(channels);
            case 2:
                return InputType.convolutional(24, 72, channels);
            case 3:
                return InputType.convolutional3D(Convolution3D.DataFormat.NCDHW, 6, 7, 8, channels);
            default:
                return InputType.recurrent(channels, 72);
        }
    }
}
