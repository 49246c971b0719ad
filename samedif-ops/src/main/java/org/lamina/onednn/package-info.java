/** oneDNN called directly, the fast path for float arrays on a CPU. */
package org.lamina.onednn;
