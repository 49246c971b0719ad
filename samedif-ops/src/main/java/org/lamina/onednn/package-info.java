/** oneDNN called directly: the fast way for float arrays on a CPU. */
package org.lamina.onednn;
