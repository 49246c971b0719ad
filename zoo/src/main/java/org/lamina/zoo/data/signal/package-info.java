/** Signal processing of one channel: filtering, resampling, moving standardization. */
package org.lamina.zoo.data.signal;
