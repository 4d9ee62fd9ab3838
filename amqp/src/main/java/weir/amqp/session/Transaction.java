package weir.amqp.session;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import weir.amqp.wire.AmqpException;
import weir.amqp.wire.ErrorCode;

/**
 * What a channel in transactional mode has been told since the last commit, and has not done yet. One thread; but the node may let
 * go of it on any, if others need its room.
 */
final class Transaction {
    /** What is sent, to its client or to whom it replies, when the transaction is committed. */
    interface Sending {
        void send() throws InterruptedException;
    }

    private final HalfDone room;
    private final Map<Settler.Way, List<Held>> settlements = new EnumMap<>(Settler.Way.class);
    private long bytes;
    /** What it has of the room; null while it has no content. */
    private HalfDone.@Nullable Work held;

    /** Guarded by this, as the next two. */
    private final List<Waiting> publications = new ArrayList<>();

    private final List<Sending> sendings = new ArrayList<>();
    private boolean lost;

    /** @param room for the transactions of all channels */
    Transaction(HalfDone room) {
        this.room = room;
    }

    /** @param sinceMillis when it came: its own times count from the commit, for which it has waited then */
    private record Waiting(Publication publication, long sinceMillis) {
        Publication at(long millis) {
            return publication.later(millis - sinceMillis);
        }
    }

    /** @throws AmqpException if a transaction is larger than is held for anybody, or than there is room for */
    void add(Publication publication, long nowMillis) throws AmqpException {
        admit(publication.payload().length(), publication.bytes());
        synchronized (this) {
            publications.add(new Waiting(publication, nowMillis));
            checkThere();
        }
    }

    /**
     * @param length of the message that is sent, in bytes
     * @throws AmqpException as the other
     */
    void add(Sending sending, int length) throws AmqpException {
        admit(length, length + SessionLimits.MESSAGE_BYTES);
        synchronized (this) {
            sendings.add(sending);
            checkThere();
        }
    }

    /** @param inMemory what it takes there, in bytes */
    private void admit(int length, long inMemory) throws AmqpException {
        bytes += length;
        if (bytes > SessionLimits.TRANSACTION_BYTES || messages() >= SessionLimits.TRANSACTION_MESSAGES) {
            throw new AmqpException(
                    ErrorCode.PRECONDITION_FAILED,
                    "a transaction may have " + SessionLimits.TRANSACTION_MESSAGES + " messages of "
                            + SessionLimits.TRANSACTION_BYTES + " bytes together");
        }
        if (held == null) {
            held = room.begin(this, this::drop);
        }
        if (!held.grow(inMemory)) {
            throw noRoom();
        }
    }

    private synchronized int messages() {
        return publications.size() + sendings.size();
    }

    /** Others need its room. Any thread. */
    private synchronized void drop() {
        lost = true;
        publications.clear();
        sendings.clear();
    }

    private synchronized void checkThere() throws AmqpException {
        if (lost) {
            drop();
            throw noRoom();
        }
    }

    private static AmqpException noRoom() {
        return new AmqpException(
                ErrorCode.CONTENT_TOO_LARGE,
                "there is no room for the transaction at the moment, or it was let go of for others, since it was not"
                        + " committed for more than " + SessionLimits.HALF_DONE_SAFE.toSeconds() + " seconds");
    }

    void settle(Settler.Way way, List<Held> held) {
        settlements.computeIfAbsent(way, _ -> new ArrayList<>()).addAll(held);
    }

    /** Does all of it, and forgets it. */
    void commit(Publishing publishing, Outflow outflow, long nowMillis) throws AmqpException, InterruptedException {
        if (held != null && !held.finish()) {
            throw noRoom();
        }
        for (Sending each : toSend()) {
            each.send();
        }
        List<Publication> all = toPublish(nowMillis);
        boolean whole = true;
        for (int from = 0; from < all.size(); from += SessionLimits.PUBLISH_MESSAGES) {
            int to = Math.min(all.size(), from + SessionLimits.PUBLISH_MESSAGES);
            for (boolean taken : publishing.publish(all.subList(from, to))) {
                whole &= taken;
            }
        }
        if (!whole) { // What was to be settled is given back: the work is not done.
            rollback(outflow);
            throw new AmqpException(ErrorCode.PRECONDITION_FAILED, "partial tx completion");
        }
        var _ = outflow.drainWhole(); // What was before the transaction is no part of it.
        settlements.forEach(outflow::settle);
        settlements.clear();
        boolean settled = outflow.drainWhole();
        forget();
        if (!settled) {
            throw new AmqpException(ErrorCode.PRECONDITION_FAILED, "partial tx completion");
        }
    }

    private synchronized List<Sending> toSend() {
        return List.copyOf(sendings);
    }

    private synchronized List<Publication> toPublish(long nowMillis) {
        return publications.stream().map(waiting -> waiting.at(nowMillis)).toList();
    }

    /** Does none of it. What was to be settled is held again, and not delivered anew. */
    void rollback(Outflow outflow) {
        settlements.values().forEach(outflow::putBack);
        forget();
    }

    private void forget() {
        if (held != null) {
            held.end(); // First: from here on nobody lets go of it.
            held = null;
        }
        synchronized (this) {
            publications.clear();
            sendings.clear();
            lost = false;
        }
        settlements.clear();
        bytes = 0;
    }
}
