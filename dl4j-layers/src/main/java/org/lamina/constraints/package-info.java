/**
 * Norm constraints that work on every DL4J layer.
 *
 * <p>{@link org.lamina.constraints.MaxNorm}, {@link org.lamina.constraints.MinMaxNorm} and {@link
 * org.lamina.constraints.UnitNorm} keep the L2 norm of each output unit's incoming weights in
 * bounds; DL4J applies them after each update, once.
 *
 * <pre>{@code
 * MultiLayerConfiguration conf = new NeuralNetConfiguration.Builder()
 *         .updater(new Adam(1e-3))
 *         .list()
 *         .layer(new DepthwiseConvolution2D.Builder(22, 1)
 *                 .depthMultiplier(2)
 *                 .constrainWeights(new MaxNorm(1.0))
 *                 .build())
 *         .layer(new OutputLayer.Builder(LossFunction.MCXENT)
 *                 .nOut(4)
 *                 .activation(Activation.SOFTMAX)
 *                 .constrainWeights(new MaxNorm(0.25))
 *                 .build())
 *         .setInputType(InputType.convolutional(22, 256, 8))
 *         .build();
 *
 * // Also project the initial weights, and fix what DL4J's own constraints do wrong:
 * ConstraintAudit<MultiLayerConfiguration> audit = ConstraintAudit.of(conf);
 * audit.findings().forEach(finding -> log.info("{}", finding));
 * MultiLayerNetwork network = new MultiLayerNetwork(audit.corrected());
 * network.init();
 * }</pre>
 *
 * <p>On a layer whose builder DL4J does not ask for constraints (SameDiff layers and some others,
 * listed at {@link org.lamina.constraints.ConstraintAudit}) use {@code
 * layer.setConstraints(List.of(new MaxNorm(1.0)))}. To project parameters at any other time, such
 * as after loading or averaging them, call {@link
 * org.lamina.constraints.Constraints#project(org.deeplearning4j.nn.api.Model)}. A custom layer
 * declares its output units with {@link org.lamina.constraints.OutputUnitLayout}.
 */
package org.lamina.constraints;
