package org.lamina.benchmark;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.FloatBuffer;
import java.util.Map;
import org.deeplearning4j.nn.api.Model;
import org.lamina.harness.OnnxRuntime;
import org.lamina.zoo.onnx.OnnxOptions;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Inference of a network, exported in the published order, in ONNX Runtime. */
final class OnnxNetworkStep implements Workload.Step {

    private final OrtSession session;
    private final Map<String, OnnxTensor> inputs;
    private final double fingerprint;

    OnnxNetworkStep(Model network, INDArray x) {
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        byte[] model = OnnxRuntime.exported(network, new OnnxOptions().publishedOrder(true));
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(Integer.parseInt(System.getenv("OMP_NUM_THREADS")));
            this.session = environment.createSession(model, options);
            OnnxTensor input =
                    OnnxTensor.createTensor(
                            environment, FloatBuffer.wrap(x.dup('c').data().asFloat()), x.shape());
            this.inputs = Map.of(session.getInputNames().iterator().next(), input);
            try (OrtSession.Result result = session.run(inputs)) {
                FloatBuffer output = ((OnnxTensor) result.get(0)).getFloatBuffer();
                float[] values = new float[output.remaining()];
                output.get(values);
                this.fingerprint = Values.fingerprint(values);
            }
        } catch (OrtException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void run() {
        try {
            session.run(inputs).close();
        } catch (OrtException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public double fingerprint() {
        return fingerprint;
    }

    @Override
    public void close() {
        try {
            session.close();
            inputs.values().forEach(OnnxTensor::close);
        } catch (OrtException e) {
            throw new IllegalStateException(e);
        }
    }
}
