package org.lamina.benchmark;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A product of two square matrices, the fastest arithmetic that the machine does: the measure for
 * convolutions.
 */
record GemmWorkload() implements Workload {

    private static final int SIZE = 1024;

    @Override
    public String name() {
        return "Product of matrices";
    }

    @Override
    public String size() {
        return "reference";
    }

    @Override
    public Mode mode() {
        return Mode.FORWARD;
    }

    @Override
    public long[] shape() {
        return new long[] {SIZE, SIZE};
    }

    @Override
    public boolean isFor(Competitor competitor) {
        return competitor == Competitor.LAMINA || competitor == Competitor.PYTORCH;
    }

    @Override
    public boolean alone() {
        return false;
    }

    @Override
    public double flops() {
        return 2.0 * SIZE * SIZE * SIZE;
    }

    @Override
    public Step prepare(Competitor competitor) {
        return competitor == Competitor.PYTORCH ? torch() : nd4j();
    }

    private Step torch() {
        TorchScript script =
                new TorchScript(
                        false,
                        "def forward(self, x: Tensor, y: Tensor) -> List[Tensor]:",
                        "  return [torch.mm(x, y)]");
        NDList arguments =
                new NDList(
                        TorchScript.tensor("", "x", shape()), TorchScript.tensor("", "y", shape()));
        return new Step() {
            @Override
            public void run() {
                script.call(arguments).close();
            }

            @Override
            public double fingerprint() {
                try (NDArray product = script.call(arguments).head()) {
                    return Values.fingerprint(product.toFloatArray());
                }
            }

            @Override
            public void close() {
                script.close();
                arguments.close();
            }
        };
    }

    private Step nd4j() {
        INDArray x = Nd4j.createFromArray(Values.of("x", shape())).reshape('c', shape());
        INDArray y = Nd4j.createFromArray(Values.of("y", shape())).reshape('c', shape());
        INDArray product = Nd4j.create(shape(), 'f');
        return new Step() {
            @Override
            public void run() {
                x.mmuli(y, product);
            }

            @Override
            public double fingerprint() {
                return Values.fingerprint(product.dup('c').data().asFloat());
            }
        };
    }
}
