package org.lamina.layers;

import java.util.ArrayList;
import java.util.List;
import org.lamina.spec.Activator;
import org.lamina.spec.BatchNormSpec;
import org.lamina.spec.ConvModernSpec;
import org.lamina.spec.InstanceNormSpec;
import org.lamina.spec.LayerSpec;
import org.lamina.spec.Normalizer;
import org.lamina.spec.PReLUSpec;
import org.lamina.spec.TemporalSpatialConvSpec;
import org.lamina.spec.UpsampleSpec;

/** The {@link LayerOperation}s of the sequential layers. */
final class LayerOperations {

    private LayerOperations() {}

    /** The operations of a layer with these hyperparameters. */
    static List<LayerOperation> of(LayerSpec spec) {
        if (spec instanceof BatchNormSpec || spec instanceof InstanceNormSpec) {
            return List.of(new NormOperation(spec, false));
        }
        if (spec instanceof PReLUSpec) {
            return List.of(new PReLUOperation());
        }
        if (spec instanceof UpsampleSpec upsample) {
            return List.of(new UpsampleOperation(upsample.geometry()));
        }
        if (spec instanceof ConvModernSpec conv) {
            return convModern(conv);
        }
        if (spec instanceof TemporalSpatialConvSpec front) {
            return List.of(new TemporalSpatialOperation(front));
        }
        throw new IllegalArgumentException("no operations for " + spec);
    }

    /** Convolution with normalization, activation and scaling. */
    private static List<LayerOperation> convModern(ConvModernSpec spec) {
        List<LayerOperation> convolve = new ArrayList<>();
        if (spec.upsampling() != null) {
            convolve.add(new UpsampleOperation(spec.upsampling()));
        }
        convolve.add(new ConvOperation(spec.convolution()));
        List<LayerOperation> activate = new ArrayList<>();
        if (spec.normalizer() != Normalizer.NULL) {
            activate.add(new NormOperation(spec.normalization(), !spec.activatesInput()));
        }
        if (spec.activator() != Activator.NULL) {
            activate.add(new PReLUOperation());
        }
        List<LayerOperation> all = new ArrayList<>(spec.activatesInput() ? activate : convolve);
        all.addAll(spec.activatesInput() ? convolve : activate);
        return all;
    }
}
