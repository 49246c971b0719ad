package org.lamina.benchmark;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import java.util.List;
import java.util.stream.Collectors;
import org.lamina.spec.ParamSpec;

/** One pass through a layer in PyTorch, with autograd. */
final class TorchLayerStep implements Workload.Step {

    private final TorchScript script;
    private final NDList arguments = new NDList();
    private final double fingerprint;

    /**
     * Compiles the layer.
     *
     * @param layer the output as a Python expression of x and of the parameters by their names
     * @param backward whether the gradients of x and of the parameters are taken, too
     */
    TorchLayerStep(String layer, List<ParamSpec> params, long[] shape, boolean backward) {
        arguments.add(TorchScript.tensor("", "x", shape));
        params.forEach(p -> arguments.add(TorchScript.tensor("", p.name(), p.shape())));
        String names = arguments.stream().map(NDArray::getName).collect(Collectors.joining(", "));
        String typed = names.replace(",", ": Tensor,") + ": Tensor";
        String output = "def output(self, " + typed + ") -> Tensor:\n  return " + layer + "\n";
        String helpers = TorchScript.resource("layers.py");
        TorchScript forward =
                new TorchScript(
                        false,
                        helpers,
                        output,
                        "def forward(self, " + typed + ") -> List[Tensor]:",
                        "  return [self.output(" + names + ")]");
        NDList outputs = forward.call(arguments);
        if (!backward) {
            this.script = forward;
            this.fingerprint = fingerprint(outputs);
            return;
        }
        arguments.forEach(a -> a.setRequiresGradient(true));
        arguments.add(TorchScript.tensor("", "dy", outputs.head().getShape().getShape()));
        outputs.close();
        forward.close();
        this.script =
                new TorchScript(
                        true,
                        helpers,
                        output,
                        "def forward(self, " + typed + ", dy: Tensor) -> List[Tensor]:",
                        "  y = self.output(" + names + ")",
                        "  all = [y.detach()]",
                        "  dys = annotate(List[Optional[Tensor]], [dy])",
                        "  for gradient in torch.grad([y], [" + names + "], dys):",
                        "    all.append(unchecked_cast(Tensor, gradient))",
                        "  return all");
        this.fingerprint = fingerprint(script.call(arguments));
    }

    private static double fingerprint(NDList arrays) {
        double sum = 0;
        for (NDArray array : arrays) {
            sum += Values.fingerprint(array.toFloatArray());
        }
        arrays.close();
        return sum;
    }

    @Override
    public void run() {
        script.call(arguments).close();
    }

    /** Of the output and, if there are any, of all gradients. */
    @Override
    public double fingerprint() {
        return fingerprint;
    }

    @Override
    public void close() {
        script.close();
        arguments.close();
    }
}
