package org.lamina.benchmark;

/**
 * One size of a workload whose time and memory are measured as they grow with something.
 *
 * @param with what it grows with
 * @param value how much there is of it
 */
record GrowthPoint(String with, long value, Workload work) implements Workload {

    @Override
    public String name() {
        return work.name() + " by " + with;
    }

    @Override
    public String size() {
        return with + " " + value;
    }

    @Override
    public Mode mode() {
        return work.mode();
    }

    @Override
    public long[] shape() {
        return work.shape();
    }

    @Override
    public boolean isFor(Competitor competitor) {
        return competitor == Competitor.LAMINA;
    }

    @Override
    public boolean alone() {
        return true;
    }

    @Override
    public Workload tiny() {
        return work.tiny();
    }

    @Override
    public Step prepare(Competitor competitor) {
        return work.prepare(competitor);
    }
}
