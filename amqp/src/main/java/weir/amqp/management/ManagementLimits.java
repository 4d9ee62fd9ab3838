package weir.amqp.management;

import java.time.Duration;

/** The bounds of the management API, each with its reason. */
final class ManagementLimits {
    /** RabbitMQ's figure: enough for the definitions of a large cluster. */
    static final int BODY_BYTES_MAX = 20_000_000;

    /** Requests above this size are read a few at a time, so that bodies in memory stay bounded. */
    static final int SMALL_BODY_BYTES = 64 * 1024;

    /** Times {@link #BODY_BYTES_MAX}, the memory that bodies may take. */
    static final int LARGE_BODIES_AT_ONCE = 3;

    /** How long a large body waits for its turn before the client is told to come again. */
    static final Duration LARGE_BODY_PATIENCE = Duration.ofSeconds(10);

    /** People and scripts; each costs a virtual thread. */
    static final int CONNECTIONS_MAX = 1_024;

    /** From its first line on a request must be whole within this time, and its answer taken within as much again. */
    static final Duration REQUEST_TIME = Duration.ofSeconds(60);

    /** A connection without a request for so long is closed. */
    static final Duration IDLE_TIMEOUT = Duration.ofMinutes(2);

    /** An import makes its definitions one after the other, some milliseconds each. */
    static final Duration IMPORT_TIME = Duration.ofMinutes(10);

    /** After a wrong password: guessing takes time, as it does for clients that speak AMQP. */
    static final Duration REFUSED_LOGIN_PAUSE = Duration.ofSeconds(1);

    /** RabbitMQ's figures of one page. */
    static final int PAGE_SIZE = 100;

    static final int PAGE_SIZE_MAX = 500;

    /** Characters of a filter that is a regular expression; RabbitMQ's figure. */
    static final int FILTER_CHARS_MAX = 1_024;

    /** Queues read from the catalog at a time. */
    static final int CATALOG_PAGE = 1_000;

    /** Things that a node is asked for at a time by another: a kilobyte each. */
    static final int NODE_PAGE = 2_000;

    /** Messages that one request may take from a queue; with their bodies they are in memory at once. */
    static final int GET_MESSAGES_MAX = 1_000;

    /** Their bodies together; beyond it fewer messages are answered than were asked for. */
    static final int GET_BYTES_MAX = 64 * 1024 * 1024;

    /** Tables within tables of a request; the reader of definitions is recursive. */
    static final int JSON_DEPTH_MAX = 64;

    /** The time over which rates are taken, and so how late they may be; RabbitMQ's figure. */
    static final Duration RATES_OVER = Duration.ofSeconds(5);

    /** Queues and the like whose last numbers are remembered, for their rates: some 250 bytes each. */
    static final int CHANGING_MAX = 100_000;

    /** A rate over more than that is of no interest any more: whoever asks then asks for the first time. */
    static final Duration CHANGING_FORGOTTEN = Duration.ofMinutes(10);

    /** Things whose numbers are kept for those who want samples: some 20 KiB each. */
    static final int SAMPLED_MAX = 500;

    /** Of each so many readings, {@link #RATES_OVER} apart at least: ten minutes, RabbitMQ's figure, for who asks all the time. */
    static final int READINGS_MAX = 121;

    /** Samples of one number in one answer; RabbitMQ answers as many as are asked for. */
    static final int SAMPLES_MAX = 500;

    /** How long a list of a node's connections may take, piece by piece; what it has not said by then is left out. */
    static final Duration NODE_LIST_TIME = Duration.ofSeconds(10);

    /** Counting all queues is not done again before this many times what it took has gone by. */
    static final int COUNTING_SHARE = 20;

    private ManagementLimits() {}
}
