package org.lamina.contract;

import static org.lamina.contract.LayerFamily.ints;
import static org.lamina.contract.LayerFamily.kernel;
import static org.lamina.contract.LayerFamily.row;
import static org.lamina.contract.LayerFamily.size;
import static org.lamina.harness.Option.ACTIVATION;
import static org.lamina.harness.Option.ACTIVATOR;
import static org.lamina.harness.Option.AFFINE;
import static org.lamina.harness.Option.EPS;
import static org.lamina.harness.Option.INITIAL_SLOPE;
import static org.lamina.harness.Option.LAYER_ORDER;
import static org.lamina.harness.Option.MOMENTUM;
import static org.lamina.harness.Option.NORMALIZER;
import static org.lamina.harness.Option.N_IN;
import static org.lamina.harness.Option.N_OUT;
import static org.lamina.harness.Option.OUTPUT_SIZE;
import static org.lamina.harness.Option.PADDING;
import static org.lamina.harness.Option.SCALE;
import static org.lamina.harness.Option.SCALER;
import static org.lamina.harness.Option.STRIDE;

import java.util.ArrayList;
import java.util.List;
import org.lamina.spec.Activator;
import org.lamina.spec.LayerOrder;
import org.lamina.spec.Normalizer;
import org.lamina.spec.Scaler;
import org.nd4j.linalg.activations.Activation;

/** MDNC's ConvModern layers and their parts: normalizations, PReLU, upsampling. */
final class ConvModernFamily implements LayerFamily {

    @Override
    public List<Row> rows() {
        return List.of(
                row("BatchNorm", NO_KERNEL, size(4)),
                row("BatchNorm", NO_KERNEL, size(3, 7), EPS, 1e-2, MOMENTUM, 0.3),
                row("BatchNorm", NO_KERNEL, size(2, 4, 5)),
                row("BatchNorm", NO_KERNEL, size(2, 3, 2, 2), ACTIVATION, Activation.SIGMOID),
                row("InstanceNorm", NO_KERNEL, size(3, 7), EPS, 1e-2),
                row("InstanceNorm", NO_KERNEL, size(3, 6), AFFINE, false),
                row("InstanceNorm", NO_KERNEL, size(2, 4, 5)),
                row("InstanceNorm", NO_KERNEL, size(2, 3, 2, 2), AFFINE, false),
                row("PReLU", NO_KERNEL, size(5)),
                row("PReLU", NO_KERNEL, size(3, 7), INITIAL_SLOPE, -0.5),
                row("PReLU", NO_KERNEL, size(2, 4, 5)),
                row("PReLU", NO_KERNEL, size(2, 3, 2, 2), ACTIVATION, Activation.IDENTITY),
                row("Upsample1D", NO_KERNEL, size(2, 6), SCALE, scale(2.5)),
                row("Upsample1D", NO_KERNEL, size(2, 7), OUTPUT_SIZE, longs(4)),
                row("Upsample1D", NO_KERNEL, size(2, 7), OUTPUT_SIZE, longs(1)),
                row("Upsample2D", NO_KERNEL, size(2, 3, 4), SCALE, scale(2)),
                row("Upsample2D", NO_KERNEL, size(2, 3, 4), OUTPUT_SIZE, longs(3, 9)),
                row("Upsample3D", NO_KERNEL, size(2, 2, 3, 2), SCALE, scale(2, 1, 1.5)),
                row("Upsample3D", NO_KERNEL, size(1, 2, 3, 2), OUTPUT_SIZE, longs(5)),
                row("ConvModern1D", kernel(3), size(2, 9), N_OUT, 3).with(STRIDE, ints(2)),
                row("ConvModern1D", kernel(3), size(2, 8), N_OUT, 3)
                        .with(NORMALIZER, "batch", ACTIVATOR, "relu"),
                row("ConvModern1D", kernel(4), size(3, 8), N_OUT, 2)
                        .with(NORMALIZER, "batch", LAYER_ORDER, "old", PADDING, ints(2)),
                row("ConvModern1D", kernel(3), size(2, 7), N_OUT, 3)
                        .with(NORMALIZER, "inst", LAYER_ORDER, "old", SCALER, "up")
                        .with(STRIDE, ints(2)),
                row("ConvModern1D", kernel(3), size(2, 6), N_OUT, 2)
                        .with(SCALER, Scaler.UP, OUTPUT_SIZE, longs(11)),
                row("ConvModern1D", kernel(5), size(2, 9), N_OUT, 2)
                        .with(NORMALIZER, Normalizer.NULL, STRIDE, ints(3)),
                row("ConvModern1D", kernel(1), size(2, 6), N_OUT, 3)
                        .with(NORMALIZER, "pinst", ACTIVATOR, Activator.NULL)
                        .with(LAYER_ORDER, LayerOrder.OLD, PADDING, ints(0)),
                row("ConvModern2D", kernel(3, 2), size(2, 5, 4), N_OUT, 3)
                        .with(STRIDE, ints(2, 1), ACTIVATION, Activation.IDENTITY),
                row("ConvModern2D", kernel(3, 3), size(2, 3, 4), N_OUT, 2)
                        .with(NORMALIZER, "batch", LAYER_ORDER, "old", SCALER, "up")
                        .with(STRIDE, ints(1, 2)),
                row("ConvModern2D", NO_KERNEL, size(2, 3, 4), N_OUT, 3)
                        .with(NORMALIZER, "null", ACTIVATOR, "relu", SCALER, "up")
                        .with(OUTPUT_SIZE, longs(5, 3)),
                row("ConvModern3D", kernel(2, 3, 2), size(2, 3, 2, 3), N_OUT, 2)
                        .with(NORMALIZER, "batch"),
                row("ConvModern3D", NO_KERNEL, size(2, 2, 3, 2), N_OUT, 2)
                        .with(SCALER, "up", STRIDE, ints(2, 1, 1), LAYER_ORDER, "old"));
    }

    private static double[] scale(double... values) {
        return values;
    }

    private static long[] longs(long... values) {
        return values;
    }

    @Override
    public List<Invalid> invalid() {
        List<Invalid> wrong = new ArrayList<>();
        Row batch = row("BatchNorm", NO_KERNEL, size(4, 5));
        Row instance = row("InstanceNorm", NO_KERNEL, size(4, 5));
        wrong.addAll(channels(batch));
        wrong.addAll(channels(instance));
        for (double eps : new double[] {-1e-5, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
            String finite = "eps = " + eps + "; must be a finite number";
            wrong.add(new Invalid(batch.with(EPS, eps), finite + ", 0 or greater"));
            wrong.add(new Invalid(instance.with(EPS, eps), finite + " greater than 0"));
        }
        wrong.add(new Invalid(instance.with(EPS, 0.0), "must be a finite number greater than 0"));
        for (double momentum : new double[] {0, -0.1, 1.1, Double.NaN}) {
            wrong.add(
                    new Invalid(
                            batch.with(MOMENTUM, momentum),
                            "momentum = " + momentum + "; must be in (0, 1]"));
        }
        Row prelu = row("PReLU", NO_KERNEL, size(4, 5));
        wrong.addAll(channels(prelu));
        for (double slope :
                new double[] {Double.NaN, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY}) {
            wrong.add(
                    new Invalid(
                            prelu.with(INITIAL_SLOPE, slope),
                            "initialSlope = " + slope + "; must be a finite number"));
        }
        wrong.addAll(upsamplings());
        wrong.addAll(convolutions());
        return wrong;
    }

    private static List<Invalid> channels(Row row) {
        String positive = "; must be 1 or greater";
        String same = "; the layer has as many outputs as inputs, nIn = ";
        return List.of(
                new Invalid(row.with(N_IN, -1), "nIn (channels) = -1" + positive),
                new Invalid(row.with(N_IN, -8), "nIn (channels) = -8" + positive),
                new Invalid(row.with(N_IN, -2, N_OUT, -2), "nIn (channels) = -2" + positive),
                new Invalid(row.with(N_IN, 4, N_OUT, 3), "nOut = 3" + same + 4),
                new Invalid(row.with(N_IN, 4, N_OUT, 8), "nOut = 8" + same + 4),
                new Invalid(row.with(N_IN, 4, N_OUT, -4), "nOut = -4" + same + 4),
                new Invalid(row.with(N_OUT, 3), "nOut = 3" + same + 0));
    }

    private static List<Invalid> upsamplings() {
        List<Invalid> wrong = new ArrayList<>();
        Row one = row("Upsample1D", NO_KERNEL, size(2, 6));
        Row two = row("Upsample2D", NO_KERNEL, size(2, 6, 5));
        wrong.addAll(channels(one.with(SCALE, scale(2))));
        wrong.add(new Invalid(one, "scale = null, outputSize = null; give one of them"));
        wrong.add(
                new Invalid(
                        one.with(SCALE, scale(2), OUTPUT_SIZE, longs(7)),
                        "scale = [2.0] with outputSize = [7]; give one of them"));
        for (double bad : new double[] {0, -2, Double.NaN, Double.POSITIVE_INFINITY}) {
            wrong.add(
                    new Invalid(
                            two.with(SCALE, scale(2, bad)),
                            "scale = [2.0, " + bad + "]; each must be a finite number greater"));
        }
        wrong.add(new Invalid(one.with(SCALE, scale()), "scale = []; give one number"));
        wrong.add(new Invalid(one.with(SCALE, scale(2, 2)), "scale = [2.0, 2.0]; give one"));
        wrong.add(
                new Invalid(
                        two.with(SCALE, scale(1, 2, 3)),
                        "scale = [1.0, 2.0, 3.0]; give one number or 2, one per spatial"));
        wrong.add(
                new Invalid(
                        two.with(OUTPUT_SIZE, longs(0, 3)),
                        "outputSize = [0, 3]; each must be 1 or greater"));
        wrong.add(
                new Invalid(
                        two.with(OUTPUT_SIZE, longs(-4)),
                        "outputSize = [-4]; each must be 1 or greater"));
        wrong.add(
                new Invalid(
                        two.with(OUTPUT_SIZE, longs(4, 4, 4)),
                        "outputSize = [4, 4, 4]; give one number or 2, one per spatial"));
        return wrong;
    }

    private static List<Invalid> convolutions() {
        Row row = row("ConvModern2D", kernel(3, 3), size(2, 6, 5), N_OUT, 4);
        String normalizers = "; allowed are 'batch', 'inst', 'pinst', 'null'";
        String activators = "; allowed are 'prelu', 'relu', 'null'";
        return List.of(
                new Invalid(row.with(N_OUT, 0), "nOut (output channels) = 0; must be 1"),
                new Invalid(row.with(N_OUT, -1), "nOut (output channels) = -1; must be 1"),
                new Invalid(row.with(N_IN, -2), "nIn (input channels) = -2; must be 1"),
                new Invalid(row.with(NORMALIZER, "group"), "normalizer = 'group'" + normalizers),
                new Invalid(row.with(NORMALIZER, null), "normalizer = null" + normalizers),
                new Invalid(row.with(ACTIVATOR, "tanh"), "activator = 'tanh'" + activators),
                new Invalid(row.with(ACTIVATOR, null), "activator = null" + activators),
                new Invalid(
                        row.with(LAYER_ORDER, "newer"),
                        "layerOrder = 'newer'; allowed are 'new', 'old'"),
                new Invalid(row.with(LAYER_ORDER, null), "layerOrder = null; allowed are 'new'"),
                new Invalid(row.with(SCALER, "left"), "scaler = 'left'; allowed are 'down', 'up'"),
                new Invalid(row.with(SCALER, null), "scaler = null; allowed are 'down', 'up'"),
                new Invalid(row.with(STRIDE, ints(0)), "stride = [0]; each must be 1"),
                new Invalid(
                        row.with(STRIDE, ints(2, -1), SCALER, "up"),
                        "stride = [2, -1]; each must be 1 or greater"),
                new Invalid(row.with(STRIDE, null), "stride = null; give one number"),
                new Invalid(row.with(STRIDE, ints(1, 2, 1)), "stride = [1, 2, 1]; give one"),
                new Invalid(row.with(PADDING, ints(-1)), "each must be 0 or greater"),
                new Invalid(row.with(PADDING, ints(1, 1, 1)), "padding = [1, 1, 1]; give one"),
                new Invalid(row.with(PADDING, null), "padding = null; allowed are"),
                new Invalid(row.withKernel(0), "kernel = [0]; each must be 1 or greater"),
                new Invalid(row.withKernel(3, 3, 3), "kernel = [3, 3, 3]; give one number or 2"),
                new Invalid(
                        row.with(OUTPUT_SIZE, longs(9)),
                        "outputSize = [9] with scaler = 'down'; it requires scaler 'up'"),
                new Invalid(
                        row.with(OUTPUT_SIZE, longs(9), SCALER, "up", STRIDE, ints(2)),
                        "outputSize = [9] with stride = [2, 2]"),
                new Invalid(
                        row.with(OUTPUT_SIZE, longs(0, 9), SCALER, "up"),
                        "outputSize = [0, 9]; each must be 1 or greater"),
                new Invalid(
                        row.with(OUTPUT_SIZE, longs(7, 8, 9), SCALER, "up"),
                        "outputSize = [7, 8, 9]; give one number or 2"));
    }
}
