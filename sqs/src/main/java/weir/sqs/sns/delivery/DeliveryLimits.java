package weir.sqs.sns.delivery;

import java.time.Duration;

/** What delivering may take. */
final class DeliveryLimits {
    /** SQS's limit on a message's attributes, which a raw delivery to a queue has to keep. */
    static final int RAW_ATTRIBUTES_MAX = 10;

    /** How long what waits for delivery is kept. AWS tries for 23 days to reach a queue. */
    static final Duration RETENTION = Duration.ofDays(23);

    /**
     * Of a FIFO topic's messages that are being forwarded. Should that take longer, they are forwarded again; should the server
     * be killed meanwhile, they wait as long.
     */
    static final Duration FORWARD_LEASE = Duration.ofSeconds(10);

    /** Messages of a FIFO topic that are forwarded by one step; more share its two commits. */
    static final int FORWARD_MESSAGES = 50;

    /** More than the name of one subscription, and what is said of the message itself, add to what is stored of it. */
    static final int NAMING_BYTES = 1024;

    /** Until a FIFO topic's message is forwarded again that a queue would not have, as it is full or paused. */
    static final Duration FORWARD_PAUSE = Duration.ofSeconds(1);

    /**
     * Messages of one FIFO topic for which is remembered which subscribers have them, while others still refuse. Beyond it,
     * those that have them may get them twice.
     */
    static final int PARTLY_FORWARDED_MAX = 10_000;

    /** How long a thread waits for messages before it looks whether its topic or subscription is still there. */
    static final Duration PATIENCE = Duration.ofMinutes(1);

    /** How often queues are looked for whose messages nobody delivers yet, or that nobody needs any more. */
    static final Duration SCAN_PERIOD = Duration.ofSeconds(5);

    /** Before a step is tried again that met an error, or found no room. */
    static final Duration AFTER_ERROR = Duration.ofSeconds(1);

    /** From the first byte sent to the last one received: AWS's figure. */
    static final Duration HTTP_TIME = Duration.ofSeconds(15);

    static final Duration HTTP_CONNECT_TIME = Duration.ofSeconds(5);

    /** How long a request waits until fewer are under way; after that its message is given back as if never looked at. */
    static final Duration HTTP_PERMIT_TIME = Duration.ofSeconds(10);

    /** Longer than the two together, so that nobody sends a message that is being sent. */
    static final Duration HTTP_LEASE = Duration.ofSeconds(30);

    /** Requests under way to one endpoint. */
    static final int HTTP_IN_FLIGHT_OF_ONE = 10;

    /** Requests under way in all: bounds sockets. */
    static final int HTTP_IN_FLIGHT = 256;

    /**
     * Of those, second and further ones to endpoints that have one under way already. The rest is for first ones, so that as
     * many endpoints may begin to hang at once before another one has to wait.
     */
    static final int HTTP_IN_FLIGHT_FURTHER = 128;

    /** Of those, to endpoints that did not answer in time when last tried; each of them is sent one message at a time. */
    static final int HTTP_IN_FLIGHT_HANGING = 64;

    /** The first pause before a message is offered again to a dead-letter queue that would not have it; then twice as long. */
    static final Duration LETTER_PAUSE_MIN = Duration.ofSeconds(1);

    static final Duration LETTER_PAUSE_MAX = Duration.ofMinutes(5);

    /**
     * Messages of one subscription that are known to wait for their dead-letter queue. One that is forgotten, as after a
     * restart, is sent to the endpoint once more.
     */
    static final int LETTERS_WAITING_MAX = 10_000;

    /** A line in the log tells of messages that were dropped, at most this often. */
    static final Duration LOG_PERIOD = Duration.ofSeconds(10);

    private DeliveryLimits() {}
}
