package weir.amqp.session;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import weir.amqp.wire.AmqpException;
import weir.amqp.wire.ErrorCode;

/** What a channel in transactional mode has been told since the last commit, and has not done yet. One thread. */
final class Transaction {
    /** What is sent, to its client or to whom it replies, when the transaction is committed. */
    interface Sending {
        void send() throws InterruptedException;
    }

    private final List<Waiting> publications = new ArrayList<>();
    private final List<Sending> sendings = new ArrayList<>();
    private final Map<Settler.Way, List<Held>> settlements = new EnumMap<>(Settler.Way.class);
    private long bytes;

    /** @param sinceMillis when it came: its own times count from the commit, for which it has waited then */
    private record Waiting(Publication publication, long sinceMillis) {
        Publication at(long millis) {
            return publication.later(millis - sinceMillis);
        }
    }

    /** @throws AmqpException if a transaction is larger than is held for anybody */
    void add(Publication publication, long nowMillis) throws AmqpException {
        admit(publication.weight());
        publications.add(new Waiting(publication, nowMillis));
    }

    /**
     * @param length of the message that is sent, in bytes
     * @throws AmqpException as the other
     */
    void add(Sending sending, int length) throws AmqpException {
        admit(length);
        sendings.add(sending);
    }

    private void admit(long length) throws AmqpException {
        bytes += length;
        if (bytes > SessionLimits.TRANSACTION_BYTES
                || publications.size() + sendings.size() >= SessionLimits.TRANSACTION_MESSAGES) {
            throw new AmqpException(
                    ErrorCode.PRECONDITION_FAILED,
                    "a transaction may have " + SessionLimits.TRANSACTION_MESSAGES + " messages of "
                            + SessionLimits.TRANSACTION_BYTES + " bytes together");
        }
    }

    void settle(Settler.Way way, List<Held> held) {
        settlements.computeIfAbsent(way, _ -> new ArrayList<>()).addAll(held);
    }

    /** Does all of it, and forgets it. */
    void commit(Publishing publishing, Outflow outflow, long nowMillis) throws AmqpException, InterruptedException {
        for (Sending each : sendings) {
            each.send();
        }
        boolean whole = true;
        for (int from = 0; from < publications.size(); from += SessionLimits.PUBLISH_MESSAGES) {
            int to = Math.min(publications.size(), from + SessionLimits.PUBLISH_MESSAGES);
            List<Publication> some = publications.subList(from, to).stream()
                    .map(waiting -> waiting.at(nowMillis))
                    .toList();
            for (boolean taken : publishing.publish(some)) {
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

    /** Does none of it. What was to be settled is held again, and not delivered anew. */
    void rollback(Outflow outflow) {
        settlements.values().forEach(outflow::putBack);
        forget();
    }

    private void forget() {
        publications.clear();
        sendings.clear();
        settlements.clear();
        bytes = 0;
    }
}
