package org.lamina.benchmark;

/**
 * What something costs: a workload with it and the same without, which a process does in turns, so
 * that a percent can be told.
 *
 * @param what costs
 * @param limit of the share of the time without it
 */
record Overhead(String what, Workload with, Workload without, double limit) {

    String name() {
        return with.id() + ": " + what + ", share of the time without";
    }
}
