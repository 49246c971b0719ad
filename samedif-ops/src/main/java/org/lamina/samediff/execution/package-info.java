/**
 * Runs the graphs of SameDiff layers. SameDiff's own session of 1.0.0-M2.1 takes 50 to 100
 * microseconds of bookkeeping for every op, which dominates a small layer's time, and makes many
 * passes over memory where one kernel is enough.
 *
 * <ul>
 *   <li>{@link org.lamina.samediff.execution.LayerGraph}: a layer's output and gradients. It is run
 *       by a {@link org.lamina.samediff.execution.CompiledGraph}, or by SameDiff's session if the
 *       graph has ops that a fixed order of steps cannot run.
 *   <li>{@link org.lamina.samediff.execution.CompiledGraph}: the steps that compute requested
 *       values from given ones, sorted once, with shapes and constants computed once per input
 *       shape.
 *   <li>{@link org.lamina.samediff.execution.FusedParts}: which parts of a graph compute a {@link
 *       org.lamina.kernels.FusedFunction}. Such a part runs as one {@link
 *       org.lamina.kernels.GraphKernel} where there is one, otherwise op by op. The graph itself
 *       remains a graph of SameDiff ops.
 * </ul>
 */
package org.lamina.samediff.execution;
