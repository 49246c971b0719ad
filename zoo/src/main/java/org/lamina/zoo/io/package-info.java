/** Files that are complete or not there at all, and archives from untrusted sources. */
package org.lamina.zoo.io;
