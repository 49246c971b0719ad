package org.lamina.benchmark;

/**
 * A piece of work to time.
 *
 * @param name what is computed
 * @param training whether a step is a training step (forward, backward, update) or inference
 * @param shape shape of the input, minibatch first
 * @param classes number of outputs
 */
record Workload(String name, boolean training, long[] shape, int classes) {

    static final Workload[] ALL = {
        new Workload("EEGNet-8,2 training step", true, new long[] {64, 1, 22, 256}, 4),
        new Workload("EEGNet-8,2 inference", false, new long[] {64, 1, 22, 256}, 4),
    };

    String id() {
        StringBuilder shapeText = new StringBuilder();
        for (long size : shape) {
            shapeText.append(shapeText.length() == 0 ? "" : "x").append(size);
        }
        return name + ", " + shapeText;
    }
}
