package weir.amqp.wire;

/** Every bound on what comes over a connection, each with its reason. */
public final class WireLimits {
    /** RabbitMQ's default of what is offered at tuning; a frame is composed and read in one piece. */
    public static final int FRAME_MAX = 128 * 1024;

    /**
     * What the specification demands of every peer. RabbitMQ has asked for 8192 since 4.1, which keeps older clients of
     * other languages out.
     */
    public static final int FRAME_MIN = 4096;

    /** RabbitMQ's figure for the time before tuning, in which client properties have to fit. */
    public static final int FRAME_MAX_BEFORE_TUNING = 8192;

    /** Type, channel and size before a payload, and the end marker after it. */
    public static final int FRAME_OVERHEAD = 8;

    /** How far RabbitMQ lets a frame exceed the negotiated size, as some clients forget the overhead. */
    public static final int FRAME_FUDGE = 8;

    /** RabbitMQ's figure: a content header that announces more is no mistake that a channel could survive. */
    public static final long BODY_BYTES_ANNOUNCED_MAX = 512L * 1024 * 1024;

    /** Tables and arrays within each other; each costs a few bytes on the wire and a stack frame here. */
    static final int TABLE_DEPTH_MAX = 64;

    /**
     * Values of one table with all that is in it. A value may take a byte on the wire and some 60 in memory; the largest
     * header that anybody was seen to send has a few hundred.
     */
    static final int TABLE_VALUES_MAX = 8192;

    /** A content header up to this size is kept without being counted until its body comes: 8 MiB of all channels of a connection. */
    static final int HEADER_BYTES_FREE = 4 * 1024;

    /** What an idle connection keeps for reading. */
    static final int CHUNK_BYTES_MIN = 2 * 1024;

    /** What a busy one reads at once: a few dozen small messages, or half a frame. */
    static final int CHUNK_BYTES_MAX = 64 * 1024;

    /** Less than this is not worth a system call: the rest moves to a new chunk instead. */
    static final int READ_BYTES_MIN = 512;

    /** A body piece from this size on is written from where it lies; a smaller one is copied, which saves a system call. */
    static final int GATHER_BYTES_MIN = 16 * 1024;

    /** What a connection keeps for writing while it has nothing to write. */
    static final int WRITE_BUFFER_BYTES_KEPT = 16 * 1024;

    private WireLimits() {}
}
