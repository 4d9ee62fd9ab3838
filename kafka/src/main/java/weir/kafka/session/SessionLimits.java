package weir.kafka.session;

import java.time.Duration;

/** The bounds of a connection, each with its reason. */
final class SessionLimits {
    /**
     * Requests of one connection that were read and not answered. Kafka's producers send 5 ahead, librdkafka's as many as a million unless
     * told otherwise; more than these make a publish no faster.
     */
    static final int PIPELINED_MAX = 64;

    /** Of the heap, for requests that were read and not answered. */
    static final int REQUESTS_PART_OF_HEAP = 6;

    /** Of the heap, for what is fetched and not yet taken by clients. */
    static final int ANSWERS_PART_OF_HEAP = 6;

    /** Who takes nothing of an answer for so long does not read any more; what it was given is others' room. */
    static final Duration STALLED = Duration.ofSeconds(60);

    /** Between two looks at who is stalled. */
    static final Duration LOOK = Duration.ofSeconds(5);

    /** What goes to the socket at a time: a client that reads slowly takes one after the other. */
    static final int WRITE_BYTES = 64 * 1024;

    private SessionLimits() {}
}
