/** MATLAB's files, versions 5 and 7.3. */
package org.lamina.zoo.data.mat;
