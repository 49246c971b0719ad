package org.lamina.zoo;

import java.util.Arrays;
import org.deeplearning4j.exception.DL4JInvalidConfigException;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.dropout.Dropout;
import org.deeplearning4j.nn.conf.dropout.IDropout;
import org.deeplearning4j.nn.conf.dropout.SpatialDropout;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.weights.IWeightInit;
import org.deeplearning4j.nn.weights.WeightInit;
import org.deeplearning4j.zoo.ModelMetaData;
import org.deeplearning4j.zoo.PretrainedType;
import org.deeplearning4j.zoo.ZooModel;
import org.deeplearning4j.zoo.ZooType;
import org.lamina.constraints.MaxNorm;
import org.lamina.constraints.ProjectedWeightInit;
import org.lamina.layers.activations.Elu;
import org.lamina.layers.conf.BatchNorm;
import org.lamina.layers.conf.ConstrainedConv2D;
import org.lamina.layers.conf.DepthwiseConv2D;
import org.lamina.layers.conf.MeanPooling2D;
import org.lamina.layers.conf.SeparableConv2D;
import org.lamina.spec.NormAxes;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.lossfunctions.ILossFunction;
import org.nd4j.linalg.lossfunctions.impl.LossBinaryXENT;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;

/**
 * EEGNet, a compact convolutional network for EEG: temporal filters, spatial filters for each of
 * them, a separable convolution, a linear classifier.
 *
 * <pre>
 * [N, 1, channels, samples]
 *   conv (1, kernelLength), F1 filters - batch norm
 *   depthwise conv (channels, 1), D filters each, max norm - batch norm - ELU - mean pool (1, pool1) - dropout
 *   separable conv (1, separableKernel), F2 filters - batch norm - ELU - mean pool (1, pool2) - dropout
 *   dense, max norm - softmax
 * [N, classes]
 * </pre>
 *
 * <p>Weights are those of the layers named; no layer but the last has a bias. With the defaults and
 * 4 classes the trainable parameters number 2,388 for 64 channels x 128 samples, 3,700 for 22 x
 * 1125, 1,972 for 22 x 256.
 *
 * <pre>{@code
 * MultiLayerNetwork net = EEGNet.builder().channels(22).samples(256).classes(4).build().init();
 * }</pre>
 *
 * <p>Labels: one column for each output, one-hot; a single output (see {@link #outputs()}) has one
 * column of 0 and 1.
 *
 * <p>Source: Lawhern et al., https://arxiv.org/abs/1611.08024; the published variants are {@link
 * Preset}s.
 *
 * <p>Differs from the sources in: outputs are probabilities unless {@link Builder#logits} is set
 * (selfEEG: logits by default); the classifier's initial bias is 0 in every variant (PyTorch:
 * uniform); weights are constrained at initialization and after every update (selfEEG, braindecode:
 * before every forward pass).
 */
public final class EEGNet extends ZooModel {

    /** A published implementation whose numbers the network has. */
    public enum Preset {
        /**
         * The authors' Keras code, https://github.com/vlawhern/arl-eegmodels: batch norm eps 1e-3
         * and momentum 0.01 (Keras: 0.99), dropout 0.5, Glorot uniform weights, one output for each
         * class.
         */
        KERAS(1e-3, 0.01, 0.5, 0.25, false, false, WeightInit.XAVIER_UNIFORM),
        /**
         * selfEEG, https://github.com/MedMaxLab/selfEEG: batch norm eps 0 (the original passes
         * False as eps) and momentum 0.1, dropout 0.5, PyTorch's weights; up to two classes give
         * one output with a sigmoid.
         */
        SELFEEG(0.0, 0.1, 0.5, 0.25, true, false, WeightInit.UNIFORM),
        /**
         * braindecode's EEGNetv4, https://github.com/braindecode/braindecode: batch norm eps 1e-3
         * and momentum 0.01, dropout 0.25, half a kernel of padding on both sides (an even kernel
         * lengthens the signal by one), no constraint on the classifier, Glorot uniform weights.
         */
        BRAINDECODE(1e-3, 0.01, 0.25, null, false, true, WeightInit.XAVIER_UNIFORM);

        private final double batchNormEps;
        private final double batchNormMomentum;
        private final double dropout;
        private final Double denseMaxNorm;
        private final boolean oneOutputForTwoClasses;
        private final boolean halfKernelPadding;
        private final WeightInit weightInit;

        Preset(
                double batchNormEps,
                double batchNormMomentum,
                double dropout,
                Double denseMaxNorm,
                boolean oneOutputForTwoClasses,
                boolean halfKernelPadding,
                WeightInit weightInit) {
            this.batchNormEps = batchNormEps;
            this.batchNormMomentum = batchNormMomentum;
            this.dropout = dropout;
            this.denseMaxNorm = denseMaxNorm;
            this.oneOutputForTwoClasses = oneOutputForTwoClasses;
            this.halfKernelPadding = halfKernelPadding;
            this.weightInit = weightInit;
        }
    }

    /** What dropout drops. */
    public enum DropoutType {
        /** Single values. */
        ELEMENT,
        /** Whole feature maps. */
        SPATIAL
    }

    private Builder options;

    private EEGNet(Builder options) {
        this.options = options.copy();
    }

    /** A builder with the defaults of the {@link Preset#KERAS} variant. */
    public static Builder builder() {
        return new Builder();
    }

    /** Number of outputs: the classes, or 1 for up to two classes in the selfEEG variant. */
    public int outputs() {
        return options.preset.oneOutputForTwoClasses && options.classes <= 2 ? 1 : options.classes;
    }

    /** The configuration. */
    public MultiLayerConfiguration conf() {
        Builder o = options;
        MultiLayerConfiguration conf =
                new NeuralNetConfiguration.Builder()
                        .seed(o.seed)
                        .updater(o.updater)
                        .weightInit(o.preset.weightInit)
                        .activation(Activation.IDENTITY)
                        .list()
                        .layer(temporalFilters())
                        .layer(batchNorm("temporal-norm", null))
                        .layer(
                                new DepthwiseConv2D.Builder(o.channels, 1)
                                        .name("spatial")
                                        .depthMultiplier(o.depthMultiplier)
                                        .padding("valid")
                                        .maxNorm(o.depthwiseMaxNorm)
                                        .build())
                        .layer(batchNorm("spatial-norm", new Elu(o.eluAlpha)))
                        .layer(meanPool("spatial-pool", o.pool1))
                        .layer(dropout("spatial-dropout"))
                        .layer(separableFilters())
                        .layer(batchNorm("separable-norm", new Elu(o.eluAlpha)))
                        .layer(meanPool("separable-pool", o.pool2))
                        .layer(dropout("separable-dropout"))
                        .layer(classifier())
                        .setInputType(InputType.convolutional(o.channels, o.samples, 1))
                        .build();
        return conf;
    }

    private ConstrainedConv2D temporalFilters() {
        ConstrainedConv2D.Builder conv =
                new ConstrainedConv2D.Builder(1, options.kernelLength)
                        .name("temporal")
                        .nOut(options.temporalFilters)
                        .hasBias(false)
                        .maxNorm(null)
                        .inputGradient(options.inputGradient);
        if (options.preset.halfKernelPadding) {
            conv.padding(0, options.kernelLength / 2);
        }
        return conv.build();
    }

    private SeparableConv2D separableFilters() {
        SeparableConv2D.Builder conv =
                new SeparableConv2D.Builder(1, options.separableKernel)
                        .name("separable")
                        .nOut(options.separableFilters);
        if (options.preset.halfKernelPadding) {
            conv.padding(0, options.separableKernel / 2);
        }
        return conv.build();
    }

    private BatchNorm batchNorm(String name, IActivation activation) {
        BatchNorm.Builder norm =
                new BatchNorm.Builder()
                        .name(name)
                        .eps(options.preset.batchNormEps)
                        .momentum(options.batchNormMomentum());
        return activation == null ? norm.build() : norm.activation(activation).build();
    }

    private static SubsamplingLayer meanPool(String name, int size) {
        return new MeanPooling2D.Builder(1, size).name(name).build();
    }

    private DropoutLayer dropout(String name) {
        double retain = 1 - options.dropout();
        IDropout dropout = null;
        if (retain < 1) {
            dropout =
                    options.dropoutType == DropoutType.SPATIAL
                            ? new SpatialDropout(retain)
                            : new Dropout(retain);
        }
        return new DropoutLayer.Builder(dropout).name(name).build();
    }

    private OutputLayer classifier() {
        Double maxNorm = options.denseMaxNorm();
        boolean single = outputs() == 1;
        IWeightInit weightInit = options.preset.weightInit.getWeightInitFunction();
        OutputLayer.Builder dense =
                new OutputLayer.Builder(loss(single))
                        .name("classifier")
                        .nOut(outputs())
                        .activation(
                                options.logits
                                        ? Activation.IDENTITY
                                        : single ? Activation.SIGMOID : Activation.SOFTMAX);
        if (maxNorm == null) {
            return dense.weightInit(weightInit).build();
        }
        MaxNorm constraint = new MaxNorm(maxNorm);
        return dense.constrainWeights(constraint)
                .weightInit(
                        new ProjectedWeightInit(weightInit, constraint.withAxes(NormAxes.of(0))))
                .build();
    }

    private ILossFunction loss(boolean single) {
        if (options.lossFunction != null) {
            return options.lossFunction;
        }
        if (options.logits) {
            return new CrossEntropyWithLogits();
        }
        return single ? new LossBinaryXENT() : new LossMCXENT();
    }

    @Override
    public MultiLayerNetwork init() {
        MultiLayerNetwork network = new MultiLayerNetwork(conf());
        network.init();
        return network;
    }

    /**
     * Sets the input shape.
     *
     * @param shapes one shape {@code {1, channels, samples}}
     */
    @Override
    public void setInputShape(int[][] shapes) {
        if (shapes.length != 1 || shapes[0].length != 3 || shapes[0][0] != 1) {
            throw new IllegalArgumentException(
                    "EEGNet: input shape "
                            + Arrays.deepToString(shapes)
                            + "; expected {{1, channels, samples}}");
        }
        Builder changed = options.copy().channels(shapes[0][1]).samples(shapes[0][2]);
        changed.check();
        options = changed;
    }

    @Override
    public ModelMetaData metaData() {
        return new ModelMetaData(
                new int[][] {{1, options.channels, options.samples}}, 1, ZooType.CNN);
    }

    @Override
    public Class<? extends Model> modelType() {
        return MultiLayerNetwork.class;
    }

    /** There are no pretrained weights. */
    @Override
    public String pretrainedUrl(PretrainedType type) {
        return null;
    }

    /** There are no pretrained weights. */
    @Override
    public long pretrainedChecksum(PretrainedType type) {
        return 0;
    }

    /** Builder. */
    public static final class Builder implements Cloneable {

        private Preset preset = Preset.KERAS;
        private int channels = 22;
        private int samples = 256;
        private int classes = 4;
        private int kernelLength = 64;
        private int temporalFilters = 8;
        private int depthMultiplier = 2;
        private int separableFilters = 16;
        private int separableKernel = 16;
        private int pool1 = 4;
        private int pool2 = 8;
        private double eluAlpha = 1.0;
        private Double dropout;
        private DropoutType dropoutType = DropoutType.ELEMENT;
        private Double depthwiseMaxNorm = 1.0;
        private Double denseMaxNorm;
        private boolean denseMaxNormSet;
        private Double batchNormMomentum;
        private boolean logits;
        private boolean inputGradient;
        private ILossFunction lossFunction;
        private IUpdater updater = new Adam(1e-3);
        private long seed = 12345;

        private Builder() {}

        /** The published variant. Default {@link Preset#KERAS}. */
        public Builder preset(Preset value) {
            this.preset = value;
            return this;
        }

        /** Number of EEG channels. Default 22. */
        public Builder channels(int value) {
            this.channels = value;
            return this;
        }

        /** Number of samples of an epoch. Default 256. */
        public Builder samples(int value) {
            this.samples = value;
            return this;
        }

        /** Number of classes. Default 4. */
        public Builder classes(int value) {
            this.classes = value;
            return this;
        }

        /**
         * Length of the temporal filters in samples; half the sampling rate is usual. Default 64.
         */
        public Builder kernelLength(int value) {
            this.kernelLength = value;
            return this;
        }

        /** Number of temporal filters (F1). Default 8. */
        public Builder f1(int value) {
            this.temporalFilters = value;
            return this;
        }

        /** Spatial filters for each temporal one (D). Default 2. */
        public Builder d(int value) {
            this.depthMultiplier = value;
            return this;
        }

        /** Filters of the separable convolution (F2). Default 16. */
        public Builder f2(int value) {
            this.separableFilters = value;
            return this;
        }

        /**
         * Length of the separable convolution's kernel, in samples after the first pooling. Default
         * 16.
         */
        public Builder separableKernel(int value) {
            this.separableKernel = value;
            return this;
        }

        /** Length of the first mean pooling. Default 4. */
        public Builder pool1(int value) {
            this.pool1 = value;
            return this;
        }

        /** Length of the second mean pooling. Default 8. */
        public Builder pool2(int value) {
            this.pool2 = value;
            return this;
        }

        /** Alpha of the ELUs. Default 1. */
        public Builder eluAlpha(double value) {
            this.eluAlpha = value;
            return this;
        }

        /** Probability of dropping a value, in [0, 1). Default: the preset's. */
        public Builder dropout(double value) {
            this.dropout = value;
            return this;
        }

        /** What dropout drops. Default {@link DropoutType#ELEMENT}. */
        public Builder dropoutType(DropoutType value) {
            this.dropoutType = value;
            return this;
        }

        /** Maximum norm of a spatial filter, or null for no constraint. Default 1. */
        public Builder depthwiseMaxNorm(Double value) {
            this.depthwiseMaxNorm = value;
            return this;
        }

        /** Maximum norm of a class's weights, or null for no constraint. Default: the preset's. */
        public Builder denseMaxNorm(Double value) {
            this.denseMaxNorm = value;
            this.denseMaxNormSet = true;
            return this;
        }

        /**
         * Share of a batch's statistics in the running ones, in (0, 1]. Default: the preset's. With
         * 0.01 some hundred updates pass before evaluation sees the trained statistics.
         */
        public Builder batchNormMomentum(double value) {
            this.batchNormMomentum = value;
            return this;
        }

        /**
         * Outputs logits instead of probabilities; the loss is then {@link CrossEntropyWithLogits}.
         * Default false.
         */
        public Builder logits(boolean value) {
            this.logits = value;
            return this;
        }

        /**
         * Whether the gradient of the network's input can be had. Training does without it, and it
         * is a large part of a training step's work. Default false.
         */
        public Builder inputGradient(boolean value) {
            this.inputGradient = value;
            return this;
        }

        /** Loss function. Default: cross entropy. */
        public Builder lossFunction(ILossFunction value) {
            this.lossFunction = value;
            return this;
        }

        /** Updater. Default Adam with learning rate 1e-3. */
        public Builder updater(IUpdater value) {
            this.updater = value;
            return this;
        }

        /** Seed of the initial weights and of dropout. Default 12345. */
        public Builder seed(long value) {
            this.seed = value;
            return this;
        }

        private double dropout() {
            return dropout == null ? preset.dropout : dropout;
        }

        private double batchNormMomentum() {
            return batchNormMomentum == null ? preset.batchNormMomentum : batchNormMomentum;
        }

        private Double denseMaxNorm() {
            return denseMaxNormSet ? denseMaxNorm : preset.denseMaxNorm;
        }

        /**
         * The network.
         *
         * @throws DL4JInvalidConfigException naming the argument, its value and what is allowed
         */
        public EEGNet build() {
            check();
            return new EEGNet(this);
        }

        private Builder copy() {
            try {
                return (Builder) clone();
            } catch (CloneNotSupportedException e) {
                throw new AssertionError(e);
            }
        }

        private void check() {
            present("preset", preset);
            present("dropoutType", dropoutType);
            present("updater", updater);
            positive("channels", channels);
            positive("samples", samples);
            positive("classes", classes);
            positive("kernelLength", kernelLength);
            positive("f1", temporalFilters);
            positive("d", depthMultiplier);
            positive("f2", separableFilters);
            positive("separableKernel", separableKernel);
            positive("pool1", pool1);
            positive("pool2", pool2);
            positiveOrNull("depthwiseMaxNorm", depthwiseMaxNorm);
            positiveOrNull("denseMaxNorm", denseMaxNorm());
            if (!(eluAlpha > 0)) {
                throw new DL4JInvalidConfigException(
                        "EEGNet: eluAlpha = " + eluAlpha + "; must be above 0");
            }
            if (!(batchNormMomentum() > 0 && batchNormMomentum() <= 1)) {
                throw new DL4JInvalidConfigException(
                        "EEGNet: batchNormMomentum = "
                                + batchNormMomentum()
                                + "; must be in (0, 1]");
            }
            if (kernelLength > samples) {
                throw new DL4JInvalidConfigException(
                        "EEGNet: kernelLength = "
                                + kernelLength
                                + " is longer than an epoch of "
                                + samples
                                + " samples");
            }
            if (samples / pool1 / pool2 < 1) {
                throw new DL4JInvalidConfigException(
                        "EEGNet: samples = "
                                + samples
                                + " are too few for pool1 * pool2 = "
                                + pool1
                                + " * "
                                + pool2);
            }
            if (!(dropout() >= 0 && dropout() < 1)) {
                throw new DL4JInvalidConfigException(
                        "EEGNet: dropout = " + dropout() + "; must be in [0, 1)");
            }
        }

        private static void present(String field, Object value) {
            if (value == null) {
                throw new DL4JInvalidConfigException("EEGNet: " + field + " = null; must be given");
            }
        }

        private static void positiveOrNull(String field, Double value) {
            if (value != null && !(value > 0)) {
                throw new DL4JInvalidConfigException(
                        "EEGNet: " + field + " = " + value + "; must be above 0, or null for none");
            }
        }

        private static void positive(String field, int value) {
            if (value < 1) {
                throw new DL4JInvalidConfigException(
                        "EEGNet: " + field + " = " + value + "; must be 1 or greater");
            }
        }
    }
}
