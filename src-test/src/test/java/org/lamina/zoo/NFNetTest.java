package org.lamina.zoo;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class NFNetTest {

    /** The published counts; NF-ResNet's are timm's and one gain for each block. */
    @ParameterizedTest
    @CsvSource({
        "NFNET_F0, 71489284",
        "NFNET_F1, 132634256",
        "NFNET_F2, 193779228",
        "NFNET_F3, 254924200",
        "NFNET_F4, 316069172",
        "NFNET_F5, 377214144",
        "NFNET_F6, 438359116",
        "NF_RESNET_26, 15995184",
        "NF_RESNET_50, 25557048",
        "NFNET_TINY, 136686"
    })
    void hasThePublishedNumberOfParameters(NFNet.Preset preset, long expected) {
        assertEquals(expected, NFNet.builder().preset(preset).build().numParams());
    }

    /** The stem and the stages together shrink the image by 32; the tiny one's by 8. */
    @ParameterizedTest
    @EnumSource(NFNet.Preset.class)
    void hasTheShapesOfItsPlan(NFNet.Preset preset) {
        NFNet model = NFNet.builder().preset(preset).build();
        ComputationGraphConfiguration conf = model.conf();
        boolean tiny = preset == NFNet.Preset.NFNET_TINY;
        int size = preset.imageSize();
        var types = conf.getLayerActivationTypes(InputType.convolutional(size, size, 3));
        int end = size / (tiny ? 8 : 32);
        assertEquals(InputType.convolutional(end, end, width(preset)), types.get("last-act"));
        assertEquals(InputType.feedForward(tiny ? 10 : 1000), types.get("classifier"));
        int[] shape = model.metaData().getInputShape()[0];
        assertArrayEquals(new int[] {3, size, size}, shape);
        assertEquals(preset.architecture().blocks(), model.expectedVariances().size());
    }

    private static int width(NFNet.Preset preset) {
        NFNetArchitecture net = preset.architecture();
        int last = net.stages().get(net.stages().size() - 1).width();
        return last * Math.max(1, net.lastWidth());
    }
}
