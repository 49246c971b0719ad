/**
 * The arrays that layers are given: checks, views, data formats, and masks with what follows from
 * them in a padded minibatch.
 */
package org.lamina.arrays;
