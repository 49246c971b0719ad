/** Reader for the recording formats EDF, EDF+, BDF and BDF+. */
package org.lamina.zoo.data.edf;
