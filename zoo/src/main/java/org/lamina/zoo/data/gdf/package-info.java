/** GDF files, among them those of the BCI Competitions. */
package org.lamina.zoo.data.gdf;
