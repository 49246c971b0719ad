package org.lamina.zoo.modelfile;

import java.util.List;

/**
 * What a reader of model files accepts. The defaults are safe for files from anywhere; everything
 * else must be allowed explicitly:
 *
 * <pre>{@code
 * LoadOptions.defaults().withPackage("com.example.layers").withNonFinite()
 * }</pre>
 *
 * @param packages of classes that a network's configuration may name besides those of DL4J, ND4J
 *     and Lamina; subpackages included
 * @param nonFinite whether weights may be NaN or infinite
 */
public record LoadOptions(List<String> packages, boolean nonFinite) {
    private static final LoadOptions DEFAULTS = new LoadOptions(List.of(), false);

    /**
     * Checks.
     *
     * @throws IllegalArgumentException if a package has no name
     */
    public LoadOptions {
        packages = List.copyOf(packages);
        if (packages.stream().anyMatch(String::isBlank)) {
            throw new IllegalArgumentException("LoadOptions: a package without a name");
        }
    }

    /** Classes of DL4J, ND4J and Lamina, finite weights. */
    public static LoadOptions defaults() {
        return DEFAULTS;
    }

    /**
     * @param name of a package whose layers, activation functions, constraints, ... may occur
     * @return these options with it
     */
    public LoadOptions withPackage(String name) {
        List<String> longer = new java.util.ArrayList<>(packages);
        longer.add(name);
        return new LoadOptions(longer, nonFinite);
    }

    /** These options, and weights may be NaN or infinite. */
    public LoadOptions withNonFinite() {
        return new LoadOptions(packages, true);
    }
}
