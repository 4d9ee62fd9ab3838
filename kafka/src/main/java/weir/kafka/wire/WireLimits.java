package weir.kafka.wire;

import java.time.Duration;

/** The bounds of what comes over a socket, each with its reason. */
public final class WireLimits {
    /** Key, version and correlation id: less cannot be a request. */
    static final int REQUEST_BYTES_MIN = 8;

    /** A produce request: two of the largest batches. Kafka's producers send 1 MiB unless they are told otherwise. */
    public static final int PRODUCE_BYTES_MAX = 33 * 1024 * 1024;

    /** Any other request: some ten thousand partitions. Its fields become objects, so it is held much shorter. */
    public static final int REQUEST_BYTES_MAX = 1024 * 1024;

    /** Taken at once for what was announced; more when so much has come. */
    static final int FIRST_BYTES = 64 * 1024;

    /** How much a frame's room grows when it is full. */
    static final int GROWTH = 4;

    /** A connection may rest so long between two requests; Kafka's {@code connections.max.idle.ms}. */
    static final Duration IDLE = Duration.ofMinutes(10);

    /** A request that was begun is there by then, or its connection ends: what it holds is others' room. */
    static final Duration FRAME = Duration.ofSeconds(60);

    /** How long a request waits for room in memory, before its connection ends and the client comes again. */
    static final Duration ROOM = Duration.ofSeconds(20);

    /** What goes to the socket at a time. */
    static final int WRITE_BYTES = 64 * 1024;

    private WireLimits() {}
}
