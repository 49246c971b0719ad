package org.lamina.zoo.weights;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.lamina.spec.Activator;
import org.lamina.spec.ConvModernSpec;
import org.lamina.spec.LayerOrder;
import org.lamina.spec.Normalizer;

/** Maps for the names of other implementations. */
public final class NameMaps {

    /**
     * EEGNet of selfEEG, for {@link org.lamina.zoo.EEGNet} with its SELFEEG preset: a state dict of
     * {@code selfeeg.models.EEGNet}.
     */
    public static final NameMap SELFEEG_EEGNET = NameMap.resource("selfeeg-eegnet");

    /** ShallowNet of selfEEG, for {@link org.lamina.zoo.ShallowConvNet} with its SELFEEG preset. */
    public static final NameMap SELFEEG_SHALLOWNET = NameMap.resource("selfeeg-shallownet");

    /** DeepConvNet of selfEEG, for {@link org.lamina.zoo.DeepConvNet} with its SELFEEG preset. */
    public static final NameMap SELFEEG_DEEPCONVNET = NameMap.resource("selfeeg-deepconvnet");

    /** EEGInception of selfEEG, for {@link org.lamina.zoo.EEGInception} with its SELFEEG preset. */
    public static final NameMap SELFEEG_EEGINCEPTION = NameMap.resource("selfeeg-eeginception");

    /**
     * EEGNetv4 of braindecode (in later versions EEGNet), for {@link org.lamina.zoo.EEGNet} with
     * its BRAINDECODE preset. Its classifier is a convolution over the remaining signal. An export
     * has the names of current versions, whose constraint is a parametrization.
     */
    public static final NameMap BRAINDECODE_EEGNETV4 = NameMap.resource("braindecode-eegnetv4");

    /**
     * ShallowFBCSPNet of braindecode, for {@link org.lamina.zoo.ShallowConvNet} with its
     * BRAINDECODE preset. Its images have time before the channels, and its classifier is a
     * convolution over the remaining signal.
     */
    public static final NameMap BRAINDECODE_SHALLOWFBCSPNET =
            NameMap.resource("braindecode-shallowfbcspnet");

    /**
     * Deep4Net of braindecode, for {@link org.lamina.zoo.DeepConvNet} with its BRAINDECODE preset;
     * dimensions as in {@link #BRAINDECODE_SHALLOWFBCSPNET}.
     */
    public static final NameMap BRAINDECODE_DEEP4NET = NameMap.resource("braindecode-deep4net");

    /**
     * EEGInceptionERP of braindecode 1.0 and later, for {@link org.lamina.zoo.EEGInception}: batch
     * normalization before the ELU. The names of braindecode 0.8 and earlier are refused, since a
     * file does not tell whether its network has the opposite order.
     */
    public static final NameMap BRAINDECODE_EEGINCEPTIONERP =
            NameMap.resource("braindecode-eeginceptionerp");

    /**
     * EEGTCNet of braindecode 1.6.1 and later, for {@link org.lamina.zoo.EEGTCNet} with its
     * BRAINDECODE preset. Earlier versions have no batch normalization in the blocks: their names
     * do not fit.
     */
    public static final NameMap BRAINDECODE_EEGTCNET = NameMap.resource("braindecode-eegtcnet");

    /**
     * EEGNet of arl-eegmodels, for {@link org.lamina.zoo.EEGNet} with its KERAS preset, from a file
     * that {@link KerasWeights} reads. Keras norms a depthwise kernel {@code [channels, 1, F1, D]}
     * and a dense one {@code [in, out]} over axis 0: one norm for each filter and each class, as
     * the preset does here.
     */
    public static final NameMap KERAS_EEGNET = NameMap.resource("keras-eegnet");

    /** A WSConv or WSConvTranspose module of elektronn3, for a single layer. */
    public static final NameMap ELEKTRONN3_WSCONV = NameMap.resource("elektronn3-wsconv");

    /**
     * A LocalConv2dLayer of hypnettorch, for a single layer. It stores its parameters twice, under
     * their names and in a list; an import requires both to be equal, if both are present.
     */
    public static final NameMap HYPNETTORCH_LOCALCONV2D =
            NameMap.resource("hypnettorch-localconv2d");

    /**
     * A {@code dm_nfnet_f*} of timm, for {@link org.lamina.zoo.NFNet} with an NFNET_F preset. timm
     * standardizes weights by {@code sqrt(variance + 1e-5)}, the published JAX code and the preset
     * by {@code sqrt(max(variance * fanIn, 1e-4))}; for timm's outputs to the last digit build the
     * network with {@code WeightStandardization.timm().withEps(1e-5)}.
     */
    public static final NameMap TIMM_DM_NFNET = NameMap.resource("timm-dm-nfnet");

    /**
     * An {@code nf_resnet*}, {@code nf_seresnet*} or {@code nf_ecaresnet*} of timm, for {@link
     * org.lamina.zoo.NFNet} with the preset of that name. timm multiplies the weights of every
     * convolution by the activation function's gamma, which is part of the activation functions
     * here: the gain of the stem, which no activation precedes, is multiplied by gamma, and the
     * classifier's weights are divided by it. Skip gains, which these networks of timm lack, are 1.
     */
    public static final NameMap TIMM_NF_RESNET = NameMap.resource("timm-nf-resnet");

    /**
     * An {@code nfnet_l*} or {@code eca_nfnet_l*} of timm, for {@link org.lamina.zoo.NFNet} with
     * the preset of that name; gammas and skip gains as in {@link #TIMM_NF_RESNET}, the last
     * convolution as the stem.
     */
    public static final NameMap TIMM_NFNET_L = NameMap.resource("timm-nfnet-l");

    /**
     * An {@code nf_regnet_b*} of timm, for {@link org.lamina.zoo.NFNet} with the preset of that
     * name; gammas and skip gains as in {@link #TIMM_NFNET_L}.
     */
    public static final NameMap TIMM_NF_REGNET = NameMap.resource("timm-nf-regnet");

    private static final NameMap MDNC_CONVMODERN = NameMap.resource("mdnc-convmodern");

    private NameMaps() {}

    /**
     * A ConvModern module of MDNC, for a single layer. The source numbers its parts in their order,
     * which depends on the hyperparameters.
     */
    public static NameMap mdncConvModern(ConvModernSpec spec) {
        boolean normalized = spec.normalizer() != Normalizer.NULL;
        List<String> parts = new ArrayList<>();
        if (spec.upsampling() != null) {
            parts.add("{up}");
        }
        parts.add("{conv}");
        List<String> activation = new ArrayList<>();
        if (normalized) {
            activation.add("{norm}");
        }
        if (spec.activator() != Activator.NULL) {
            activation.add("{act}");
        }
        boolean first = normalized && spec.order() == LayerOrder.NEW;
        parts.addAll(first ? 0 : parts.size(), activation);
        Map<String, String> numbers = new LinkedHashMap<>();
        parts.forEach(part -> numbers.put(part, Integer.toString(parts.indexOf(part))));
        return MDNC_CONVMODERN.replacing(numbers);
    }
}
