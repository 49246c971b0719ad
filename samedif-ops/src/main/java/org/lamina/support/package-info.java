/** What the implementations of both forms of a layer do alike for DL4J. */
package org.lamina.support;
