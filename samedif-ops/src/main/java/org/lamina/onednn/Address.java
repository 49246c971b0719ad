package org.lamina.onednn;

import org.bytedeco.javacpp.Pointer;

/** A pointer to memory owned by someone else. */
final class Address extends Pointer {

    Address of(long value) {
        this.address = value;
        return this;
    }
}
