/**
 * Hyperparameters of every layer family: immutable values with their validation, shape inference
 * and parameter shapes, shared by the SameDiff form and the native form.
 */
package org.lamina.spec;
