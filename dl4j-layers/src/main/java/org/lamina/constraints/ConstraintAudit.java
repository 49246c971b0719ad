package org.lamina.constraints;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.commons.lang3.SerializationUtils;
import org.deeplearning4j.exception.DL4JInvalidConfigException;
import org.deeplearning4j.nn.api.layers.LayerConstraint;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.wrapper.BaseWrapperLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.lamina.layers.wrapper.StandardizedWeights;
import org.lamina.spec.NormAxes;

/**
 * Finds the norm constraints of a network that DL4J applies wrongly, describes the problems, and
 * provides a corrected configuration.
 *
 * <pre>{@code
 * ConstraintAudit<MultiLayerConfiguration> audit = ConstraintAudit.of(configuration);
 * audit.findings().forEach(System.out::println);
 * MultiLayerNetwork net = new MultiLayerNetwork(audit.corrected());
 * }</pre>
 *
 * <p>Findings, and what the corrected configuration has instead:
 *
 * <ul>
 *   <li>{@code MaxNormConstraint}, {@code MinMaxNormConstraint}, {@code UnitNormConstraint}: DL4J
 *       applies each twice in an update; the first two divide by {@code norm + 1e-6}, which pulls
 *       unclipped weights towards zero too; the formula for a rate below 1 is wrong; unit norm
 *       turns zero slices into NaN. Replaced by {@link MaxNorm}, {@link MinMaxNorm}, {@link
 *       UnitNorm}.
 *   <li>Dimensions that are not those of a unit's incoming weights in the layer's layout, such as
 *       dimension 1 of a dense layer, which DL4J's documentation suggests. Replaced by {@link
 *       NormAxes#perOutputUnit()}; norms of word vectors in embeddings are kept.
 *   <li>Constraints that name no parameter, which DL4J never applies: they are applied to the
 *       layer's weights.
 *   <li>Constraints on a wrapper (Bidirectional, LastTimeStep, ...) that never reach the wrapped
 *       layer: moved there.
 *   <li>Initial weights that are not projected: {@link ProjectedWeightInit} is added. Layers whose
 *       initialization can't be wrapped (SameDiff layers) need {@link
 *       Constraints#project(org.deeplearning4j.nn.api.Model)} after {@code init()}; the finding
 *       says so.
 * </ul>
 *
 * <p>{@code NonNegativeConstraint} is correct, and frozen layers have no constraint applied;
 * neither is reported.
 *
 * <p>What DL4J loses before the configuration exists can't be found here: {@code constrain...} on
 * the builders of SameDiff layers, {@code SimpleRnn}, {@code VariationalAutoencoder}, {@code
 * ElementWiseMultiplicationLayer} and {@code OCNNOutputLayer}; {@code constrainInputWeights} on
 * recurrent layers; {@code constrainAllParameters} on the network's builder; constraints set on the
 * network's builder for a layer that has its own. {@code constrainWeights} on the network's builder
 * throws if a locally connected layer is in the network. In all these cases call {@code
 * setConstraints} on the layer's configuration.
 *
 * @param <C> kind of configuration
 */
public final class ConstraintAudit<C> {

    /**
     * One constraint that is applied wrongly.
     *
     * @param layer name and class of the layer
     * @param constraint the constraint as found
     * @param problem what is wrong
     * @param remedy what the corrected configuration has instead, or what has to be done manually
     */
    public record Finding(String layer, String constraint, String problem, String remedy) {
        @Override
        public String toString() {
            return "Layer " + layer + ", " + constraint + ": " + problem + ". " + remedy + ".";
        }
    }

    private final C corrected;
    private final Findings findings = new Findings();

    private ConstraintAudit(C copy, Collection<Layer> layers) {
        this.corrected = copy;
        layers.forEach(this::audit);
    }

    /**
     * Audits a configuration without changing it.
     *
     * @throws DL4JInvalidConfigException if the input size of a constrained layer is unknown
     */
    public static ConstraintAudit<MultiLayerConfiguration> of(MultiLayerConfiguration conf) {
        // Not clone(): the layers inside wrappers would be shared with the original.
        MultiLayerConfiguration copy = SerializationUtils.clone(conf);
        return new ConstraintAudit<>(
                copy,
                copy.getConfs().stream()
                        .map(NeuralNetConfiguration::getLayer)
                        .collect(Collectors.toList()));
    }

    /**
     * Audits a configuration without changing it.
     *
     * @throws DL4JInvalidConfigException if the input size of a constrained layer is unknown
     */
    public static ConstraintAudit<ComputationGraphConfiguration> of(
            ComputationGraphConfiguration conf) {
        ComputationGraphConfiguration copy = SerializationUtils.clone(conf);
        List<Layer> layers = new ArrayList<>();
        for (GraphVertex vertex : copy.getVertices().values()) {
            if (vertex instanceof LayerVertex layerVertex) {
                layers.add(layerVertex.getLayerConf().getLayer());
            }
        }
        return new ConstraintAudit<>(copy, layers);
    }

    /** Audits the configuration of a network without changing either. */
    public static ConstraintAudit<MultiLayerConfiguration> of(MultiLayerNetwork network) {
        return of(network.getLayerWiseConfigurations());
    }

    /** Audits the configuration of a network without changing either. */
    public static ConstraintAudit<ComputationGraphConfiguration> of(ComputationGraph network) {
        return of(network.getConfiguration());
    }

    /** The problems found; empty if there are none. */
    public List<Finding> findings() {
        return findings.list();
    }

    /**
     * A separate configuration in which the findings are fixed, except those that have to be fixed
     * manually. To continue with the parameters of a trained network: {@code network.init();
     * network.setParams(trained.params()); Constraints.project(network)}.
     */
    public C corrected() {
        return corrected;
    }

    /** One line for each finding. */
    @Override
    public String toString() {
        return findings().isEmpty()
                ? "No constraint is applied wrongly."
                : findings().stream().map(Finding::toString).collect(Collectors.joining("\n"));
    }

    private void audit(Layer layer) {
        if (layer instanceof FrozenLayer || layer instanceof FrozenLayerWithBackprop) {
            return;
        }
        if (layer instanceof Bidirectional both) {
            auditWrapper(both, List.of(both.getFwd(), both.getBwd()));
        } else if (layer instanceof BaseWrapperLayer wrapper) {
            auditWrapper(layer, List.of(wrapper.getUnderlying()));
        } else if (layer instanceof StandardizedWeights wrapper) {
            audit(wrapper.getUnderlying());
        } else if (layer.getConstraints() != null && !layer.getConstraints().isEmpty()) {
            InitialWeights initial = new InitialWeights(layer, findings);
            layer.setConstraints(Dl4jConstraints.replaced(layer, initial.params(), findings));
            initial.project();
        }
    }

    /** DL4J applies the constraints of the wrapped layers only. */
    private void auditWrapper(Layer wrapper, List<Layer> wrapped) {
        int before = findings.list().size();
        List<LayerConstraint> outer = withoutParams(wrapper.getConstraints());
        for (int i = 0; i < wrapped.size(); i++) {
            Layer inner = wrapped.get(i);
            if (!outer.isEmpty() && withoutParams(inner.getConstraints()).isEmpty()) {
                inner.setConstraints(passedOn(wrapper, i, inner));
                findings.add(
                        wrapper,
                        outer,
                        "attached to a wrapper, where DL4J never applies it",
                        "Moved to the wrapped layer");
            } else if (!outer.isEmpty() && !outer.equals(withoutParams(inner.getConstraints()))) {
                findings.add(
                        wrapper,
                        outer,
                        "attached to a wrapper, where DL4J never applies it",
                        "Removed; the wrapped layer has its own constraints");
            }
            audit(inner);
        }
        if (findings.list().size() > before) {
            wrapper.setConstraints(null);
        }
    }

    private static List<LayerConstraint> withoutParams(List<LayerConstraint> constraints) {
        return constraints == null
                ? List.of()
                : constraints.stream().map(c -> named(c, Set.of())).collect(Collectors.toList());
    }

    /** A wrapper's constraints with the wrapped layer's parameter names. */
    private static List<LayerConstraint> passedOn(Layer wrapper, int index, Layer inner) {
        String prefix = wrapper instanceof Bidirectional ? (index == 0 ? "f" : "b") : "";
        List<LayerConstraint> copies = new ArrayList<>();
        for (LayerConstraint constraint : wrapper.getConstraints()) {
            Set<String> names = new LinkedHashSet<>();
            for (String name : inner.initializer().paramKeys(inner)) {
                if (constraint.getParams().contains(prefix + name)) {
                    names.add(name);
                }
            }
            copies.add(named(constraint, names));
        }
        return copies;
    }

    private static LayerConstraint named(LayerConstraint constraint, Set<String> names) {
        if (constraint instanceof NormConstraint norm) {
            return norm.renamed(names);
        }
        LayerConstraint copy = constraint.clone();
        copy.setParams(names);
        return copy;
    }
}
