/** Reader for the recordings of EEGLAB. */
package org.lamina.zoo.data.eeglab;
