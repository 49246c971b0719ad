package org.lamina.benchmark;

import static org.lamina.harness.Option.N_OUT;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongFunction;
import java.util.function.ToDoubleFunction;

/**
 * How time and memory of a workload grow with its batch, length or channels.
 *
 * <p>The exponent is the slope of the least-squares line through the logarithms. Time is the median
 * of a step. Memory is what the step adds to the process: its peak less what was resident before,
 * after a training step on a tiny input had loaded all code (see {@link Fork}); a constant part
 * would lower the exponent.
 *
 * @param name of the workload and what it grows with
 * @param timeLimit what the exponent of time should be at most
 */
record Growth(String name, List<GrowthPoint> points, double timeLimit) {

    private static final double LINEAR = 1.05;

    /** What is measured: an EEGNet's training step, and a convolution with its backward pass. */
    static List<Growth> all() {
        List<Growth> all = new ArrayList<>();
        all.add(of("batch", List.of(8, 16, 32, 64, 128), n -> eegNet(n, 22, 256)));
        all.add(of("channels", List.of(8, 16, 32, 64, 128), n -> eegNet(64, n, 256)));
        all.add(fusedByChannels());
        all.add(of("length", List.of(128, 256, 512, 1024, 2048), n -> eegNet(64, 22, n)));
        all.add(of("batch", List.of(8, 16, 32, 64, 128), n -> conv(n, 32, 1024)));
        all.add(of("channels", List.of(16, 32, 64, 128, 256), n -> conv(32, n, 1024)));
        all.add(of("length", List.of(256, 512, 1024, 2048, 4096), n -> conv(32, 32, n)));
        return all;
    }

    /** With spatial filters first little depends on the channels. */
    private static Growth fusedByChannels() {
        Growth growth =
                of(
                        "channels",
                        List.of(8, 16, 32, 64, 128),
                        n ->
                                new NetworkWorkload(
                                        Networks.FUSED,
                                        Workload.Mode.TRAINING,
                                        "growth",
                                        64,
                                        1,
                                        n,
                                        256));
        return new Growth(growth.name, growth.points, 0.6);
    }

    private static Workload eegNet(long examples, long channels, long samples) {
        return new NetworkWorkload(
                Networks.EEGNET, Workload.Mode.TRAINING, "growth", examples, 1, channels, samples);
    }

    /** A number of input channels to 32 output channels. */
    private static Workload conv(long examples, long channels, long samples) {
        return Layers.constrainedConv1d()
                .option(N_OUT, 32)
                .at("growth", Workload.Mode.BACKWARD, examples, channels, samples);
    }

    private static Growth of(String with, List<Integer> values, LongFunction<Workload> work) {
        List<GrowthPoint> points =
                values.stream().map(n -> new GrowthPoint(with, n, work.apply(n))).toList();
        return new Growth(points.get(0).name(), points, LINEAR);
    }

    /** Exponent of a quantity of the points, NaN if one is not known. */
    double exponent(ToDoubleFunction<GrowthPoint> quantity) {
        double[] x = points.stream().mapToDouble(p -> Math.log(p.value())).toArray();
        double[] y =
                points.stream().mapToDouble(p -> Math.log(quantity.applyAsDouble(p))).toArray();
        double meanX = mean(x);
        double meanY = mean(y);
        double products = 0;
        double squares = 0;
        for (int i = 0; i < x.length; i++) {
            products += (x[i] - meanX) * (y[i] - meanY);
            squares += (x[i] - meanX) * (x[i] - meanX);
        }
        return products / squares;
    }

    private static double mean(double[] values) {
        return Arrays.stream(values).average().orElse(Double.NaN);
    }
}
