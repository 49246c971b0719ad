package org.lamina.layers.impl;

import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.lamina.spec.Activator;
import org.lamina.spec.ConvModernSpec;
import org.lamina.spec.LayerSpec;
import org.lamina.spec.Normalizer;
import org.lamina.spec.TemporalSpatialConvSpec;
import org.lamina.spec.UpsampleSpec;
import org.nd4j.linalg.api.buffer.DataType;

/** The layers that are made of {@link Stage}s. */
public final class Stages {

    private Stages() {}

    /**
     * Batch or instance normalization.
     *
     * @param spec a {@code BatchNormSpec} or {@code InstanceNormSpec}
     */
    public static SpecLayerImpl<?> norm(
            LayerSpec spec, NeuralNetConfiguration conf, DataType dataType) {
        return new StageLayer(conf, dataType, List.of(new NormStage(spec, false)));
    }

    /** A rectifier with a learned slope. */
    public static SpecLayerImpl<?> prelu(NeuralNetConfiguration conf, DataType dataType) {
        return new StageLayer(conf, dataType, List.of(new RectifierStage()));
    }

    /** Upsampling. */
    public static SpecLayerImpl<?> upsample(
            UpsampleSpec spec, NeuralNetConfiguration conf, DataType dataType) {
        return new StageLayer(conf, dataType, List.of(new UpsampleStage(spec.geometry())));
    }

    /** Temporal convolution, batch normalization and depthwise spatial convolution. */
    public static SpecLayerImpl<?> temporalSpatial(
            TemporalSpatialConvSpec spec, NeuralNetConfiguration conf, DataType dataType) {
        return new StageLayer(conf, dataType, List.of(new TemporalSpatialStage(spec)));
    }

    /** Convolution with normalization, activation and scaling. */
    public static SpecLayerImpl<?> convModern(
            ConvModernSpec spec, NeuralNetConfiguration conf, DataType dataType) {
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
        return new StageLayer(conf, dataType, all);
    }
}
