package org.lamina.samediff.execution;

import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;

/** A module's kernels for parts of graphs; found by {@link ServiceLoader}. */
public interface KernelProvider {

    /** A new kernel, or null if the module has none for the function. */
    Kernel kernel(FusedFunction function);

    /** All kernels on the class path. */
    static KernelProvider installed() {
        return Installed.INSTANCE;
    }

    /** The first provider that has a kernel for a function gives it. */
    final class Installed implements KernelProvider {

        private static final Installed INSTANCE = new Installed();

        private final List<KernelProvider> providers = new ArrayList<>();

        private Installed() {
            ServiceLoader.load(KernelProvider.class, KernelProvider.class.getClassLoader())
                    .forEach(providers::add);
            providers.add(new ActivationKernel.Provider());
        }

        @Override
        public Kernel kernel(FusedFunction function) {
            return providers.stream()
                    .map(provider -> provider.kernel(function))
                    .filter(java.util.Objects::nonNull)
                    .findFirst()
                    .orElse(null);
        }
    }
}
