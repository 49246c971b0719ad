/** Both of DL4J's kinds of network, seen as one. */
package org.lamina.zoo.network;
