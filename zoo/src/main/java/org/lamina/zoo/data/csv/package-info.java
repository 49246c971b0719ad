/** Recordings in CSV files. */
package org.lamina.zoo.data.csv;
