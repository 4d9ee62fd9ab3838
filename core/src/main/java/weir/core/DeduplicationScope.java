package weir.core;

/** Among which messages a deduplication id is unique. The order is part of the format on disk. */
public enum DeduplicationScope {
    QUEUE,
    GROUP
}
