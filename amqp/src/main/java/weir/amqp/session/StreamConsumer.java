package weir.amqp.session;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import weir.amqp.message.StoredMessage;
import weir.amqp.stream.StreamFilter;
import weir.amqp.stream.WithOffset;
import weir.core.Bytes;
import weir.core.PartitionId;
import weir.core.broker.Fetch;
import weir.core.broker.FetchOutcome;
import weir.core.broker.FetchedBatch;
import weir.core.broker.OutcomeUnknownException;

/**
 * Reads one stream for one client from an offset on, on a thread of its own, for as long as the client has credit and reads. What
 * its client settles is credit and nothing else; where it is in the stream only this knows, and the client by the header of each
 * delivery.
 *
 * <p>It reads when its client has credit, and no more than its share of what all consumers of streams may have in memory ({@link
 * ReadAhead}). What is beyond the credit waits here as it came, so that a small credit does not read the same again and again;
 * each message is taken apart when its turn comes.
 */
final class StreamConsumer implements Holder {
    private static final Logger LOG = LoggerFactory.getLogger(StreamConsumer.class);

    /** The channel's side. */
    interface Owner {
        /** Returns when the client has taken enough of what was sent to it before. */
        boolean awaitRoom() throws InterruptedException;

        /** Sends them, and holds them until they are settled. Does not wait. */
        void deliver(StreamConsumer consumer, List<Read> messages);

        /** The stream is gone, and the client is to be told. Called on the consumer's thread, as its last act. */
        void queueGone(StreamConsumer consumer);
    }

    /** A message of the stream. */
    record Read(long offset, StoredMessage message) {}

    private final ConsumerTerms terms;
    private final Bytes tag;
    private final Front front;
    private final Owner owner;
    private final Prefetch prefetch;
    private final Prefetch.Share share;
    private final PartitionId partition;
    private final StreamFilter filter;
    /** None below is delivered, though the stream may not reach as far yet. */
    private final long from;

    /** What was fetched and not yet looked at. */
    private final Deque<FetchedBatch> ahead = new ArrayDeque<>();
    /** Messages of the first of them that were looked at. */
    private int looked;

    /** The next offset to be fetched. */
    private long next;

    private final Thread thread;
    private volatile boolean stopped;

    /**
     * @param from the first offset that is delivered
     * @param end where the stream ended when that was found out
     */
    StreamConsumer(
            ConsumerTerms terms,
            StreamFilter filter,
            long from,
            long end,
            Front front,
            Owner owner,
            Prefetch prefetch,
            Thread.Builder threads) {
        this.terms = terms;
        this.tag = Bytes.utf8(terms.tag());
        this.filter = filter;
        this.from = from;
        this.next = Math.min(from, end);
        this.front = front;
        this.owner = owner;
        this.prefetch = prefetch;
        this.share = new Prefetch.Share(terms.prefetch());
        this.partition = terms.queue().queue().partition(0);
        this.thread = threads.unstarted(this::run);
    }

    ConsumerTerms terms() {
        return terms;
    }

    PartitionId partition() {
        return partition;
    }

    /** The tag as deliveries carry it. */
    Bytes tag() {
        return tag;
    }

    @Override
    public Prefetch.Share share() {
        return share;
    }

    /** When the client has been told that it consumes. */
    void start() {
        prefetch.joined();
        thread.start();
    }

    /** It is to end, and need not be waited for yet. */
    void beginStop() {
        stopped = true;
        thread.interrupt();
    }

    /** Returns when nothing will be delivered to it any more. */
    void stop() throws InterruptedException {
        beginStop();
        thread.join();
    }

    private void run() {
        boolean gone = false;
        front.readAhead().joined();
        try {
            while (!stopped && !gone) {
                if (!owner.awaitRoom()) {
                    return; // The connection has ended.
                }
                if (!hasCredit()) { // Its client works on what it has, and is told all the same that the stream is
                    // gone.
                    gone = front.broker().find(terms.queueId()).isEmpty();
                } else if (!ahead.isEmpty()) {
                    deliver();
                } else {
                    gone = !fetch();
                }
            }
        } catch (InterruptedException _) {
            return; // It was told to stop: nothing else interrupts it.
        } catch (RuntimeException e) {
            LOG.error(
                    "The consumer {} of {} ended by a bug",
                    terms.tag(),
                    terms.queue().name(),
                    e);
            gone = true; // Its client is told that it has ended.
        } finally {
            front.readAhead().left();
            prefetch.left();
        }
        if (gone && !stopped) {
            owner.queueGone(this);
        }
    }

    /** Waits for a while until its client may be given something. */
    private boolean hasCredit() throws InterruptedException {
        int credit = prefetch.reserve(share, 1, SessionLimits.RECEIVE_PATIENCE);
        prefetch.unreserve(share, credit); // Nobody else takes of its share; others may of the channel's meanwhile.
        return credit > 0;
    }

    /** Sends what was fetched, as far as the client's credit goes. */
    private void deliver() throws InterruptedException {
        int credit = prefetch.reserve(share, SessionLimits.STREAM_DELIVERED_AT_A_TIME, SessionLimits.RECEIVE_PATIENCE);
        try {
            List<Read> some = new ArrayList<>(credit);
            Read next = credit > 0 ? take() : null;
            while (next != null) {
                some.add(next);
                next = some.size() < credit ? take() : null;
            }
            if (!some.isEmpty()) {
                owner.deliver(this, some);
            }
        } finally {
            prefetch.unreserve(share, credit);
        }
    }

    /** The next message that its client wants; null if there is none left of what was fetched. */
    private @Nullable Read take() {
        Read read = null;
        while (read == null && !ahead.isEmpty()) {
            FetchedBatch batch = ahead.getFirst();
            int index = looked++;
            if (looked == batch.messages().size()) {
                ahead.removeFirst();
                looked = 0;
            }
            read = wanted(batch, index);
        }
        return read;
    }

    private @Nullable Read wanted(FetchedBatch batch, int index) {
        long offset = batch.baseOffset() + index;
        try {
            StoredMessage message = front.messages()
                    .delivered()
                    .of(batch, index, terms.queue().name().name());
            return filter.wants(message.properties()) ? new Read(offset, WithOffset.of(message, offset)) : null;
        } catch (RuntimeException e) { // The others go on.
            LOG.error(
                    "The message {} of {} cannot be shown to AMQP",
                    offset,
                    terms.queue().name(),
                    e);
            return null;
        }
    }

    /** False if there is nothing to read from any more. */
    private boolean fetch() throws InterruptedException {
        try {
            Fetch fetch = new Fetch(partition, next, front.readAhead().bytesOfEach());
            switch (front.broker().fetch(fetch, SessionLimits.RECEIVE_PATIENCE)) {
                case FetchOutcome.Fetched(long _, long _, List<FetchedBatch> batches) -> batches.forEach(this::add);
                case FetchOutcome.OutOfRange(long start, long _) -> {
                    if (next >= start) { // Who was asked leads no more, does not know that yet, and has less.
                        Thread.sleep(SessionLimits.RECEIVE_RETRY);
                    }
                    next = Math.max(next, start); // Retention has overtaken it. It never goes back.
                }
                case FetchOutcome.Refused _ -> {
                    return false;
                }
                case FetchOutcome.Unknown(OutcomeUnknownException cause) -> throw cause;
            }
        } catch (OutcomeUnknownException e) {
            if (!stopped) {
                LOG.warn(
                        "{} does not answer, its consumers ask again: {}",
                        terms.queue().name(),
                        e.getMessage());
            }
            Thread.sleep(SessionLimits.RECEIVE_RETRY);
        }
        return true;
    }

    private void add(FetchedBatch batch) {
        long first = Math.max(next, from);
        if (batch.endOffset() > first) {
            if (ahead.isEmpty()) {
                looked = (int) Math.max(0, first - batch.baseOffset());
            }
            ahead.addLast(batch);
        }
        next = Math.max(next, batch.endOffset());
    }
}
