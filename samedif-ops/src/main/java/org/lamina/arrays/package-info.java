/** Arrays passed to layers: checks, views, data formats, and masks of padded minibatches. */
package org.lamina.arrays;
