package weir.cluster.shard;

import java.util.List;
import weir.cluster.shard.SimulatedLog.Item;

/** What simulated replicas say to each other. */
sealed interface RaftMessage {
    long term();

    /**
     * A candidate asks for a vote.
     *
     * @param membersIndex where its log says who the members are
     */
    record Ask(long term, long lastIndex, long lastTerm, long membersIndex) implements RaftMessage {}

    record Vote(long term, boolean granted) implements RaftMessage {}

    /** Items that follow the one at {@code before}; none, to be heard of. */
    record Append(long term, long before, long termBefore, List<Item> items, long commit) implements RaftMessage {}

    /** @param index if taken: all up to it is on disk, as the leader has it; else where the follower's log may agree */
    record Appended(long term, boolean taken, long index) implements RaftMessage {}

    /** The leader hands over: whoever gets it stands for election at once. */
    record Stand(long term) implements RaftMessage {}

    /** The log before {@code firstKept} is gone; a checkpoint of the leader's is to be had. */
    record TakeOver(long term, long firstKept) implements RaftMessage {}
}
