/**
 * The benchmark: the same work done by Lamina and by others, each in processes of their own that
 * take turns.
 *
 * <p>{@link org.lamina.benchmark.Benchmark} starts the processes and reports; {@link
 * org.lamina.benchmark.Fork} is what runs in one. What is measured stands in {@link
 * org.lamina.benchmark.Workloads}.
 */
package org.lamina.benchmark;
