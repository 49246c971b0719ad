package org.lamina.zoo;

import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.lamina.activations.Elu;
import org.lamina.layers.ConstrainedConv2D;

/**
 * EEG-Inception for event-related potentials: temporal filters of three lengths side by side, with
 * spatial filters of their own, a second stage of three lengths, two convolutions that narrow the
 * result, a linear classifier.
 *
 * <pre>
 * [N, 1, channels, samples]
 *   for each length k of kernelLength, kernelLength / 2, kernelLength / 4:
 *     conv (1, k), F1 filters, bias - batch norm - ELU - dropout
 *     depthwise conv (channels, 1), D filters each - batch norm - ELU - dropout
 *   side by side - average pool (1, 4)
 *   for each length: conv (1, k / 4), F1 filters - batch norm - ELU - dropout
 *   side by side - average pool (1, 2)
 *   conv (1, 8), 3 F1 / 2 filters - batch norm - ELU - dropout - average pool (1, 2)
 *   conv (1, 4), 3 F1 / 4 filters - batch norm - ELU - dropout - average pool (1, 2)
 *   dense - softmax
 * [N, classes]
 * </pre>
 *
 * <p>Convolutions along time are padded so that they keep the length; only the first three have
 * biases. The published variants are {@link Preset}s.
 *
 * <pre>{@code
 * ComputationGraph net = EEGInception.builder().channels(22).samples(256).classes(4).build().init();
 * }</pre>
 *
 * <p>Source: Santamaria-Vazquez et al., IEEE TNSRE 28(12), 2020,
 * https://doi.org/10.1109/TNSRE.2020.3048106, as implemented by braindecode and selfEEG.
 *
 * <p>Differs from the source in: the classifier's initial bias is 0.
 */
@SuppressWarnings("unchecked") // DL4J lets the caller choose the type that init() returns
public final class EEGInception extends EegModel<EEGInception.Builder, ComputationGraph> {

    private static final String INPUT = "eeg";
    private static final int SCALES = 3;
    private static final int[] POOLS = {4, 2, 2, 2};
    private static final int LAST_CONVOLUTIONS = 2;

    /** A published implementation with the same results. */
    public enum Preset implements EegVariant {
        /**
         * braindecode's EEGInceptionERP, for 128 Hz, https://github.com/braindecode/braindecode:
         * kernelLength 64 (half a second), F1 8, D 2, batch norm eps 1e-5 and momentum 0.01,
         * dropout 0.5, no constraints, Glorot uniform weights.
         */
        BRAINDECODE(
                new Defaults(
                        Library.BRAINDECODE,
                        128,
                        64,
                        8,
                        2,
                        null,
                        null,
                        0.5,
                        1e-5,
                        0.01,
                        null,
                        null)),
        /**
         * selfEEG's EEGInception, https://github.com/MedMaxLab/selfEEG: as {@link #BRAINDECODE},
         * but with biases in all convolutions along time, last kernels of kernelLength / 8 and /
         * 16, spatial filters of maximum norm 1, batch norm momentum 0.1 and PyTorch's weights; up
         * to two classes give one output with a sigmoid.
         */
        SELFEEG(
                new Defaults(
                        Library.SELFEEG, 128, 64, 8, 2, null, null, 0.5, 1e-5, 0.1, 1.0, null));

        private final Defaults defaults;

        Preset(Defaults defaults) {
            this.defaults = defaults;
        }

        @Override
        public Defaults defaults() {
            return defaults;
        }
    }

    private EEGInception(Builder options) {
        super(options);
    }

    /** A builder with the defaults of the {@link Preset#BRAINDECODE} variant. */
    public static Builder builder() {
        return new Builder();
    }

    /** The configuration. */
    @Override
    public ComputationGraphConfiguration conf() {
        GraphBuilder graph =
                configuration().graphBuilder().addInputs(INPUT).setInputTypes(inputType());
        String[] branches = new String[SCALES];
        for (int i = 0; i < SCALES; i++) {
            branches[i] = spatial(graph, i, temporal(graph, i));
        }
        graph.addVertex("scales", new MergeVertex(), branches);
        String first = pool(graph, "scales", 0);
        String[] second = new String[SCALES];
        for (int i = 0; i < SCALES; i++) {
            String name = "second" + (i + 1);
            graph.addLayer(name, conv(scale(i) / 4, options.temporalFilters(), false), first);
            second[i] = normalized(graph, name);
        }
        graph.addVertex("second-scales", new MergeVertex(), second);
        String last = pool(graph, "second-scales", 1);
        for (int i = 0; i < LAST_CONVOLUTIONS; i++) {
            String name = "narrow" + (i + 1);
            int filters = SCALES * options.temporalFilters() >> (i + 1);
            graph.addLayer(name, conv(lastKernel() >> i, filters, false), last);
            last = pool(graph, normalized(graph, name), 2 + i);
        }
        graph.addLayer("classifier", classifier(), last).setOutputs("classifier");
        return graph.build();
    }

    /** Length of the first of the last kernels; the next has half of it. */
    private int lastKernel() {
        return options.preset == Preset.SELFEEG ? options.kernelLength() / 8 : 8;
    }

    private int scale(int index) {
        return options.kernelLength() >> index;
    }

    private String temporal(GraphBuilder graph, int index) {
        String name = "temporal" + (index + 1);
        graph.addLayer(name, conv(scale(index), options.temporalFilters(), true), INPUT);
        return normalized(graph, name);
    }

    private String spatial(GraphBuilder graph, int index, String input) {
        String name = "spatial" + (index + 1);
        graph.addLayer(name, spatialFilters(name, options.defaults().filterMaxNorm()), input);
        return normalized(graph, name);
    }

    /**
     * A convolution along time.
     *
     * @param first whether its input is the network's; these have biases in every variant
     */
    private ConstrainedConv2D conv(int length, int filters, boolean first) {
        ConstrainedConv2D.Builder conv =
                new ConstrainedConv2D.Builder(1, length)
                        .nOut(filters)
                        .hasBias(first || options.preset == Preset.SELFEEG)
                        .maxNorm(null);
        return first ? conv.inputGradient(options.inputGradient).build() : conv.build();
    }

    private String normalized(GraphBuilder graph, String name) {
        graph.addLayer(name + "-norm", batchNorm(name + "-norm", new Elu(1)), name);
        graph.addLayer(name + "-dropout", dropout(name + "-dropout"), name + "-norm");
        return name + "-dropout";
    }

    private static String pool(GraphBuilder graph, String input, int index) {
        String name = "pool" + (index + 1);
        graph.addLayer(name, averagePool(name, POOLS[index]), input);
        return name;
    }

    /** Builder. */
    public static final class Builder extends EegModelBuilder<Preset, Builder> {

        private Builder() {
            super("EEGInception", Preset.BRAINDECODE);
        }

        @Override
        public EEGInception build() {
            return new EEGInception(this);
        }

        @Override
        boolean linearFront() {
            return false;
        }

        @Override
        void checkOwn() {
            require(
                    kernelLength() >= 16,
                    "kernelLength",
                    kernelLength(),
                    "must be 16 or greater: the shortest filter has a 16th of that length");
            require(temporalFilters() > 1, "f1", temporalFilters(), "must be 2 or greater");
            positive("d", depthMultiplier());
        }

        @Override
        public int fewestSamples() {
            int samples = 1;
            for (int pool : POOLS) {
                samples *= pool;
            }
            return samples;
        }
    }
}
