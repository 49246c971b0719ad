package org.lamina.zoo.modelfile;

import java.util.Map;

/** Names of classes in files of Lamina 0.1. */
final class EarlierNames {
    private static final Map<String, String> PACKAGES =
            Map.of(
                    "org.lamina.layers.conf", "org.lamina.layers",
                    "org.lamina.samediff.layers", "org.lamina.layers.samediff",
                    "org.lamina.layers.activations", "org.lamina.activations",
                    "org.lamina.zoo.data", "org.lamina.zoo.data.epochs");

    private static final Map<String, String> CLASSES =
            Map.of(
                    "MeanPooling2D", "AveragePooling2D",
                    "TransposedConvGeometry", "ConvTransposeGeometry",
                    "TransposedConvSpec", "ConvTransposeSpec",
                    "WSTransposedConvSpec", "WSConvTransposeSpec");

    private EarlierNames() {}

    /** The current name of a class. */
    static String current(String name) {
        int dot = name.lastIndexOf('.');
        String ofPackage = name.substring(0, Math.max(dot, 0));
        if (!ofPackage.startsWith("org.lamina.")) {
            return name;
        }
        String simple = name.substring(dot + 1);
        return PACKAGES.getOrDefault(ofPackage, ofPackage)
                + "."
                + CLASSES.getOrDefault(simple, simple);
    }
}
