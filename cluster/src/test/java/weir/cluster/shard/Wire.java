package weir.cluster.shard;

import java.util.List;
import weir.cluster.shard.SimulatedLog.Item;

/** What simulated replicas say to each other. */
sealed interface Wire {
    long term();

    /** A candidate asks for a vote. */
    record Ask(long term, long lastIndex, long lastTerm) implements Wire {}

    record Vote(long term, boolean granted) implements Wire {}

    /** Items that follow the one at {@code before}; none, to be heard of. */
    record Append(long term, long before, long termBefore, List<Item> items, long commit) implements Wire {}

    /** @param index if taken: all up to it is on disk, as the leader has it; else where the follower's log may agree */
    record Appended(long term, boolean taken, long index) implements Wire {}

    /** The log before {@code firstKept} is gone; a checkpoint of the leader's is to be had. */
    record TakeOver(long term, long firstKept) implements Wire {}
}
