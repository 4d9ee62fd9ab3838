package weir.amqp.deadletter;

import java.time.Duration;

/** The numbers of dead-lettering, each with its reason. */
final class DeadLetterLimits {
    /** Leased at a time while they are small: a few entries of the log for many messages. */
    static final int MESSAGES_MAX = 256;

    /** At first, and again after large ones. */
    static final int MESSAGES_FIRST = 8;

    /** Payloads leased at a time that are many: the next time one message is, as one may be 16 MiB. */
    static final long BYTES_MANY = 4L * 1024 * 1024;

    /**
     * Enough for forwarding what was leased; should it not be, nothing comes twice for that. Over before {@link #ACTIVE} is, which
     * was extended up to {@link #ACTIVE_EXTENDED_EVERY} before: who takes over after a kill begins with these.
     */
    static final Duration LEASE = Duration.ofSeconds(3);

    /** Who forwards is known for that long; after a kill it is how long all dead letters wait. */
    static final Duration ACTIVE = Duration.ofSeconds(6);

    /** Extended well before it ends. */
    static final Duration ACTIVE_EXTENDED_EVERY = Duration.ofSeconds(2);

    /** Waiting costs nothing; shorter than the above, so that it is done in time. */
    static final Duration PATIENCE = Duration.ofSeconds(1);

    /** Whether there is anything to forward from at all, asked of this node's memory. */
    static final Duration LOOK = Duration.ofMillis(200);

    /** A message that some queue has no room for is offered to it again after that. */
    static final Duration PAUSE = Duration.ofSeconds(1);

    /** The same of one that nothing can be done with: whoever finds the reason does so in more than a minute. */
    static final Duration STAY = Duration.ofMinutes(1);

    /** What is a bug with one message may be none the next time; the third time the message is put aside. */
    static final int TRIES = 3;

    /** After what is a bug or an outage. */
    static final Duration AFTER_ERROR = Duration.ofSeconds(1);

    /** A server that stops waits no longer for a thread. */
    static final Duration STOPPING = Duration.ofSeconds(1);

    private DeadLetterLimits() {}
}
