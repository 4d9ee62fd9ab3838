package weir.admin;

import java.time.Duration;
import weir.core.Limits;

/** Every limit of the admin API, with its reason. */
final class AdminLimits {
    /** Larger messages travel through a protocol front; this API is for people and scripts. */
    static final int BODY_BYTES_MAX = 8 * 1024 * 1024;

    /** Requests above this size are read a few at a time, so that bodies in memory stay bounded. */
    static final int SMALL_BODY_BYTES = 64 * 1024;

    /** Times {@link #BODY_BYTES_MAX}, the memory that bodies may take. */
    static final int LARGE_BODIES_AT_ONCE = 8;

    /** How long a large body waits for its turn before the client is told to come again. */
    static final Duration LARGE_BODY_PATIENCE = Duration.ofSeconds(10);

    /** Receivers that wait count, each costs a virtual thread. */
    static final int CONNECTIONS_MAX = 4_096;

    /** From the first line on, a request must be whole within this time, and its answer taken within as much again. */
    static final Duration REQUEST_TIME = Duration.ofSeconds(30);

    /**
     * A kept-alive connection without a request for so long is closed. Longer than
     * {@link weir.net.http.HttpLimits#IDLE_TIME_AFTER_WAIT}.
     */
    static final Duration IDLE_TIMEOUT = Duration.ofMinutes(5);

    /** Each queue of a page costs a look at its counters. */
    static final int QUEUES_PER_PAGE_MAX = 1_000;

    static final int QUEUES_PER_PAGE = 100;

    /** Users cost nothing to look at; bounds one answer. */
    static final int USERS_PER_PAGE_MAX = 1_000;

    static final int USERS_PER_PAGE = 100;

    /** Messages in one request, either way; with their bodies they are in memory at once. */
    static final int MESSAGES_PER_REQUEST_MAX = 100;

    /** What a peek shows of a body unless asked for more. */
    static final int PEEK_BODY_BYTES = 64 * 1024;

    /** Bodies in one page of a peek; the page ends early where they come to more. */
    static final int PEEK_PAGE_BYTES = 4 * 1024 * 1024;

    /** Proxies and clients often give up after a minute. */
    static final Duration WAIT_MAX = Duration.ofSeconds(50);

    /** Times that a change is tried again when another came in between. */
    static final int CHANGE_TRIES = 10;

    /** How far a test moves the clock at a time: as far as the longest delay. */
    static final Duration ADVANCE_MAX = Limits.DELAY_MAX;

    private AdminLimits() {}
}
