package org.lamina.contract;

import static org.lamina.contract.LayerFamily.ints;
import static org.lamina.contract.LayerFamily.kernel;
import static org.lamina.contract.LayerFamily.row;
import static org.lamina.contract.LayerFamily.size;

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
                row("BatchNorm", NO_KERNEL, size(3, 7), "eps", 1e-2, "momentum", 0.3),
                row("BatchNorm", NO_KERNEL, size(2, 4, 5)),
                row("BatchNorm", NO_KERNEL, size(2, 3, 2, 2), "activation", Activation.SIGMOID),
                row("InstanceNorm", NO_KERNEL, size(3, 7), "eps", 1e-2),
                row("InstanceNorm", NO_KERNEL, size(3, 6), "affine", false),
                row("InstanceNorm", NO_KERNEL, size(2, 4, 5)),
                row("InstanceNorm", NO_KERNEL, size(2, 3, 2, 2), "affine", false),
                row("PReLU", NO_KERNEL, size(5)),
                row("PReLU", NO_KERNEL, size(3, 7), "initialSlope", -0.5),
                row("PReLU", NO_KERNEL, size(2, 4, 5)),
                row("PReLU", NO_KERNEL, size(2, 3, 2, 2), "activation", Activation.IDENTITY),
                row("Upsample1D", NO_KERNEL, size(2, 6), "scale", scale(2.5)),
                row("Upsample1D", NO_KERNEL, size(2, 7), "outputSize", longs(4)),
                row("Upsample1D", NO_KERNEL, size(2, 7), "outputSize", longs(1)),
                row("Upsample2D", NO_KERNEL, size(2, 3, 4), "scale", scale(2)),
                row("Upsample2D", NO_KERNEL, size(2, 3, 4), "outputSize", longs(3, 9)),
                row("Upsample3D", NO_KERNEL, size(2, 2, 3, 2), "scale", scale(2, 1, 1.5)),
                row("Upsample3D", NO_KERNEL, size(1, 2, 3, 2), "outputSize", longs(5)),
                row("ConvModern1D", kernel(3), size(2, 9), "nOut", 3).with("stride", ints(2)),
                row("ConvModern1D", kernel(3), size(2, 8), "nOut", 3)
                        .with("normalizer", "batch", "activator", "relu"),
                row("ConvModern1D", kernel(4), size(3, 8), "nOut", 2)
                        .with("normalizer", "batch", "layerOrder", "old", "padding", ints(2)),
                row("ConvModern1D", kernel(3), size(2, 7), "nOut", 3)
                        .with("normalizer", "inst", "layerOrder", "old", "scaler", "up")
                        .with("stride", ints(2)),
                row("ConvModern1D", kernel(3), size(2, 6), "nOut", 2)
                        .with("scaler", Scaler.UP, "outputSize", longs(11)),
                row("ConvModern1D", kernel(5), size(2, 9), "nOut", 2)
                        .with("normalizer", Normalizer.NULL, "stride", ints(3)),
                row("ConvModern1D", kernel(1), size(2, 6), "nOut", 3)
                        .with("normalizer", "pinst", "activator", Activator.NULL)
                        .with("layerOrder", LayerOrder.OLD, "padding", ints(0)),
                row("ConvModern2D", kernel(3, 2), size(2, 5, 4), "nOut", 3)
                        .with("stride", ints(2, 1), "activation", Activation.IDENTITY),
                row("ConvModern2D", kernel(3, 3), size(2, 3, 4), "nOut", 2)
                        .with("normalizer", "batch", "layerOrder", "old", "scaler", "up")
                        .with("stride", ints(1, 2)),
                row("ConvModern2D", NO_KERNEL, size(2, 3, 4), "nOut", 3)
                        .with("normalizer", "null", "activator", "relu", "scaler", "up")
                        .with("outputSize", longs(5, 3)),
                row("ConvModern3D", kernel(2, 3, 2), size(2, 3, 2, 3), "nOut", 2)
                        .with("normalizer", "batch"),
                row("ConvModern3D", NO_KERNEL, size(2, 2, 3, 2), "nOut", 2)
                        .with("scaler", "up", "stride", ints(2, 1, 1), "layerOrder", "old"));
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
            wrong.add(new Invalid(batch.with("eps", eps), finite + ", 0 or greater"));
            wrong.add(new Invalid(instance.with("eps", eps), finite + " greater than 0"));
        }
        wrong.add(new Invalid(instance.with("eps", 0.0), "must be a finite number greater than 0"));
        for (double momentum : new double[] {0, -0.1, 1.1, Double.NaN}) {
            wrong.add(
                    new Invalid(
                            batch.with("momentum", momentum),
                            "momentum = " + momentum + "; must be in (0, 1]"));
        }
        Row prelu = row("PReLU", NO_KERNEL, size(4, 5));
        wrong.addAll(channels(prelu));
        for (double slope :
                new double[] {Double.NaN, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY}) {
            wrong.add(
                    new Invalid(
                            prelu.with("initialSlope", slope),
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
                new Invalid(row.with("nIn", -1), "nIn (channels) = -1" + positive),
                new Invalid(row.with("nIn", -8), "nIn (channels) = -8" + positive),
                new Invalid(row.with("nIn", -2, "nOut", -2), "nIn (channels) = -2" + positive),
                new Invalid(row.with("nIn", 4, "nOut", 3), "nOut = 3" + same + 4),
                new Invalid(row.with("nIn", 4, "nOut", 8), "nOut = 8" + same + 4),
                new Invalid(row.with("nIn", 4, "nOut", -4), "nOut = -4" + same + 4),
                new Invalid(row.with("nOut", 3), "nOut = 3" + same + 0));
    }

    private static List<Invalid> upsamplings() {
        List<Invalid> wrong = new ArrayList<>();
        Row one = row("Upsample1D", NO_KERNEL, size(2, 6));
        Row two = row("Upsample2D", NO_KERNEL, size(2, 6, 5));
        wrong.addAll(channels(one.with("scale", scale(2))));
        wrong.add(new Invalid(one, "scale = null, outputSize = null; give one of them"));
        wrong.add(
                new Invalid(
                        one.with("scale", scale(2), "outputSize", longs(7)),
                        "scale = [2.0] with outputSize = [7]; give one of them"));
        for (double bad : new double[] {0, -2, Double.NaN, Double.POSITIVE_INFINITY}) {
            wrong.add(
                    new Invalid(
                            two.with("scale", scale(2, bad)),
                            "scale = [2.0, " + bad + "]; each must be a finite number greater"));
        }
        wrong.add(new Invalid(one.with("scale", scale()), "scale = []; give one number"));
        wrong.add(new Invalid(one.with("scale", scale(2, 2)), "scale = [2.0, 2.0]; give one"));
        wrong.add(
                new Invalid(
                        two.with("scale", scale(1, 2, 3)),
                        "scale = [1.0, 2.0, 3.0]; give one number or 2, one per spatial"));
        wrong.add(
                new Invalid(
                        two.with("outputSize", longs(0, 3)),
                        "outputSize = [0, 3]; each must be 1 or greater"));
        wrong.add(
                new Invalid(
                        two.with("outputSize", longs(-4)),
                        "outputSize = [-4]; each must be 1 or greater"));
        wrong.add(
                new Invalid(
                        two.with("outputSize", longs(4, 4, 4)),
                        "outputSize = [4, 4, 4]; give one number or 2, one per spatial"));
        return wrong;
    }

    private static List<Invalid> convolutions() {
        Row row = row("ConvModern2D", kernel(3, 3), size(2, 6, 5), "nOut", 4);
        String normalizers = "; allowed are 'batch', 'inst', 'pinst', 'null'";
        String activators = "; allowed are 'prelu', 'relu', 'null'";
        return List.of(
                new Invalid(row.with("nOut", 0), "nOut (output channels) = 0; must be 1"),
                new Invalid(row.with("nOut", -1), "nOut (output channels) = -1; must be 1"),
                new Invalid(row.with("nIn", -2), "nIn (input channels) = -2; must be 1"),
                new Invalid(row.with("normalizer", "group"), "normalizer = 'group'" + normalizers),
                new Invalid(row.with("normalizer", null), "normalizer = null" + normalizers),
                new Invalid(row.with("activator", "tanh"), "activator = 'tanh'" + activators),
                new Invalid(row.with("activator", null), "activator = null" + activators),
                new Invalid(
                        row.with("layerOrder", "newer"),
                        "layerOrder = 'newer'; allowed are 'new', 'old'"),
                new Invalid(row.with("layerOrder", null), "layerOrder = null; allowed are 'new'"),
                new Invalid(
                        row.with("scaler", "left"), "scaler = 'left'; allowed are 'down', 'up'"),
                new Invalid(row.with("scaler", null), "scaler = null; allowed are 'down', 'up'"),
                new Invalid(row.with("stride", ints(0)), "stride = [0]; each must be 1"),
                new Invalid(
                        row.with("stride", ints(2, -1), "scaler", "up"),
                        "stride = [2, -1]; each must be 1 or greater"),
                new Invalid(row.with("stride", null), "stride = null; give one number"),
                new Invalid(row.with("stride", ints(1, 2, 1)), "stride = [1, 2, 1]; give one"),
                new Invalid(row.with("padding", ints(-1)), "each must be 0 or greater"),
                new Invalid(row.with("padding", ints(1, 1, 1)), "padding = [1, 1, 1]; give one"),
                new Invalid(row.with("padding", null), "padding = null; allowed are"),
                new Invalid(row.withKernel(0), "kernel = [0]; each must be 1 or greater"),
                new Invalid(row.withKernel(3, 3, 3), "kernel = [3, 3, 3]; give one number or 2"),
                new Invalid(
                        row.with("outputSize", longs(9)),
                        "outputSize = [9] with scaler = 'down'; it requires scaler 'up'"),
                new Invalid(
                        row.with("outputSize", longs(9), "scaler", "up", "stride", ints(2)),
                        "outputSize = [9] with stride = [2, 2]"),
                new Invalid(
                        row.with("outputSize", longs(0, 9), "scaler", "up"),
                        "outputSize = [0, 9]; each must be 1 or greater"),
                new Invalid(
                        row.with("outputSize", longs(7, 8, 9), "scaler", "up"),
                        "outputSize = [7, 8, 9]; give one number or 2"));
    }
}
