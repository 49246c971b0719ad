package org.lamina.harness;

import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.lamina.layers.BatchNorm;
import org.lamina.layers.CombinedConv2D;
import org.lamina.layers.ConstrainedConv1D;
import org.lamina.layers.ConstrainedConv2D;
import org.lamina.layers.ConstrainedDense;
import org.lamina.layers.Conv1D;
import org.lamina.layers.Conv2D;
import org.lamina.layers.Conv3D;
import org.lamina.layers.ConvModern1D;
import org.lamina.layers.ConvModern2D;
import org.lamina.layers.ConvModern3D;
import org.lamina.layers.ConvTranspose1D;
import org.lamina.layers.ConvTranspose2D;
import org.lamina.layers.ConvTranspose3D;
import org.lamina.layers.DepthwiseConv2D;
import org.lamina.layers.DepthwiseSeparableConv1D;
import org.lamina.layers.DepthwiseSeparableConv2D;
import org.lamina.layers.ECA;
import org.lamina.layers.InstanceNorm;
import org.lamina.layers.LocalConv1D;
import org.lamina.layers.LocalConv2D;
import org.lamina.layers.Nonlinearity;
import org.lamina.layers.PReLU;
import org.lamina.layers.SeparableConv2D;
import org.lamina.layers.SkipInitGain;
import org.lamina.layers.SpecLayer;
import org.lamina.layers.SqueezeExcitation;
import org.lamina.layers.StochasticDepth;
import org.lamina.layers.SwishLayer;
import org.lamina.layers.TemporalSpatialConv2D;
import org.lamina.layers.Upsample1D;
import org.lamina.layers.Upsample2D;
import org.lamina.layers.Upsample3D;
import org.lamina.layers.WSConv1D;
import org.lamina.layers.WSConv2D;
import org.lamina.layers.WSConv3D;
import org.lamina.layers.WSConvTranspose1D;
import org.lamina.layers.WSConvTranspose2D;
import org.lamina.layers.WSConvTranspose3D;
import org.lamina.layers.base.AbstractSpecLayer;
import org.lamina.layers.samediff.SameDiffBatchNorm;
import org.lamina.layers.samediff.SameDiffCombinedConv2D;
import org.lamina.layers.samediff.SameDiffConstrainedConv1D;
import org.lamina.layers.samediff.SameDiffConstrainedConv2D;
import org.lamina.layers.samediff.SameDiffConstrainedDense;
import org.lamina.layers.samediff.SameDiffConv1D;
import org.lamina.layers.samediff.SameDiffConv2D;
import org.lamina.layers.samediff.SameDiffConv3D;
import org.lamina.layers.samediff.SameDiffConvModern1D;
import org.lamina.layers.samediff.SameDiffConvModern2D;
import org.lamina.layers.samediff.SameDiffConvModern3D;
import org.lamina.layers.samediff.SameDiffConvTranspose1D;
import org.lamina.layers.samediff.SameDiffConvTranspose2D;
import org.lamina.layers.samediff.SameDiffConvTranspose3D;
import org.lamina.layers.samediff.SameDiffDepthwiseConv2D;
import org.lamina.layers.samediff.SameDiffDepthwiseSeparableConv1D;
import org.lamina.layers.samediff.SameDiffDepthwiseSeparableConv2D;
import org.lamina.layers.samediff.SameDiffECA;
import org.lamina.layers.samediff.SameDiffInstanceNorm;
import org.lamina.layers.samediff.SameDiffLocalConv1D;
import org.lamina.layers.samediff.SameDiffLocalConv2D;
import org.lamina.layers.samediff.SameDiffNonlinearity;
import org.lamina.layers.samediff.SameDiffPReLU;
import org.lamina.layers.samediff.SameDiffSeparableConv2D;
import org.lamina.layers.samediff.SameDiffSkipInitGain;
import org.lamina.layers.samediff.SameDiffSqueezeExcitation;
import org.lamina.layers.samediff.SameDiffStochasticDepth;
import org.lamina.layers.samediff.SameDiffSwishLayer;
import org.lamina.layers.samediff.SameDiffTemporalSpatialConv2D;
import org.lamina.layers.samediff.SameDiffUpsample1D;
import org.lamina.layers.samediff.SameDiffUpsample2D;
import org.lamina.layers.samediff.SameDiffUpsample3D;
import org.lamina.layers.samediff.SameDiffWSConv1D;
import org.lamina.layers.samediff.SameDiffWSConv2D;
import org.lamina.layers.samediff.SameDiffWSConv3D;
import org.lamina.layers.samediff.SameDiffWSConvTranspose1D;
import org.lamina.layers.samediff.SameDiffWSConvTranspose2D;
import org.lamina.layers.samediff.SameDiffWSConvTranspose3D;

/** The builders of all layers that exist in two forms. */
final class LayerTypes {

    private static final Map<String, Type> ALL =
            Stream.of(
                            type(
                                    BatchNorm.class,
                                    k -> new BatchNorm.Builder(),
                                    k -> new SameDiffBatchNorm.Builder()),
                            type(
                                    CombinedConv2D.class,
                                    k -> new CombinedConv2D.Builder(k),
                                    k -> new SameDiffCombinedConv2D.Builder(k)),
                            type(
                                    ConstrainedConv1D.class,
                                    k -> new ConstrainedConv1D.Builder(k[0]),
                                    k -> new SameDiffConstrainedConv1D.Builder(k[0])),
                            type(
                                    ConstrainedConv2D.class,
                                    k -> new ConstrainedConv2D.Builder(k),
                                    k -> new SameDiffConstrainedConv2D.Builder(k)),
                            type(
                                    ConstrainedDense.class,
                                    k -> new ConstrainedDense.Builder(),
                                    k -> new SameDiffConstrainedDense.Builder()),
                            type(
                                    Conv1D.class,
                                    k -> new Conv1D.Builder(k[0]),
                                    k -> new SameDiffConv1D.Builder(k[0])),
                            type(
                                    Conv2D.class,
                                    k -> new Conv2D.Builder(k),
                                    k -> new SameDiffConv2D.Builder(k)),
                            type(
                                    Conv3D.class,
                                    k -> new Conv3D.Builder(k),
                                    k -> new SameDiffConv3D.Builder(k)),
                            type(
                                    ConvModern1D.class,
                                    k ->
                                            k.length == 0
                                                    ? new ConvModern1D.Builder()
                                                    : new ConvModern1D.Builder(k),
                                    k ->
                                            k.length == 0
                                                    ? new SameDiffConvModern1D.Builder()
                                                    : new SameDiffConvModern1D.Builder(k)),
                            type(
                                    ConvModern2D.class,
                                    k ->
                                            k.length == 0
                                                    ? new ConvModern2D.Builder()
                                                    : new ConvModern2D.Builder(k),
                                    k ->
                                            k.length == 0
                                                    ? new SameDiffConvModern2D.Builder()
                                                    : new SameDiffConvModern2D.Builder(k)),
                            type(
                                    ConvModern3D.class,
                                    k ->
                                            k.length == 0
                                                    ? new ConvModern3D.Builder()
                                                    : new ConvModern3D.Builder(k),
                                    k ->
                                            k.length == 0
                                                    ? new SameDiffConvModern3D.Builder()
                                                    : new SameDiffConvModern3D.Builder(k)),
                            type(
                                    ConvTranspose1D.class,
                                    k -> new ConvTranspose1D.Builder(k[0]),
                                    k -> new SameDiffConvTranspose1D.Builder(k[0])),
                            type(
                                    ConvTranspose2D.class,
                                    k -> new ConvTranspose2D.Builder(k),
                                    k -> new SameDiffConvTranspose2D.Builder(k)),
                            type(
                                    ConvTranspose3D.class,
                                    k -> new ConvTranspose3D.Builder(k),
                                    k -> new SameDiffConvTranspose3D.Builder(k)),
                            type(
                                    DepthwiseConv2D.class,
                                    k -> new DepthwiseConv2D.Builder(k),
                                    k -> new SameDiffDepthwiseConv2D.Builder(k)),
                            type(
                                    DepthwiseSeparableConv1D.class,
                                    k -> new DepthwiseSeparableConv1D.Builder(k[0]),
                                    k -> new SameDiffDepthwiseSeparableConv1D.Builder(k[0])),
                            type(
                                    DepthwiseSeparableConv2D.class,
                                    k -> new DepthwiseSeparableConv2D.Builder(k),
                                    k -> new SameDiffDepthwiseSeparableConv2D.Builder(k)),
                            type(ECA.class, k -> new ECA.Builder(), k -> new SameDiffECA.Builder()),
                            type(
                                    InstanceNorm.class,
                                    k -> new InstanceNorm.Builder(),
                                    k -> new SameDiffInstanceNorm.Builder()),
                            type(
                                    LocalConv1D.class,
                                    k -> new LocalConv1D.Builder(k[0]),
                                    k -> new SameDiffLocalConv1D.Builder(k[0])),
                            type(
                                    LocalConv2D.class,
                                    k -> new LocalConv2D.Builder(k),
                                    k -> new SameDiffLocalConv2D.Builder(k)),
                            type(
                                    Nonlinearity.class,
                                    k -> new Nonlinearity.Builder(),
                                    k -> new SameDiffNonlinearity.Builder()),
                            type(
                                    PReLU.class,
                                    k -> new PReLU.Builder(),
                                    k -> new SameDiffPReLU.Builder()),
                            type(
                                    SeparableConv2D.class,
                                    k -> new SeparableConv2D.Builder(k),
                                    k -> new SameDiffSeparableConv2D.Builder(k)),
                            type(
                                    SkipInitGain.class,
                                    k -> new SkipInitGain.Builder(),
                                    k -> new SameDiffSkipInitGain.Builder()),
                            type(
                                    SqueezeExcitation.class,
                                    k -> new SqueezeExcitation.Builder(),
                                    k -> new SameDiffSqueezeExcitation.Builder()),
                            type(
                                    StochasticDepth.class,
                                    k -> new StochasticDepth.Builder(),
                                    k -> new SameDiffStochasticDepth.Builder()),
                            type(
                                    SwishLayer.class,
                                    k -> new SwishLayer.Builder(),
                                    k -> new SameDiffSwishLayer.Builder()),
                            type(
                                    TemporalSpatialConv2D.class,
                                    k -> new TemporalSpatialConv2D.Builder(k),
                                    k -> new SameDiffTemporalSpatialConv2D.Builder(k)),
                            type(
                                    Upsample1D.class,
                                    k -> new Upsample1D.Builder(),
                                    k -> new SameDiffUpsample1D.Builder()),
                            type(
                                    Upsample2D.class,
                                    k -> new Upsample2D.Builder(),
                                    k -> new SameDiffUpsample2D.Builder()),
                            type(
                                    Upsample3D.class,
                                    k -> new Upsample3D.Builder(),
                                    k -> new SameDiffUpsample3D.Builder()),
                            type(
                                    WSConv1D.class,
                                    k -> new WSConv1D.Builder(k[0]),
                                    k -> new SameDiffWSConv1D.Builder(k[0])),
                            type(
                                    WSConv2D.class,
                                    k -> new WSConv2D.Builder(k),
                                    k -> new SameDiffWSConv2D.Builder(k)),
                            type(
                                    WSConv3D.class,
                                    k -> new WSConv3D.Builder(k),
                                    k -> new SameDiffWSConv3D.Builder(k)),
                            type(
                                    WSConvTranspose1D.class,
                                    k -> new WSConvTranspose1D.Builder(k[0]),
                                    k -> new SameDiffWSConvTranspose1D.Builder(k[0])),
                            type(
                                    WSConvTranspose2D.class,
                                    k -> new WSConvTranspose2D.Builder(k),
                                    k -> new SameDiffWSConvTranspose2D.Builder(k)),
                            type(
                                    WSConvTranspose3D.class,
                                    k -> new WSConvTranspose3D.Builder(k),
                                    k -> new SameDiffWSConvTranspose3D.Builder(k)))
                    .collect(Collectors.toMap(Type::name, type -> type));

    private LayerTypes() {}

    /** A layer; its builders are made for a kernel, which is empty for a layer without one. */
    private record Type(
            String name,
            Function<int[], AbstractSpecLayer.Builder<?, ?>> nativeForm,
            Function<int[], AbstractSpecLayer.Builder<?, ?>> sameDiff) {}

    private static Type type(
            Class<? extends SpecLayer<?>> layer,
            Function<int[], AbstractSpecLayer.Builder<?, ?>> nativeForm,
            Function<int[], AbstractSpecLayer.Builder<?, ?>> sameDiff) {
        return new Type(layer.getSimpleName(), nativeForm, sameDiff);
    }

    /** A new builder of the layer with this native class. */
    static AbstractSpecLayer.Builder<?, ?> builder(Form form, String name, int... kernel) {
        Type type = ALL.get(name);
        return (form == Form.NATIVE ? type.nativeForm() : type.sameDiff()).apply(kernel);
    }
}
