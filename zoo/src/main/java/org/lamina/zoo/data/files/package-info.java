/** Recordings in files and folders, among them BIDS data sets. */
package org.lamina.zoo.data.files;
