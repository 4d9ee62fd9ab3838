package weir.sqs;

import java.time.Duration;

/** What one client, and all of them together, may take of this server. The limits of SQS itself stand with the actions. */
final class SqsLimits {
    /**
     * A batch is at most 1 MiB of text, but travels escaped: JSON can make 2 bytes of one ({@code \"}, {@code \n}) or 6
     * of one that is written as {@code \\u0041}, the form encoding 3. Binary values grow by a third.
     */
    static final int REQUEST_BYTES = 8 * 1024 * 1024;

    /** A signed request has about 2 KiB; session tokens add some. */
    static final int HEADER_BYTES = 16 * 1024;

    /** A Query request by GET has all of its parameters in the first line; larger ones must come by POST. */
    static final int FIRST_LINE_BYTES = 16 * 1024;

    /** From the first line on, a request must be whole within this time, and its answer taken within as much again. */
    static final Duration REQUEST_TIME = Duration.ofSeconds(20);

    /**
     * SDKs keep idle connections for 60 s or less, so that they, not this server, close most. Longer than
     * {@link weir.net.http.HttpLimits#IDLE_TIME_AFTER_WAIT}.
     */
    static final Duration IDLE_TIME = Duration.ofMinutes(3);

    static final Duration IDLE_PERIOD = Duration.ofSeconds(15);

    /** Twice the 10 000 idle ones that a server must bear. */
    static final int CONNECTIONS = 20_000;

    /** Of the body of any request, what needs no share of the budget for all: most requests are smaller. */
    static final int BODY_BYTES_FREE = 8 * 1024;

    /** Bodies of requests that are being read, all connections together, as a part of the heap. */
    static final int BODY_PART_OF_HEAP = 8;

    /** Requests being answered may take this long to finish when the server stops. */
    static final Duration STOP_TIME = Duration.ofSeconds(1);

    private SqsLimits() {}
}
