package org.lamina.layers.impl;

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

/** The {@link Stage}s that layers are made of. */
final class Stages {

    private Stages() {}

    /** The stages of the layer with these hyperparameters. */
    static List<Stage> of(LayerSpec spec) {
        if (spec instanceof BatchNormSpec || spec instanceof InstanceNormSpec) {
            return List.of(new NormStage(spec, false));
        }
        if (spec instanceof PReLUSpec) {
            return List.of(new RectifierStage());
        }
        if (spec instanceof UpsampleSpec upsample) {
            return List.of(new UpsampleStage(upsample.geometry()));
        }
        if (spec instanceof ConvModernSpec conv) {
            return convModern(conv);
        }
        if (spec instanceof TemporalSpatialConvSpec front) {
            return List.of(new TemporalSpatialStage(front));
        }
        throw new IllegalArgumentException("no stages for " + spec);
    }

    /** Convolution with normalization, activation and scaling. */
    private static List<Stage> convModern(ConvModernSpec spec) {
        List<Stage> convolve = new ArrayList<>();
        if (spec.upsampling() != null) {
            convolve.add(new UpsampleStage(spec.upsampling()));
        }
        convolve.add(new ConvStage(spec.convolution()));
        List<Stage> activate = new ArrayList<>();
        if (spec.normalizer() != Normalizer.NULL) {
            activate.add(new NormStage(spec.normalization(), !spec.activatesInput()));
        }
        if (spec.activator() != Activator.NULL) {
            activate.add(new RectifierStage());
        }
        List<Stage> all = new ArrayList<>(spec.activatesInput() ? activate : convolve);
        all.addAll(spec.activatesInput() ? convolve : activate);
        return all;
    }
}
