package weir.cluster.placement;

import java.time.Duration;
import weir.cluster.replication.GroupId;

/**
 * Makes rates of totals that only grow. What was longer ago counts less and less, so that a burst or a pause of seconds changes
 * little. Safe for use by many threads.
 */
public final class LoadMeter {
    private static final double NANOS_PER_SECOND = 1e9;

    private final GroupId group;
    // Guarded by this:
    private boolean begun;
    private long lastNanos;
    private long lastBytes;
    private long lastCommands;
    private double bytesPerSecond;
    private double commandsPerSecond;
    private double steady;

    public LoadMeter(GroupId group) {
        this.group = group;
    }

    /**
     * @param bytes and {@code commands} so far
     * @param nanos by the monotonic clock
     */
    public synchronized ShardLoad load(long bytes, long commands, long nanos) {
        if (!begun) {
            begun = true;
            note(bytes, commands, nanos);
        } else if (nanos - lastNanos >= PlacementLimits.LOAD_SAMPLE.toNanos()) {
            double seconds = (nanos - lastNanos) / NANOS_PER_SECOND;
            double nowBytes = Math.max(0, bytes - lastBytes) / seconds; // A replica that was made anew begins at 0.
            double nowCommands = Math.max(0, commands - lastCommands) / seconds;
            double share = share(seconds, PlacementLimits.LOAD_OVER);
            bytesPerSecond += share * (nowBytes - bytesPerSecond);
            commandsPerSecond += share * (nowCommands - commandsPerSecond);
            double weight = ShardLoad.weight((long) nowBytes, (long) nowCommands);
            steady += share(seconds, PlacementLimits.STEADY_LOAD_OVER) * (weight - steady);
            note(bytes, commands, nanos);
        }
        return new ShardLoad(group, (long) bytesPerSecond, (long) commandsPerSecond, (long) steady);
    }

    /** How much the time since the last look counts against all before. */
    private static double share(double seconds, Duration over) {
        return 1 - Math.exp(-seconds / over.toSeconds());
    }

    private void note(long bytes, long commands, long nanos) {
        lastBytes = bytes;
        lastCommands = commands;
        lastNanos = nanos;
    }
}
