package org.lamina.benchmark;

import java.util.List;
import java.util.function.BiFunction;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.lamina.zoo.DeepConvNet;
import org.lamina.zoo.EEGNet;
import org.lamina.zoo.EegModel;
import org.lamina.zoo.NFNet;
import org.lamina.zoo.ShallowConvNet;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.lossfunctions.LossFunctions;

/** The networks that are measured. */
final class Networks {

    private static final int CLASSES = 4;

    static final NetworkWorkload.Network EEGNET =
            new NetworkWorkload.Network(
                    "EEGNet-8,2",
                    CLASSES,
                    shape -> eegNet(shape).build().init(),
                    shape -> Parameter.of(eegNet(shape).build().conf()),
                    Networks::builtIn,
                    "eegnet.py",
                    1,
                    1,
                    2,
                    64);

    /** The same with its front as one layer. */
    static final NetworkWorkload.Network FUSED = ordered("EEGNet-8,2, front fused", true);

    private static final NetworkWorkload.Network SHALLOW = shallow("ShallowConvNet", false);
    private static final NetworkWorkload.Network SHALLOW_FUSED =
            shallow("ShallowConvNet, front fused", true);
    private static final NetworkWorkload.Network DEEP = deep("DeepConvNet", false);
    private static final NetworkWorkload.Network DEEP_FUSED =
            deep("DeepConvNet, front fused", true);

    /** For images of 32x32, with adaptive gradient clipping. DL4J has none of its layers. */
    private static final NetworkWorkload.Network NFNET =
            new NetworkWorkload.Network(
                    "NFNet, tiny",
                    10,
                    shape -> nfNet().init(),
                    shape -> Parameter.of(nfNet().conf()),
                    null,
                    "nfnet.py",
                    1,
                    3,
                    32,
                    32);

    static final List<Workload> ALL =
            List.of(
                    eegNet(Workload.Mode.TRAINING, "typical", 64, 22, 256),
                    eegNet(Workload.Mode.TRAINING, "long", 16, 64, 1125),
                    eegNet(Workload.Mode.INFERENCE, "typical", 64, 22, 256),
                    eegNet(Workload.Mode.INFERENCE, "long", 16, 64, 1125),
                    eegNet(Workload.Mode.INFERENCE, "single", 1, 22, 256),
                    fused(Workload.Mode.INFERENCE, "typical", 64, 22, 256),
                    fused(Workload.Mode.INFERENCE, "single", 1, 22, 256),
                    schirrmeister(SHALLOW, Workload.Mode.TRAINING),
                    schirrmeister(SHALLOW_FUSED, Workload.Mode.TRAINING),
                    schirrmeister(SHALLOW_FUSED, Workload.Mode.INFERENCE),
                    schirrmeister(DEEP, Workload.Mode.TRAINING),
                    schirrmeister(DEEP_FUSED, Workload.Mode.TRAINING),
                    schirrmeister(DEEP_FUSED, Workload.Mode.INFERENCE),
                    nfNet(Workload.Mode.TRAINING, "typical", 32),
                    nfNet(Workload.Mode.TRAINING, "single", 1),
                    nfNet(Workload.Mode.INFERENCE, "typical", 32),
                    nfNet(Workload.Mode.INFERENCE, "single", 1));

    private Networks() {}

    private static Workload eegNet(
            Workload.Mode mode, String size, long examples, long channels, long samples) {
        return new NetworkWorkload(EEGNET, mode, size, examples, 1, channels, samples);
    }

    private static Workload fused(
            Workload.Mode mode, String size, long examples, long channels, long samples) {
        return new NetworkWorkload(FUSED, mode, size, examples, 1, channels, samples);
    }

    /** Four seconds at 250 Hz. */
    private static Workload schirrmeister(NetworkWorkload.Network network, Workload.Mode mode) {
        return new NetworkWorkload(network, mode, "typical", 16, 1, 22, 1000);
    }

    private static NetworkWorkload.Network shallow(String name, boolean fused) {
        return published(
                name,
                "shallowconvnet.py",
                99,
                (channels, samples) ->
                        ShallowConvNet.builder()
                                .preset(ShallowConvNet.Preset.BRAINDECODE)
                                .channels(channels)
                                .samples(samples)
                                .classes(CLASSES)
                                .fused(fused)
                                .build());
    }

    private static NetworkWorkload.Network deep(String name, boolean fused) {
        return published(
                name,
                "deepconvnet.py",
                441,
                (channels, samples) ->
                        DeepConvNet.builder()
                                .preset(DeepConvNet.Preset.BRAINDECODE)
                                .channels(channels)
                                .samples(samples)
                                .classes(CLASSES)
                                .fused(fused)
                                .build());
    }

    /** PyTorch's has the convolutions one after the other, DL4J has no such network. */
    private static NetworkWorkload.Network published(
            String name,
            String torch,
            int samples,
            BiFunction<Integer, Integer, EegModel<?, ?>> of) {
        return new NetworkWorkload.Network(
                name,
                CLASSES,
                shape -> of.apply((int) shape[2], (int) shape[3]).init(),
                shape -> {
                    EegModel<?, ?> network = of.apply((int) shape[2], (int) shape[3]);
                    return Parameter.of((MultiLayerConfiguration) network.conf());
                },
                null,
                torch,
                1,
                1,
                2,
                samples);
    }

    private static Workload nfNet(Workload.Mode mode, String size, long examples) {
        return new NetworkWorkload(NFNET, mode, size, examples, 3, 32, 32);
    }

    private static NFNet nfNet() {
        return NFNet.builder().preset(NFNet.Preset.NFNET_TINY).updater(new Adam(1e-3)).build();
    }

    /** The projection of EEGNet's weights after each update. */
    static Overhead constraints() {
        return new Overhead(
                "constraints",
                constrained("EEGNet-8,2, constrained", 1.0, 0.25),
                constrained("EEGNet-8,2, not constrained", null, null),
                0.03);
    }

    private static Workload constrained(String name, Double depthwise, Double dense) {
        return new NetworkWorkload(
                new NetworkWorkload.Network(
                        name,
                        CLASSES,
                        shape ->
                                eegNet(shape)
                                        .depthwiseMaxNorm(depthwise)
                                        .denseMaxNorm(dense)
                                        .build()
                                        .init(),
                        EEGNET.parameters(),
                        null,
                        null),
                Workload.Mode.TRAINING,
                "typical",
                64,
                1,
                22,
                256);
    }

    /** What it saves to compute EEGNet's front as one layer: 0.65 and 0.75 of the time. */
    static List<Overhead> orders() {
        return List.of(order("typical", -0.65, 64, 22, 256), order("long", -0.75, 16, 64, 1125));
    }

    private static Overhead order(
            String size, double limit, long examples, long channels, long samples) {
        long[] shape = {examples, 1, channels, samples};
        Workload.Mode mode = Workload.Mode.TRAINING;
        return new Overhead(
                "spatial filters first",
                new NetworkWorkload(FUSED, mode, size, shape),
                new NetworkWorkload(
                        ordered("EEGNet-8,2, front in parts", false), mode, size, shape),
                limit);
    }

    private static NetworkWorkload.Network ordered(String name, boolean fused) {
        return new NetworkWorkload.Network(
                name,
                CLASSES,
                shape -> eegNet(shape).fused(fused).build().init(),
                shape -> Parameter.of(eegNet(shape).fused(fused).build().conf()),
                null,
                null,
                EEGNET.smallest());
    }

    private static EEGNet.Builder eegNet(long[] shape) {
        return EEGNet.builder().channels((int) shape[2]).samples((int) shape[3]).classes(CLASSES);
    }

    /** EEGNet-8,2 from DL4J's own layers, as a user would write it today. */
    private static Model builtIn(long[] shape) {
        int channels = (int) shape[2];
        int samples = (int) shape[3];
        MultiLayerNetwork network =
                new MultiLayerNetwork(
                        new NeuralNetConfiguration.Builder()
                                .seed(12345)
                                .updater(new Adam(1e-3))
                                .activation(Activation.IDENTITY)
                                .list()
                                .layer(
                                        new ConvolutionLayer.Builder(1, 64)
                                                .nOut(8)
                                                .hasBias(false)
                                                .convolutionMode(ConvolutionMode.Same)
                                                .build())
                                .layer(new BatchNormalization.Builder().eps(1e-3).build())
                                .layer(
                                        new DepthwiseConvolution2D.Builder(channels, 1)
                                                .depthMultiplier(2)
                                                .hasBias(false)
                                                .build())
                                .layer(new BatchNormalization.Builder().eps(1e-3).build())
                                .layer(new ActivationLayer(Activation.ELU))
                                .layer(meanPool(4))
                                .layer(new DropoutLayer(0.5))
                                .layer(
                                        new SeparableConvolution2D.Builder(1, 16)
                                                .nOut(16)
                                                .hasBias(false)
                                                .convolutionMode(ConvolutionMode.Same)
                                                .build())
                                .layer(new BatchNormalization.Builder().eps(1e-3).build())
                                .layer(new ActivationLayer(Activation.ELU))
                                .layer(meanPool(8))
                                .layer(new DropoutLayer(0.5))
                                .layer(
                                        new OutputLayer.Builder(LossFunctions.LossFunction.MCXENT)
                                                .nOut(CLASSES)
                                                .activation(Activation.SOFTMAX)
                                                .build())
                                .setInputType(InputType.convolutional(channels, samples, 1))
                                .build());
        network.init();
        return network;
    }

    private static SubsamplingLayer meanPool(int size) {
        return new SubsamplingLayer.Builder(PoolingType.AVG)
                .kernelSize(1, size)
                .stride(1, size)
                .build();
    }
}
