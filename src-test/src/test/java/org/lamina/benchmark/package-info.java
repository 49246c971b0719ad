/**
 * The benchmark: the same work done by Lamina and by others, each in processes of their own that
 * take turns.
 *
 * <p>{@link org.lamina.benchmark.Benchmark} starts the processes and reports; {@link
 * org.lamina.benchmark.Fork} is what runs in one. A new competitor or workload is one line in
 * {@link org.lamina.benchmark.Competitors}.
 */
package org.lamina.benchmark;
