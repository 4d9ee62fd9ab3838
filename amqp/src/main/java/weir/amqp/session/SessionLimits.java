package weir.amqp.session;

import java.time.Duration;
import weir.core.Limits;

/** The bounds of connections, channels and consumers, each with its reason. What a client may negotiate is in {@link AmqpSettings}. */
final class SessionLimits {
    /** RabbitMQ's figure: from the first byte to connection.open-ok. Who does not get so far holds a place for nothing. */
    static final Duration HANDSHAKE = Duration.ofSeconds(10);

    /** After a refused login, before the socket is closed: guessing passwords takes time. RabbitMQ waits as long. */
    static final Duration REFUSED_LOGIN_PAUSE = Duration.ofSeconds(1);

    /** How long a peer that was sent connection.close may take to answer it. */
    static final Duration CLOSE_ANSWER = Duration.ofSeconds(10);

    /** How long clients may take to answer that all of them are to go, before their sockets are closed; most take a millisecond. */
    static final Duration GOODBYE = Duration.ofSeconds(1);

    /** A client that takes nothing off its socket for so long is gone, or will never read: its connection ends. */
    static final Duration STALLED_WRITE = Duration.ofSeconds(60);

    /** How often all connections are looked at: heartbeats, stalls, leases. Small against the smallest heartbeat, a second. */
    static final Duration LOOK = Duration.ofMillis(500);

    /** What waits to be written to one client; beyond it consumers pause, and the client's own requests are not read. */
    static final int OUTBOX_BYTES = 512 * 1024;

    /** The same while what waits for all clients together is more than is meant for it: each may still go on. */
    static final int OUTBOX_BYTES_TIGHT = 32 * 1024;

    /** What one read of the socket takes at most: many small frames at once. */
    static final int READ_BYTES = 64 * 1024;

    /**
     * Content that one channel gathers for its next publish while one is on its way. Beyond it the connection is not read.
     * Enough that the disk is not waited for twice; a message that is larger travels alone.
     */
    static final int GATHERED_BYTES = 4 * 1024 * 1024;

    /**
     * Of the heap, the share that all channels together may gather so, and have on its way: one part in this many. A disk that
     * falls behind keeps hundreds of them waiting at the same time.
     */
    private static final int GATHERED_SHARE = 8;

    /** The same in messages: small ones cost by their number. */
    static final int GATHERED_MESSAGES = 8_192;

    /** What a message takes in memory beside its content, about. */
    static final int MESSAGE_BYTES = 256;

    /**
     * What it takes there that a message goes to a queue, until that has answered: a message of one byte takes two hundred
     * kilobytes in an exchange with a thousand queues, and counts as such wherever content does.
     */
    static final int WAY_BYTES = 200;

    /**
     * Of the heap, the share that bodies may take together of which only a part has come: one part in this many. Transactions may take
     * as much, and what waits to be written to clients.
     */
    private static final int HELD_SHARE = 16;

    /** By which bodies may go beyond that, so that one after the other comes to its end: two of the largest. */
    static final long HALF_SENT_BEYOND = 2L * Limits.MESSAGE_BYTES_MAX;

    /**
     * How long a body, or a transaction, is safe from those who find no room. The largest body over a slow line (2.5 Mbit/s); what takes
     * longer is let go of only if somebody needs its room.
     */
    static final Duration HALF_DONE_SAFE = Duration.ofSeconds(60);

    /** Content that goes to the broker in one publish, some entries of the log. More gains nothing and makes others wait. */
    static final int PUBLISH_BYTES = 1024 * 1024;

    /** The same in messages. */
    static final int PUBLISH_MESSAGES = 2_048;

    /** Content of one transaction, held until it is committed. RabbitMQ has no such limit. All together have one, too. */
    static final int TRANSACTION_BYTES = 64 * 1024 * 1024;

    /** The same in messages. */
    static final int TRANSACTION_MESSAGES = 100_000;

    /** What all transactions together may take in the smallest heap: one of the largest, be it of small messages. */
    static final long TRANSACTIONS_BYTES_LEAST = 2L * TRANSACTION_BYTES;

    /**
     * How long a connection is not read at most for what is on its way of it: some writes of a quick disk. What else it has
     * to say, to other channels and to slow queues, is late by that much.
     */
    static final Duration LULL = Duration.ofMillis(2);

    /**
     * A connection rests if it brought so many messages in the last {@link #LULL_PERIOD}, 8 000 a second. Below, a rest would make each message
     * later, and spare fewer wake-ups than there is time for.
     */
    static final int LULL_MESSAGES = 160;

    /** Some rounds of a publisher that waits for confirms once its window is full. */
    static final Duration LULL_PERIOD = Duration.ofMillis(20);

    /** A publisher that is kept waiting for so long is told that it is blocked; shorter waits are nobody's business. */
    static final Duration BLOCKED_AFTER = Duration.ofMillis(500);

    /** Leases ended by one command: some 200 KiB of log. */
    static final int SETTLED_AT_A_TIME = 10_000;

    /**
     * How long a delivery is held without being extended: what the connections of a node hold that dies is ready again after
     * that, and so is what a lost leader gave to nobody. Above the longest that clients were seen to wait for another leader.
     */
    static final Duration LEASE = Duration.ofSeconds(15);

    /** What was held for half of that time is extended at a look, so ten seconds are left of every lease: time for three tries. */
    static final Duration LEASE_EXTENDED_EVERY = Duration.ofSeconds(3);

    /**
     * How long a client that consumes waits at most to be told so, until its consumer waits for messages: some writes of a slow disk.
     * Nothing else of its connection is read meanwhile.
     */
    static final Duration ATTENDING = Duration.ofMillis(100);

    /** How long one receive waits. Waiting costs nothing; this only bounds how long a lost wait would go unnoticed. */
    static final Duration RECEIVE_PATIENCE = Duration.ofSeconds(30);

    /** The same where several consumers of one channel share a prefetch count, and take turns in waiting. */
    static final Duration SHARED_PATIENCE = Duration.ofMillis(50);

    /** How often a single active consumer says that it still is, and up to twice as late; three times before it is taken for lost. */
    static final Duration ACTIVE_EXTENDED_EVERY = Duration.ofSeconds(3);

    /** Content that one receive is to bring, by what the last ones were like. */
    static final int RECEIVE_BYTES = 1024 * 1024;

    /**
     * What it may bring into memory, be the messages as they are; a single one may be larger. Four times as much, as what is given
     * back since it is beyond that comes flagged as redelivered.
     */
    static final int RECEIVE_BYTES_MAX = 4 * RECEIVE_BYTES;

    /** What a consumer asks for first. It doubles while there is more, so a lone message is never taken from others. */
    static final int FIRST_RECEIVE = 16;

    /** Content that a consumer of a stream reads ahead, and has in memory while its client has no credit. */
    static final int STREAM_FETCHED_BYTES = 256 * 1024;

    /** The same of all of a node together; small messages take some seven times as much of the heap. */
    static final int STREAM_FETCHED_BYTES_OF_ALL = 32 * 1024 * 1024;

    /** The least that one fetch is worth asking for, however many share: ten thousand have 40 MiB of content then. */
    static final int STREAM_FETCHED_BYTES_MIN = 4 * 1024;

    /** Messages that a consumer of a stream sends before it looks whether its client reads. */
    static final int STREAM_DELIVERED_AT_A_TIME = 256;

    /** An exchange, or a queue's name, that leads nowhere is asked for again after that: a log entry each time. */
    static final Duration MISS_ASKED_EVERY = Duration.ofSeconds(1);

    /** Such names at a time; beyond it none is asked for. */
    static final int MISSES = 1_000;

    /** How long a message that leads nowhere waits for this node to catch up with the catalog. */
    static final Duration MISS_PATIENCE = Duration.ofSeconds(2);

    /** Direct replies on their way to one other node; a larger one travels alone. Beyond it whoever replies has to wait. */
    static final int REPLY_BYTES = 4 * 1024 * 1024;

    /** So long at most: by then those before it were answered, or will not be. */
    static final Duration REPLY_ROOM = Duration.ofSeconds(3);

    /** Before a receive is tried again that failed, or was refused for the number of leases that are out. */
    static final Duration RECEIVE_RETRY = Duration.ofMillis(500);

    /** Consumers on one channel, and so threads; far more than any client has. */
    static final int CONSUMERS_PER_CHANNEL = 10_000;

    /**
     * Deliveries of one channel that were given back since they were held for too long, and whose late settlements are no
     * error; the oldest are forgotten. As many as a queue hands out without being told of their end.
     */
    static final int GIVEN_UP_REMEMBERED = 120_000;

    /** Bytes given to a socket at a time, each of which says that the client reads: what the JDK gives it at a time, at most. */
    static final int WRITE_BYTES = 64 * 1024;

    /** Characters of a generated name: 128 bits. */
    static final int GENERATED_BYTES = 16;

    private SessionLimits() {}

    /** Of half-sent bodies, or transactions, or what waits to be written, each; of a small heap two large messages. */
    static long heldBytesOfAll() {
        return Math.max(2L * Limits.MESSAGE_BYTES_MAX, Runtime.getRuntime().maxMemory() / HELD_SHARE);
    }

    /** What all channels together gather; of a small heap some channels' worth. */
    static long gatheredBytesOfAll() {
        return Math.max(4L * GATHERED_BYTES, Runtime.getRuntime().maxMemory() / GATHERED_SHARE);
    }
}
