package weir.cluster.placement;

import weir.cluster.replication.GroupId;
import weir.core.Check;

/**
 * What one replica of a shard applies. All replicas of a shard apply the same, so it does not matter whose it is, and it goes on
 * evenly when another one leads.
 *
 * @param bytesPerSecond of entries, over the last minute or so
 * @param commandsPerSecond in them
 * @param steady the {@link #weight} over a quarter of an hour: what it takes to move data for
 */
public record ShardLoad(GroupId group, long bytesPerSecond, long commandsPerSecond, long steady) {
    public ShardLoad {
        Check.inRange("bytesPerSecond", bytesPerSecond, 0, Long.MAX_VALUE);
        Check.inRange("commandsPerSecond", commandsPerSecond, 0, Long.MAX_VALUE);
        Check.inRange("steady", steady, 0, Long.MAX_VALUE);
    }

    /** Both in one number, in bytes per second. */
    public long weight() {
        return weight(bytesPerSecond, commandsPerSecond);
    }

    static long weight(long bytesPerSecond, long commandsPerSecond) {
        return bytesPerSecond + commandsPerSecond * PlacementLimits.COMMAND_COSTS_BYTES;
    }
}
