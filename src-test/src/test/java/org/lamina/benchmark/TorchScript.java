package org.lamina.benchmark;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Code that PyTorch itself compiles and runs: nothing of Java or DJL is in what is timed but one
 * call a step.
 *
 * <p>PyTorch loads TorchScript from an archive with the source text in it, which is packed here.
 * Operations run one by one as the text has them, as they do for a user of Python: the optimizer of
 * TorchScript's graphs is off, it needs long to settle.
 */
final class TorchScript {

    static final NDManager MEMORY = NDManager.newBaseManager("PyTorch");

    /** A pickled object of class Functions without attributes. */
    private static final String OBJECT = "\u0080\u0002c__torch__\nFunctions\n)\u0081}b.";

    private static final String NO_CONSTANTS = "\u0080\u0002).";

    private final PtSymbolBlock module;
    private final boolean gradients;

    /**
     * Compiles.
     *
     * @param gradients whether derivatives are wanted
     * @param functions texts with Python functions whose first argument is self; the one to call is
     *     named forward and returns a list of tensors
     */
    TorchScript(boolean gradients, String... functions) {
        this.gradients = gradients;
        JniUtils.setGraphExecutorOptimize(false);
        try {
            this.module =
                    JniUtils.loadModule(
                            (PtNDManager) MEMORY,
                            new ByteArrayInputStream(archive(String.join("\n", functions))),
                            false,
                            false);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The text of a file beside the tests. */
    static String resource(String name) {
        try (InputStream in = TorchScript.class.getResourceAsStream("/benchmark/" + name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A tensor of this name's {@link Values}; "d.name" is the value at name of a dictionary d. */
    static NDArray tensor(String dictionary, String name, long... shape) {
        return named(dictionary, name, MEMORY.create(Values.of(name, shape), new Shape(shape)));
    }

    /** Gives a tensor a name that says where in the arguments it belongs. */
    static NDArray named(String dictionary, String name, NDArray tensor) {
        tensor.setName(dictionary.isEmpty() ? name : dictionary + "." + name);
        return tensor;
    }

    /** Calls forward; the caller closes the result. */
    NDList call(NDList arguments) {
        JniUtils.setGradMode(gradients);
        return IValueUtils.forward(module, arguments, gradients);
    }

    /** Frees the module. */
    void close() {
        module.close();
    }

    private static byte[] archive(String functions) throws IOException {
        String source =
                "class Functions(Module):\n"
                        + "  __parameters__ = []\n"
                        + "  __buffers__ = []\n"
                        + functions.indent(2);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (List<String> entry :
                    List.of(
                            List.of("data.pkl", OBJECT),
                            List.of("code/__torch__.py", source),
                            List.of("constants.pkl", NO_CONSTANTS),
                            List.of("version", "3\n"))) {
                zip.putNextEntry(new ZipEntry("functions/" + entry.get(0)));
                zip.write(entry.get(1).getBytes(StandardCharsets.ISO_8859_1));
            }
        }
        return bytes.toByteArray();
    }
}
