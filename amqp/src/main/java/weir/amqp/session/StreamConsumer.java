package weir.amqp.session;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
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
 * <p>What was fetched beyond the credit waits here, so that a small credit does not read the same again and again.
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

    private final Deque<Read> fetched = new ArrayDeque<>();
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
        try {
            while (!stopped && !gone) {
                if (!owner.awaitRoom()) {
                    return; // The connection has ended.
                }
                gone = fetched.isEmpty() ? !fetch() : !deliver();
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
        }
        if (gone && !stopped) {
            owner.queueGone(this);
        }
    }

    /** What is there by now is sent, as far as the client's credit goes. False if the stream is gone, and there is no credit. */
    private boolean deliver() throws InterruptedException {
        int wanted = Math.min(fetched.size(), SessionLimits.STREAM_DELIVERED_AT_A_TIME);
        int credit = prefetch.reserve(share, wanted, SessionLimits.RECEIVE_PATIENCE);
        if (credit == 0) {
            return front.broker().find(terms.queueId()).isPresent(); // Its client works on what it has.
        }
        try {
            List<Read> some = new ArrayList<>(credit);
            while (some.size() < credit && !fetched.isEmpty()) {
                some.add(fetched.removeFirst());
            }
            owner.deliver(this, some);
        } finally {
            prefetch.unreserve(share, credit);
        }
        return true;
    }

    /** False if there is nothing to read from any more. */
    private boolean fetch() throws InterruptedException {
        try {
            Fetch fetch = new Fetch(partition, next, SessionLimits.STREAM_FETCHED_BYTES);
            return switch (front.broker().fetch(fetch, SessionLimits.RECEIVE_PATIENCE)) {
                case FetchOutcome.Fetched(long _, long _, List<FetchedBatch> batches) -> {
                    batches.forEach(this::add);
                    yield true;
                }
                case FetchOutcome.OutOfRange(long start, long end) -> {
                    next = Math.clamp(next, start, end); // Retention has overtaken it.
                    yield true;
                }
                case FetchOutcome.Refused _ -> false;
                case FetchOutcome.Unknown(OutcomeUnknownException cause) -> throw cause;
            };
        } catch (OutcomeUnknownException e) {
            LOG.warn(
                    "{} does not answer, its consumers ask again: {}",
                    terms.queue().name(),
                    e.getMessage());
            Thread.sleep(SessionLimits.RECEIVE_RETRY);
            return true;
        }
    }

    private void add(FetchedBatch batch) {
        long first = Math.max(next, from);
        for (int i = 0; i < batch.messages().size(); i++) {
            long offset = batch.baseOffset() + i;
            if (offset >= first) {
                add(batch, i, offset);
            }
        }
        next = Math.max(next, batch.endOffset());
    }

    private void add(FetchedBatch batch, int index, long offset) {
        try {
            StoredMessage message = front.messages()
                    .delivered()
                    .of(batch, index, terms.queue().name().name());
            if (filter.wants(message.properties())) {
                fetched.addLast(new Read(offset, WithOffset.of(message, offset)));
            }
        } catch (RuntimeException e) { // The others go on.
            LOG.error(
                    "The message {} of {} cannot be shown to AMQP",
                    offset,
                    terms.queue().name(),
                    e);
        }
    }
}
