package org.lamina.zoo;

import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration.ListBuilder;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.lamina.activations.Elu;
import org.lamina.layers.MaxPooling2D;

/**
 * Deep ConvNet for EEG: temporal and spatial filters, then three more temporal convolutions, each
 * with twice the filters of the one before, and a linear classifier.
 *
 * <pre>
 * [N, 1, channels, samples]
 *   conv (1, kernelLength), F1 filters
 *   conv (channels, 1), F2 filters - batch norm - ELU - max pool (1, poolLength)
 *   dropout - conv (1, kernelLength), 2 F2 filters - batch norm - ELU - max pool (1, poolLength)
 *   the same with 4 F2 filters, and with 8 F2 filters
 *   dense - softmax
 * [N, classes]
 * </pre>
 *
 * <p>There is no padding. Trainable parameters of {@link Preset#BRAINDECODE}: 282,879 for 22
 * channels, 1000 samples and 4 classes.
 *
 * <pre>{@code
 * MultiLayerNetwork net = DeepConvNet.builder().channels(22).samples(256).classes(4).build().init();
 * }</pre>
 *
 * <p>Source: Schirrmeister et al., https://arxiv.org/abs/1703.05051; the published variants are
 * {@link Preset}s.
 *
 * <p>Differs from the sources in: outputs are probabilities unless {@link Builder#logits} is set
 * (braindecode, selfEEG: logits); the classifier is a dense layer (braindecode: an equivalent
 * convolution as long as the remaining signal).
 */
@SuppressWarnings("unchecked") // DL4J lets the caller choose the type that init() returns
public final class DeepConvNet extends EegModel<DeepConvNet.Builder, MultiLayerNetwork> {

    private static final int BLOCKS = 4;

    /** A published implementation with the same results. */
    public enum Preset implements EegVariant {
        /**
         * The Keras code of EEGNet's authors, for 128 Hz,
         * https://github.com/vlawhern/arl-eegmodels: kernelLength 5, 25 filters with maximum norm
         * 2, biases in all convolutions, pools of 2, dropout in front of the classifier too, batch
         * norm eps 1e-5 and momentum 0.1 (Keras: 0.9), dropout 0.5, maximum norm of the classifier
         * 0.5, Glorot uniform weights.
         */
        KERAS(
                new Defaults(Library.KERAS, 128, 5, 25, null, 25, 2, 0.5, 1e-5, 0.1, 2.0, 0.5),
                true,
                true),
        /**
         * braindecode's Deep4Net, for 250 Hz, https://github.com/braindecode/braindecode:
         * kernelLength 10, 25 filters, a bias in the first convolution only, pools of 3, batch norm
         * eps 1e-5 and momentum 0.1, dropout 0.5, no constraints, Glorot uniform weights.
         */
        BRAINDECODE(
                new Defaults(
                        Library.BRAINDECODE, 250, 10, 25, null, 25, 3, 0.5, 1e-5, 0.1, null, null),
                false,
                false),
        /**
         * selfEEG's DeepConvNet, https://github.com/MedMaxLab/selfEEG: as {@link #BRAINDECODE}, but
         * with biases in all convolutions, dropout in front of the classifier too and PyTorch's
         * weights; up to two classes give one output with a sigmoid.
         */
        SELFEEG(
                new Defaults(Library.SELFEEG, 250, 10, 25, null, 25, 3, 0.5, 1e-5, 0.1, null, null),
                true,
                true);

        private final Defaults defaults;
        private final boolean allBiases;
        private final boolean lastDropout;

        Preset(Defaults defaults, boolean allBiases, boolean lastDropout) {
            this.defaults = defaults;
            this.allBiases = allBiases;
            this.lastDropout = lastDropout;
        }

        @Override
        public Defaults defaults() {
            return defaults;
        }
    }

    private DeepConvNet(Builder options) {
        super(options);
    }

    /** A builder with the defaults of the {@link Preset#KERAS} variant. */
    public static Builder builder() {
        return new Builder();
    }

    /** The configuration. */
    @Override
    public MultiLayerConfiguration conf() {
        Builder o = options;
        ListBuilder layers = configuration().list().layer(validTemporalFilters());
        for (int block = 1; block <= BLOCKS; block++) {
            String name = block == 1 ? "spatial" : "conv" + block;
            int filters = o.filters() << (block - 1);
            int height = block == 1 ? o.channels : 1;
            int width = block == 1 ? 1 : o.kernelLength();
            layers.layer(conv(name, height, width, filters).hasBias(o.preset.allBiases).build())
                    .layer(batchNorm(name + "-norm", new Elu(1)))
                    .layer(maxPool(name + "-pool"));
            if (block < BLOCKS || o.preset.lastDropout) {
                layers.layer(dropout(name + "-dropout"));
            }
        }
        return fusedIfSet(layers.layer(classifier()).setInputType(inputType()).build());
    }

    private SubsamplingLayer maxPool(String name) {
        return new MaxPooling2D.Builder(1, options.poolLength()).name(name).build();
    }

    /** Builder. */
    public static final class Builder extends EegModelBuilder<Preset, Builder> {

        private Builder() {
            super("DeepConvNet", Preset.KERAS);
        }

        @Override
        public DeepConvNet build() {
            return new DeepConvNet(this);
        }

        @Override
        void checkOwn() {}

        @Override
        public int fewestSamples() {
            int samples = 1;
            for (int block = 0; block < BLOCKS; block++) {
                samples = samples * poolLength() + kernelLength() - 1;
            }
            return samples;
        }
    }
}
