/** What both forms of a layer do alike for DL4J: bases of configurations and implementations. */
package org.lamina.support;
