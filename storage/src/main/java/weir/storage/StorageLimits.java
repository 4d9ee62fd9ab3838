package weir.storage;

/** Every limit of this package, each with its reason. Those that bound memory are for each shard. */
final class StorageLimits {
    /** Payload bytes after which a chunk is closed: 10 million messages of 100 bytes come to some 15 000 chunks. */
    static final int CHUNK_PAYLOAD_BYTES = 64 * 1024;

    /** Meta bytes after which a chunk is closed, for logs of empty or tiny messages: bounds what one read decodes. */
    static final int CHUNK_META_BYTES = 32 * 1024;

    /** One pread, and the unit of the read cache: some 60 messages of 1 KiB. */
    static final int BLOCK_BYTES = 64 * 1024;

    /** Payload blocks kept: as many logs can be read in order at a time without reading a block twice. */
    static final int BLOCK_CACHE_BYTES = 4 * 1024 * 1024;

    /** A larger payload is read alone and not cached: it would push out more than it brings. */
    static final int CACHED_PAYLOAD_BYTES_MAX = 16 * 1024;

    /** Decoded chunk metas kept, estimated; about 60 chunks of small messages. */
    static final int META_CACHE_BYTES = 8 * 1024 * 1024;

    /** Live bytes copied forward by one checkpoint, unless one half-dead segment alone has more. */
    static final long REWRITE_BYTES_MAX = 32L * 1024 * 1024;

    /** The same in live messages of chunks of which much is dead: each may cost the shard's thread a few questions to the machine. */
    static final long REWRITE_QUESTIONS_MAX = 256 * 1024;

    /** So many small segments of about one size are merged. Bounds open files, and what is copied to log8 of the size. */
    static final int MERGE_SEGMENTS_MIN = 8;

    /** Below this a payload that several logs share is stored again: to remember it would cost as much. */
    static final int SHARED_PAYLOAD_BYTES_MIN = 512;

    /** What a batch costs in memory beside its payload: its record, its slice, its places in two arrays. */
    static final int TAIL_BATCH_BYTES = 128;

    /** What a message costs in memory beside its payload, ids not counted. */
    static final int TAIL_MESSAGE_BYTES = 48;

    /** Writes are gathered to this size. */
    static final int WRITE_BUFFER_BYTES = 256 * 1024;

    private StorageLimits() {}
}
