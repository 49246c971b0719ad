package org.lamina.benchmark;

/**
 * Who does the work, in a process of its own. The first one is what the others are compared with.
 */
enum Competitor {
    LAMINA("Lamina", true),
    LAMINA_SAMEDIFF("Lamina, SameDiff", true),
    LAMINA_COMPILED("Lamina, compiled", true),
    DL4J("DL4J built-in", true),
    DL4J_DEFAULT("DL4J built-in, default ND4J", false),
    PYTORCH("PyTorch 2.7 (DJL)", true),
    ONNX_RUNTIME("ONNX Runtime 1.23", true),
    LAMINA_DEFAULT("Lamina, default ND4J", false);

    private final String title;
    private final boolean oneDnn;

    Competitor(String title, boolean oneDnn) {
        this.title = title;
        this.oneDnn = oneDnn;
    }

    /** Whether the process has the oneDNN build of ND4J. */
    boolean oneDnn() {
        return oneDnn;
    }

    @Override
    public String toString() {
        return title;
    }
}
