package weir.kafka.fetch;

import java.time.Duration;

/** The bounds of reading, each with its reason. */
final class FetchLimits {
    /** Of one answer, be more asked for or not: Kafka's clients ask for 50 MiB, and come again at once. One of the largest batches may go beyond it. */
    static final int ANSWER_BYTES_MAX = 16 * 1024 * 1024;

    /** Of one answer while many are on their way to clients: nobody waits for others who do not read. */
    static final int ANSWER_BYTES_LEAST = 64 * 1024;

    /** The longest wait for something to read; clients ask for half a second unless they are told otherwise. */
    static final Duration WAIT_MAX = Duration.ofSeconds(60);

    /** Read at a time in search of a time. */
    static final int SEARCH_BYTES = 1024 * 1024;

    /** How long such a search goes on, as long as any call may take. */
    static final Duration SEARCH = Duration.ofSeconds(25);

    private FetchLimits() {}
}
