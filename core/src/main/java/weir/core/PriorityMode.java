package weir.core;

/** How the levels of a queue share its deliveries. The order is part of the format on disk. */
public enum PriorityMode {
    /** Highest first for short bursts, and a stated bound on how often any waiting level can be passed over. */
    BOUNDED,
    /** Highest first, always; the low ones may starve. */
    STRICT
}
