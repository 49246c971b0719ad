/**
 * Runs the graphs of SameDiff layers. SameDiff's own session of 1.0.0-M2.1 takes 50 to 100
 * microseconds of bookkeeping for every op, which at small sizes is most of a layer's time, and
 * runs many passes over memory where one kernel is enough.
 *
 * <ul>
 *   <li>{@link org.lamina.samediff.execution.LayerGraph}: a layer's output and gradients. It is run
 *       by a {@link org.lamina.samediff.execution.CompiledGraph}, or by SameDiff's session if the
 *       graph has ops that a fixed order of steps cannot run.
 *   <li>{@link org.lamina.samediff.execution.CompiledGraph}: the steps that lead from given values
 *       to wanted ones, sorted once, with shapes and constants computed once for each shape of the
 *       input.
 *   <li>{@link org.lamina.samediff.execution.FusedParts}: which parts of a graph compute a {@link
 *       org.lamina.kernels.FusedFunction}. Such a part runs as one {@link
 *       org.lamina.kernels.GraphKernel} where there is one, else op by op. The graph itself stays a
 *       graph of SameDiff's ops.
 * </ul>
 */
package org.lamina.samediff.execution;
