/** DL4J's mask arrays through layers that change the shape of their input. */
package org.lamina.masks;
