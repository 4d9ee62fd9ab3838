package weir.core.shard;

import weir.core.Check;
import weir.core.Limits;

/**
 * How much the machine does at a time and keeps in memory. The figures change what is handed out when, so all replicas
 * use {@link #USUAL}; tests use small ones, to get to each bound in a few commands.
 *
 * @param timers run by one entry, so that it ends soon; what is left is run by the next
 * @param sweep messages expired or dropped by one command or sweep, so that it ends soon; the rest follows at the next
 * @param departing messages of one partition on their way elsewhere; beyond it nothing is done that sends more there
 * @param readAhead messages of a level read ahead in a queue with groups; what no other group can be hidden behind
 * @param laneReadAhead messages of one group read ahead; a group with more is passed over and read again in its turn
 * @param look messages of a level looked at by one acquire, so that it ends soon; the next one goes on from there
 * @param read messages asked of the log at a time
 * @param locked messages of a level, beside the read-ahead, that are kept in memory while their group is locked
 * @param laneLocked messages of one locked group kept when half of those are there; the rest is read again when it is free
 * @param noisyLeases a tenant that holds fewer leases is served in its turn, whatever its share of them is
 * @param attempts named receives of a partition that can be repeated
 * @param producers that are remembered by one partition, see {@link Limits#PRODUCERS_MAX}
 * @param producersOfShard the same of all its partitions together
 */
record Bounds(
        int timers,
        int sweep,
        int departing,
        int readAhead,
        int laneReadAhead,
        int look,
        int read,
        int locked,
        int laneLocked,
        int noisyLeases,
        int attempts,
        int producers,
        int producersOfShard) {
    static final Bounds USUAL = new Bounds(
            20_000,
            4096,
            20_000,
            8192,
            256,
            8192,
            256,
            65_536,
            8,
            30,
            Limits.ATTEMPTS_MAX,
            Limits.PRODUCERS_MAX,
            Limits.PRODUCERS_OF_SHARD_MAX);

    Bounds {
        Check.atLeast("timers", timers, 1);
        Check.atLeast("sweep", sweep, 1);
        Check.atLeast("departing", departing, 1);
        Check.atLeast("readAhead", readAhead, 1);
        Check.atLeast("laneReadAhead", laneReadAhead, 1);
        Check.atLeast("look", look, 1);
        Check.atLeast("read", read, 1);
        Check.atLeast("locked", locked, 0);
        Check.atLeast("laneLocked", laneLocked, 0);
        Check.atLeast("noisyLeases", noisyLeases, 1);
        Check.atLeast("attempts", attempts, 1);
        Check.atLeast("producers", producers, 1);
        Check.atLeast("producersOfShard", producersOfShard, 1);
    }
}
