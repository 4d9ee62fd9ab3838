package weir.cluster.replication;

import weir.core.Check;

/**
 * Names one replicated log for good: its files are found by this number, so a number is never given a new meaning.
 *
 * @param number 0 is the catalog, the shards follow
 */
public record GroupId(int number) {
    /** More groups than any cluster needs; the bound keeps a wrong number from becoming a directory. */
    public static final int NUMBER_MAX = 10_000;

    public static final GroupId CATALOG = new GroupId(0);

    public GroupId {
        Check.inRange("number", number, 0, NUMBER_MAX);
    }

    /** @param shard counted from 0 */
    public static GroupId shard(int shard) {
        return new GroupId(Math.addExact(shard, 1));
    }

    /** As it is called in messages to the operator. */
    @Override
    public String toString() {
        return number == 0 ? "catalog" : "shard " + (number - 1);
    }
}
