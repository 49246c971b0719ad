package org.lamina.layers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.lamina.harness.Option.ACTIVATION;
import static org.lamina.harness.Option.N_IN;
import static org.lamina.harness.Option.N_OUT;
import static org.lamina.harness.Option.PADDING;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lamina.harness.Form;
import org.lamina.harness.Jvm;
import org.lamina.harness.LayerBuilder;
import org.lamina.harness.Nets;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;

/**
 * Training steps of a local convolution with 128x128 output positions, 8 to 8 channels and 3x3
 * kernels, in a process of their own: it must stay below 1 GB, of which the filters, their gradient
 * and Adam's state take 150 MB.
 */
class LocalConvMemoryTest {

    private static final Path STATUS = Path.of("/proc/self/status");

    @ParameterizedTest
    @CsvSource({"NATIVE, 32", "SAMEDIFF, 32"})
    void aLargeOutputFitsIntoOneGigabyte(Form form, int minibatch) throws Exception {
        Assumptions.assumeTrue(Files.exists(STATUS), "this system does not tell peak memory");
        Jvm program =
                Jvm.run(
                        Jvm.CLASS_PATH,
                        List.of("-Xmx256m"),
                        Step.class,
                        form.name(),
                        Integer.toString(minibatch));
        assertEquals(0, program.code(), program.printed());
        String last = program.printed().strip().lines().reduce((a, b) -> b).orElseThrow();
        long megabytes = Long.parseLong(last.replaceAll("\\D", "")) / 1024;
        assertTrue(megabytes > 150 && megabytes < 1024, megabytes + " MB");
    }

    /** The process: form, minibatch size. */
    static final class Step {

        private Step() {}

        public static void main(String[] args) throws IOException {
            MultiLayerNetwork net =
                    Nets.trainable(
                            LayerBuilder.of(Form.valueOf(args[0]), "LocalConv2D", 3)
                                    .set(N_IN, 8)
                                    .set(N_OUT, 8)
                                    .set(PADDING, "same")
                                    .set(ACTIVATION, Activation.IDENTITY)
                                    .build(),
                            InputType.convolutional(128, 128, 8),
                            DataType.FLOAT,
                            new Adam(0.01));
            INDArray x = Nd4j.rand(DataType.FLOAT, Integer.parseInt(args[1]), 8, 128, 128);
            net.fit(x, x);
            net.fit(x, x);
            String peak =
                    Files.readAllLines(STATUS).stream()
                            .filter(line -> line.startsWith("VmHWM:"))
                            .findFirst()
                            .orElseThrow();
            System.out.println(peak);
            System.exit(0); // ND4J's threads would keep the process
        }
    }
}
