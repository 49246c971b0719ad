/**
 * The benchmark: the same work done by Lamina and by others, each in processes of their own that
 * take turns.
 *
 * <p>{@link org.lamina.benchmark.Benchmark} starts the processes, {@link org.lamina.benchmark.Fork}
 * is what runs in one, {@link org.lamina.benchmark.Report} writes the results. What is measured
 * stands in {@link org.lamina.benchmark.Workloads}, what is wanted in {@link
 * org.lamina.benchmark.Target}. PyTorch's side is Python text: in {@link
 * org.lamina.benchmark.Layers} and in the resources of this package's name.
 */
package org.lamina.benchmark;
