/** What happens to gradients on their way to the parameters. */
package org.lamina.optimize;
