package weir.cluster.shard;

/** How often what a simulation is about has happened, to show that it was about it. */
final class Tally {
    long committed;
    long answered;
    long elections;
    /** Items that a deposed leader had and nobody else. */
    long cut;

    long takenOver;
    long powerLost;
    long killed;
    long partitions;
    long membersChanged;
    long dropped;
    long handedOver;
    long damaged;
    long rebuilt;

    private void add(Tally other) {
        committed += other.committed;
        answered += other.answered;
        elections += other.elections;
        cut += other.cut;
        takenOver += other.takenOver;
        powerLost += other.powerLost;
        killed += other.killed;
        partitions += other.partitions;
        membersChanged += other.membersChanged;
        dropped += other.dropped;
        handedOver += other.handedOver;
        damaged += other.damaged;
        rebuilt += other.rebuilt;
    }

    Tally plus(Tally other) {
        Tally sum = new Tally();
        sum.add(this);
        sum.add(other);
        return sum;
    }

    @Override
    public String toString() {
        return committed + " entries committed, " + answered + " answered, " + elections + " leaders elected, " + cut
                + " items cut, " + takenOver + " checkpoints taken over, " + powerLost + " losses of power, " + killed
                + " kills, " + partitions + " partitions, " + membersChanged + " changes of members, " + dropped
                + " replicas dropped, " + handedOver
                + " times handed over, " + damaged + " replicas damaged, " + rebuilt + " rebuilt";
    }
}
