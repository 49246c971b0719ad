package org.lamina.layers.base;

import java.util.ArrayList;
import java.util.List;
import org.lamina.spec.ParamSpec;
import org.nd4j.linalg.learning.regularization.Regularization;

/**
 * A regularization that needs to know which parameter it is applied to: DL4J gives it flattened
 * arrays only. As a weight regularization of one of this project's layers it is applied to every
 * trained parameter of the layer.
 */
public interface ParameterRegularization extends Regularization {

    /** The regularization for this parameter. */
    Regularization forParameter(ParamSpec param);

    /**
     * The regularizations of one of a layer's parameters.
     *
     * @param param the parameter
     * @param ofWeights the layer's regularizations of weights
     * @param ofKind those that DL4J applies to parameters of this kind, or null
     */
    static List<Regularization> of(
            ParamSpec param, List<Regularization> ofWeights, List<Regularization> ofKind) {
        if (ofWeights == null
                || !param.role().trained()
                || ofWeights.stream().noneMatch(ParameterRegularization.class::isInstance)) {
            return ofKind;
        }
        List<Regularization> all = new ArrayList<>();
        for (Regularization r : ofWeights) {
            if (r instanceof ParameterRegularization own) {
                all.add(own.forParameter(param));
            }
        }
        if (ofKind != null) {
            ofKind.stream().filter(r -> !(r instanceof ParameterRegularization)).forEach(all::add);
        }
        return all;
    }
}
