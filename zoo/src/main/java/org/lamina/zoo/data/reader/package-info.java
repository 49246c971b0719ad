/** What readers of several formats share: units, channel selection, gaps, samples on disk. */
package org.lamina.zoo.data.reader;
