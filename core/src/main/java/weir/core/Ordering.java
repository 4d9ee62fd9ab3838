package weir.core;

/** What a queue promises about the order of its messages. The order is part of the format on disk. */
public enum Ordering {
    /** First published is first delivered, as far as leases, retries and fairness among tenants allow. */
    BEST_EFFORT,
    /** The messages of a group are handled strictly in order: the group is locked while one of them is leased. */
    GROUP
}
