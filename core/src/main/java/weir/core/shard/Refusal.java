package weir.core.shard;

/** Why the shard did not do what a command asked. Each front has one table from these to its own error codes. */
public enum Refusal {
    NO_SUCH_QUEUE,
    QUEUE_FULL,
    MESSAGE_TOO_LARGE,
    PUBLISH_PAUSED,
    /** The queue is ordered by group and a message has none. */
    GROUP_MISSING,
    /** As many leases are out as the queue allows. */
    TOO_MANY_IN_FLIGHT,
    /** The queue was purged less than the asked-for rest ago. */
    PURGED_RECENTLY,
    /** The leader's disk is nearly full, or read-only. The leader says so, not the machine: what makes room is still taken. */
    DISK_FULL,
    /** What is read by cursor cannot be leased from or purged, nor what is read by lease be read by cursor. */
    READ_OTHERWISE,
    /** A topic has no such offset. */
    OFFSET_OUT_OF_RANGE,
    /** A numbered batch neither follows what its producer published before nor repeats any of the newest of it. */
    OUT_OF_ORDER_SEQUENCE,
    /** A numbered batch is of an epoch that its producer has left behind: somebody began anew under the same id. */
    INVALID_PRODUCER_EPOCH
}
