/** What data sets of all kinds share: errors, checks of files, names in messages. */
package org.lamina.zoo.data;
