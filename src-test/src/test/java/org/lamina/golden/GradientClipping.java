package org.lamina.golden;

import java.util.List;
import java.util.Locale;
import org.lamina.harness.Close;
import org.lamina.harness.Problems;
import org.lamina.optimize.AdaptiveGradientClipping;
import org.lamina.optimize.AdaptiveGradientClipping.Rule;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.shade.jackson.databind.JsonNode;

/**
 * Adaptive gradient clipping by timm's rule or the paper's: gradients after clipping, of parameters
 * in PyTorch's layout.
 */
final class GradientClipping implements Family {

    @Override
    public boolean matches(String family) {
        return family.equals("nfnet_agc");
    }

    @Override
    public List<String> forms() {
        return List.of("regularization");
    }

    @Override
    public void run(GoldenCase golden, DataType type, String form) {
        JsonNode c = golden.constructor();
        if (c.path("norm_type").asDouble(2) != 2) {
            throw new IllegalArgumentException("norm_type = " + c.path("norm_type"));
        }
        String rule = golden.field("rule").asText("timm");
        AdaptiveGradientClipping clipping =
                new AdaptiveGradientClipping(
                                c.get("clip_factor").asDouble(), c.get("eps").asDouble())
                        .withRule(Rule.valueOf(rule.toUpperCase(Locale.ROOT)));
        List<String> parameters = golden.names("param");
        if (parameters.isEmpty()) {
            throw new IllegalArgumentException("no array with role 'param'");
        }
        Close close = golden.tolerance(type);
        Problems problems = new Problems();
        for (String name : parameters) {
            INDArray param = golden.array(name).castTo(type);
            INDArray gradient = golden.array("grad_before_" + name).castTo(type).dup();
            clipping.clip(param, gradient, clipping.rule().normAxes(param.shape()));
            problems.collect(() -> close.check(name, gradient, golden.array("grad_after_" + name)));
        }
        problems.report();
    }
}
