package org.lamina.zoo.data.augment;

import org.lamina.zoo.data.DataException;

/** Checks of arguments. */
final class Arguments {
    private Arguments() {}

    static void share(String name, double value) {
        between(name, value, 0, 1);
    }

    static void between(String name, double value, double least, double most) {
        check(value >= least && value <= most, name, value, least + " to " + most);
    }

    static void above(String name, double value, double bound) {
        check(value > bound && value < Double.POSITIVE_INFINITY, name, value, "above " + bound);
    }

    static void notNegative(String name, double value) {
        check(value >= 0 && value < Double.POSITIVE_INFINITY, name, value, "0 or more");
    }

    static void check(boolean allowed, String name, Object value, String range) {
        if (!allowed) {
            throw new DataException("%s %s must be %s", name, value, range);
        }
    }
}
