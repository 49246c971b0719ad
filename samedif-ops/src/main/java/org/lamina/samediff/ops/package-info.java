/**
 * Graph functions: {@code SDVariable} in, {@code SDVariable} out, no state. The SameDiff layers are
 * built from them; a pure SameDiff graph calls them directly.
 */
package org.lamina.samediff.ops;
