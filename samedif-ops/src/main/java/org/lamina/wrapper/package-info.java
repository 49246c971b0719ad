/** What wraps a convolution layer, native or SameDiff, to standardize its weights. */
package org.lamina.wrapper;
