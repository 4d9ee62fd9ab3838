package weir.amqp.session;

import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import weir.core.Bytes;
import weir.core.broker.Delivery;
import weir.core.broker.OutcomeUnknownException;
import weir.core.broker.Precedence;
import weir.core.broker.Receipt;
import weir.core.broker.Receive;

/**
 * Takes messages from one queue for one client, on a thread of its own, for as long as the client has credit and reads.
 *
 * <p>Its thread may be interrupted at any time: to look again whether it is its turn, or to end. What it was about to be given
 * goes back to its place uncounted then.
 */
final class Consumer implements Holder {
    private static final Logger LOG = LoggerFactory.getLogger(Consumer.class);

    /** The channel's side. */
    interface Owner {
        /** Whether {@link #awaitRoom} would wait. */
        boolean isBehind();

        /** Returns when the client has taken enough of what was sent to it before. */
        boolean awaitRoom() throws InterruptedException;

        /** Content that may be brought for it at a time; a single message may be larger. */
        int bytesWanted();

        /** Sends them, and holds them unless they need not be settled. Does not wait. */
        void deliver(Consumer consumer, List<Delivery> deliveries);

        /** What the client holds of it is ready again when this returns. */
        void giveBack(Consumer consumer) throws InterruptedException;

        /** The queue is gone, and the client is to be told. The consumer's last act. */
        void queueGone(Consumer consumer);
    }

    private final ConsumerTerms terms;
    private final Bytes tag;
    private final Front front;
    private final Owner owner;
    private final Prefetch prefetch;
    private final Prefetch.Share share;
    private final QueueLine line;
    private final Beginning beginning = new Beginning();
    private final Appetite appetite = new Appetite();
    private final ActiveTurn turn;
    private final Thread thread;
    private volatile boolean stopped;
    /** Its client goes, too. */
    private volatile boolean givesBack;
    /** It does its last things, for which it is not interrupted any more. Guarded by this. */
    private boolean ending;

    Consumer(ConsumerTerms terms, Front front, Owner owner, Prefetch prefetch, Thread.Builder threads) {
        this.terms = terms;
        this.tag = Bytes.utf8(terms.tag());
        this.front = front;
        this.owner = owner;
        this.prefetch = prefetch;
        this.share = new Prefetch.Share(terms.prefetch());
        this.thread = threads.unstarted(this::run);
        this.turn = new ActiveTurn(front.active(), terms.queue());
        this.line = front.lines().join(this);
    }

    ConsumerTerms terms() {
        return terms;
    }

    /** The tag as deliveries carry it. */
    Bytes tag() {
        return tag;
    }

    @Override
    public Prefetch.Share share() {
        return share;
    }

    /** From any thread. */
    ConsumerInfo.Activity activity() {
        return turn.now();
    }

    /** Delivers nothing before {@link #told}. */
    void start() {
        prefetch.joined();
        thread.start();
    }

    /**
     * Returns when it waits for messages, so that a client that is told then that it consumes can rely on that: a message that
     * expires at once is for those who wait.
     */
    void awaitAttending() throws InterruptedException {
        beginning.awaitAttending();
    }

    /** The client has been told that it consumes: deliveries may follow. */
    void told() {
        beginning.told();
    }

    /** Lets it look again whether it is its turn. */
    synchronized void nudge() {
        if (!ending) {
            thread.interrupt();
        }
    }

    /** It is to end, and need not be waited for yet. May be said several times. */
    void beginStop() {
        stopped = true;
        nudge();
    }

    /** The same where its client will settle nothing any more: the next active consumer begins with what this one held. */
    void beginStopWithClient() {
        givesBack = true;
        beginStop();
    }

    private synchronized void beginEnding() {
        ending = true;
        Thread.interrupted(); // Else the next active consumer would wait until this one's turn has run out.
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
                gone = !takeOnce();
            }
        } catch (RuntimeException e) {
            LOG.error(
                    "The consumer {} of {} ended by a bug",
                    terms.tag(),
                    terms.queue().name(),
                    e);
            gone = true; // Its client is told that it has ended.
        } finally {
            beginEnding();
            beginning.attends();
            endTurn();
            line.rest(this);
            prefetch.left();
        }
        if (gone && !stopped) {
            beginning.awaitTold();
            owner.queueGone(this);
        }
    }

    private void endTurn() {
        try {
            if (givesBack && turn.isHeld()) {
                owner.giveBack(this);
            }
        } catch (InterruptedException _) { // Nobody does by now.
            Thread.currentThread().interrupt();
        } finally {
            turn.end();
        }
    }

    /** False if there is nothing to take from any more. */
    private boolean takeOnce() {
        if (front.broker().find(terms.queueId()).isEmpty()) {
            return false; // Who has no credit would not hear of that from the broker.
        }
        try {
            if (owner.isBehind()) {
                beginning.attends(); // As well as it can.
                line.rest(this); // Others do not wait for a client that does not read.
            }
            if (!owner.awaitRoom()) {
                stopped = true; // The connection has ended.
                return true;
            }
            if (terms.queue().hasSingleActiveConsumer()) {
                beginning.attends(); // It may be another one's turn for long.
            }
            return switch (turn.await()) {
                case MINE -> takeWithCredit();
                case NOT_YET -> {
                    line.rest(this);
                    yield true;
                }
                case QUEUE_GONE -> false;
            };
        } catch (InterruptedException _) {
            return true; // To look again, or to stop.
        }
    }

    private boolean takeWithCredit() throws InterruptedException {
        // Of a group one at a time: what was given along with a message could not wait for it to be given back.
        int wanted = terms.queue().isInGroups() ? 1 : appetite.next(line.isAlone());
        int credit = prefetch.tryReserve(share, wanted);
        if (credit == 0) { // Its client works on what it has; the turn has to be held on to meanwhile.
            beginning.attends();
            line.rest(this);
            credit = prefetch.reserve(share, wanted, turn.patience());
            if (credit == 0) {
                return true;
            }
        }
        try {
            line.enter(this);
            if (turn.await() != ActiveTurn.Turn.MINE) {
                return true; // It was lost over the waiting.
            }
            return take(credit);
        } finally {
            prefetch.unreserve(share, credit);
        }
    }

    private boolean take(int credit) throws InterruptedException {
        Duration patience = prefetch.isContended() ? SessionLimits.SHARED_PATIENCE : turn.patience();
        try {
            Receipt receipt = front.broker()
                    .receive(
                            new Receive(
                                    terms.queueId(),
                                    credit,
                                    SessionLimits.LEASE.toMillis(),
                                    null,
                                    new Precedence(terms.priority(), prefetch.hasRoom(share)),
                                    owner.bytesWanted(),
                                    beginning::attends),
                            patience);
            return switch (receipt) {
                case Receipt.Received(List<Delivery> deliveries, boolean tooManyInFlight) -> {
                    appetite.got(credit, deliveries);
                    if (!deliveries.isEmpty()) {
                        beginning.awaitTold();
                        owner.deliver(this, deliveries);
                    } else if (tooManyInFlight) {
                        Thread.sleep(SessionLimits.RECEIVE_RETRY);
                    }
                    yield true;
                }
                case Receipt.Refused(var reason) ->
                    switch (reason) {
                        case NO_SUCH_QUEUE, READ_OTHERWISE, OFFSET_OUT_OF_RANGE -> false;
                        case QUEUE_FULL,
                                MESSAGE_TOO_LARGE,
                                PUBLISH_PAUSED,
                                GROUP_MISSING,
                                TOO_MANY_IN_FLIGHT,
                                PURGED_RECENTLY,
                                OUT_OF_ORDER_SEQUENCE,
                                INVALID_PRODUCER_EPOCH,
                                DISK_FULL -> {
                            Thread.sleep(SessionLimits.RECEIVE_RETRY);
                            yield true;
                        }
                    };
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
}
