/** What runs the SameDiff layers inside a DL4J network. */
package org.lamina.samediff.layers.impl;
