package org.lamina.zoo.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lamina.harness.Close;
import org.lamina.harness.OnnxRuntime;
import org.lamina.zoo.modelfile.ModelFile;
import org.lamina.zoo.weights.StateDict;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The commands import and export. */
class WeightsCommandsTest {

    @TempDir Path folder;

    private static String resource(String name) throws Exception {
        return Path.of(WeightsCommandsTest.class.getResource("/weights/" + name).toURI())
                .toString();
    }

    private String file(String name) {
        return folder.resolve(name).toString();
    }

    private static Cli ok(String... args) {
        Cli result = Cli.run(args);
        assertEquals(0, result.code(), result.err());
        return result;
    }

    private static void refused(String message, String... args) {
        Cli result = Cli.run(args);
        assertTrue(result.refused(), result.code() + result.err());
        assertEquals(1, result.err().lines().count(), result.err());
        assertTrue(result.err().contains(message), result.err());
    }

    private Cli importKeras() throws Exception {
        return ok(
                "import",
                resource("keras-legacy.h5"),
                "--from",
                "keras-eegnet",
                "--channels",
                "4",
                "--samples",
                "64",
                "--classes",
                "3",
                "--kernel-length",
                "15",
                "--f1",
                "3",
                "--f2",
                "5",
                "--out",
                file("net.zip"));
    }

    @Test
    void inAndOut() throws Exception {
        Cli imported = importKeras();
        assertTrue(imported.out().contains("parameters from"), imported.out());
        ok("export", file("net.zip"), "--out", file("net.safetensors"));
        ok("export", file("net.zip"), "--out", file("keras.npz"), "--names", "selfeeg-eegnet");
        ok(
                "import",
                file("net.safetensors"),
                "--from",
                "lamina",
                "--into",
                file("net.zip"),
                "--out",
                file("again.zip"));
        ok(
                "import",
                file("keras.npz"),
                "--from",
                "selfeeg-eegnet",
                "--into",
                file("net.zip"),
                "--out",
                file("third.zip"));
        MultiLayerNetwork net = MultiLayerNetwork.load(folder.resolve("net.zip").toFile(), false);
        for (String name : new String[] {"again.zip", "third.zip"}) {
            MultiLayerNetwork other = MultiLayerNetwork.load(folder.resolve(name).toFile(), false);
            assertEquals(net.params(), other.params(), name);
        }
        ok("export", file("net.zip"), "--out", file("plain.zip"));
        ComputationGraph plain = ComputationGraph.load(folder.resolve("plain.zip").toFile(), false);
        INDArray x = Nd4j.randn(DataType.FLOAT, 2, 1, 4, 64);
        new Close(1e-5, 1e-5).check("output", plain.outputSingle(x), net.output(x));
        ok("export", file("net.zip"), "--out", file("net.onnx"), "--fold-batch-norm");
        try (OnnxRuntime onnx = OnnxRuntime.of(Files.readAllBytes(folder.resolve("net.onnx")))) {
            new Close(1e-5, 1e-5).check("output", onnx.output(x), net.output(x));
        }
        ok("export", file("net.zip"), "--out", file("net.onnx"), "--published-order");
        String[] back = {
            "import",
            file("net.onnx"),
            "--from",
            "lamina",
            "--into",
            file("net.zip"),
            "--out",
            file("fourth.zip")
        };
        ok(back);
        MultiLayerNetwork fourth =
                MultiLayerNetwork.load(folder.resolve("fourth.zip").toFile(), false);
        assertEquals(net.params(), fourth.params());
        ok("export", file("net.zip"), "--out", file("net.onnx"));
        refused("--published-order; use the model's .zip file", back);
    }

    @Test
    void oneLayer() throws Exception {
        importKeras();
        ok("export", file("net.zip"), "--layer", "spatial", "--out", file("spatial.safetensors"));
        ok(
                "import",
                file("spatial.safetensors"),
                "--from",
                "lamina",
                "--layer",
                "spatial",
                "--into",
                file("net.zip"),
                "--out",
                file("again.zip"));
        assertFalse(ModelFile.hasCard(folder.resolve("again.zip")));
    }

    @Test
    void aTrainedModelKeepsItsCard() throws Exception {
        Cli.writeRecordings(Files.createDirectory(folder.resolve("data")), 2, 8);
        Cli.train(folder.resolve("data"), folder.resolve("run"), "--epochs", "1");
        String model = folder.resolve("run").resolve("model.zip").toString();
        ok("export", model, "--out", file("weights.npz"));
        ok(
                "import",
                file("weights.npz"),
                "--from",
                "lamina",
                "--into",
                model,
                "--out",
                file("again.zip"));
        ModelFile before = ModelFile.load(Path.of(model));
        ModelFile after = ModelFile.load(folder.resolve("again.zip"));
        assertEquals(before.card(), after.card());
        assertEquals(before.network().params(), after.network().params());
    }

    @Test
    void otherNetworksForEeg() throws Exception {
        String weights = resource("braindecode-deep4net-state.npz");
        otherNetworkForEeg(weights);
        otherNetworkForEeg(resource("../onnx/braindecode-deep4net.onnx"));
        StateDict expected = StateDict.read(Path.of(weights));
        StateDict again = StateDict.read(folder.resolve("again.npz"));
        for (String name : expected.names()) {
            if (!name.endsWith("num_batches_tracked")) {
                assertEquals(expected.get(name), again.get(name), name);
            }
        }
    }

    private void otherNetworkForEeg(String weights) {
        Cli imported =
                ok(
                        "import",
                        weights,
                        "--from",
                        "braindecode-deep4net",
                        "--channels",
                        "3",
                        "--samples",
                        "210",
                        "--classes",
                        "3",
                        "--kernel-length",
                        "4",
                        "--f1",
                        "2",
                        "--f2",
                        "2",
                        "--out",
                        file("deep.zip"));
        assertTrue(imported.out().contains("braindecode Deep4Net"), imported.out());
        ok(
                "export",
                file("deep.zip"),
                "--names",
                "braindecode-deep4net",
                "--out",
                file("again.npz"));
    }

    @Test
    void namesBehindAPrefix() throws Exception {
        StateDict prefixed = new StateDict();
        StateDict.read(Path.of(resource("braindecode-deep4net-state.npz")))
                .arrays()
                .forEach((name, array) -> prefixed.put("module." + name, array));
        prefixed.write(folder.resolve("module.npz"));
        String[] arguments =
                ("import WEIGHTS --from braindecode-deep4net --channels 3 --samples 210 --classes 3"
                                + " --kernel-length 4 --f1 2 --f2 2 --out")
                        .split(" ");
        arguments = Arrays.copyOf(arguments, arguments.length + 1);
        arguments[1] = file("module.npz");
        arguments[arguments.length - 1] = file("deep.zip");
        Cli imported = ok(arguments);
        assertTrue(imported.out().contains("begin with 'module.'"), imported.out());
    }

    @Test
    void wrongInput() throws Exception {
        String weights = resource("keras-legacy.h5");
        String out = file("net.zip");
        refused("give --from NAMES or --map FILE", "import", file("no.npz"), "--out", out);
        refused("no whole model of Keras", "import", resource("keras3.weights.h5"), "--out", out);
        refused("--lambda a=cube: allowed", "import", weights, "--lambda", "a=cube", "--out", out);
        refused(
                "--lambda is for whole",
                "import",
                weights,
                "--from",
                "lamina",
                "--lambda",
                "a=log",
                "--out",
                out);
        refused("--into, --layer", "import", weights, "--into", out, "--out", out);
        String pickled = Files.createFile(folder.resolve("net.pth")).toString();
        refused(
                "import numpy, torch; state = torch.load(\"net.pth\"",
                "import",
                pickled,
                "--from",
                "selfeeg-eegnet",
                "--out",
                out);
        refused("there are [lamina, ", "import", weights, "--from", "x", "--out", out);
        refused(
                "there is no such file",
                "import",
                file("no.npz"),
                "--from",
                "selfeeg-eegnet",
                "--out",
                out);
        refused(
                "conv2d.0' has shape [1, 15, 1, 3], must have [1, 64, 1, 8]",
                "import",
                weights,
                "--from",
                "keras-eegnet",
                "--out",
                out);
        refused(
                "--layer NAME is missing",
                "import",
                weights,
                "--from",
                "elektronn3-wsconv",
                "--into",
                out,
                "--out",
                out);
        refused("--into MODEL is missing", "import", weights, "--from", "lamina", "--out", out);
        refused(
                "--preset f9; there are [nfnet-f0",
                "import",
                resource("timm-dm-nfnet.safetensors"),
                "--from",
                "timm-dm-nfnet",
                "--preset",
                "f9",
                "--out",
                out);
        refused(
                "--channels: only for a new network",
                "import",
                resource("timm-dm-nfnet.safetensors"),
                "--from",
                "timm-dm-nfnet",
                "--channels",
                "3",
                "--out",
                out);
        refused(
                "--preset: only for a new NFNet",
                "import",
                weights,
                "--from",
                "keras-eegnet",
                "--preset",
                "nfnet-f0",
                "--out",
                out);
        refused(
                "ShallowConvNet: d = 2; the network has no",
                "import",
                resource("braindecode-shallowfbcspnet-state.npz"),
                "--from",
                "braindecode-shallowfbcspnet",
                "--depth",
                "2",
                "--out",
                out);
        assertFalse(Files.exists(folder.resolve("net.zip")));
        importKeras();
        refused("must end with .safetensors or .npz", "export", out, "--out", file("a.txt"));
        refused("--names, --map", "export", out, "--out", file("p.zip"), "--names", "lamina");
        refused("are for .onnx", "export", out, "--out", file("p.zip"), "--fold-batch-norm");
        refused("time series", "export", out, "--out", file("p.onnx"), "--with-mask");
        assertFalse(Files.exists(folder.resolve("p.onnx")));
        refused(
                "the model's layers are [temporal",
                "export",
                out,
                "--out",
                file("a.npz"),
                "--layer",
                "x");
        refused(
                "cannot be exported",
                "export",
                out,
                "--out",
                file("a.npz"),
                "--names",
                "timm-dm-nfnet");
        refused("not a model file", "export", weights, "--out", file("a.npz"));
    }
}
