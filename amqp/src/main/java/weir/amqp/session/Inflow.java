package weir.amqp.session;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import weir.amqp.message.StoredMessage;
import weir.amqp.queue.AmqpQueue;
import weir.amqp.queue.Expiration;
import weir.amqp.topology.Delay;
import weir.amqp.topology.Route;
import weir.amqp.topology.RoutingKeys;
import weir.amqp.wire.AmqpException;
import weir.amqp.wire.Content;
import weir.amqp.wire.ErrorCode;
import weir.amqp.wire.FieldTable;
import weir.amqp.wire.Method;
import weir.amqp.wire.Properties;
import weir.amqp.wire.Property;
import weir.core.Bytes;
import weir.core.Envelope;
import weir.core.broker.OutcomeUnknownException;
import weir.core.catalog.Queue;

/**
 * What comes in on one channel to be published: checked and routed on the connection's reading thread, in order; stored and
 * confirmed behind it.
 */
final class Inflow {
    private final int number;
    private final Front front;
    private final Peer peer;
    private final Outbox out;
    private final Outflow outflow;
    private final Publishing publishing;
    private final Publisher publisher;
    private final Targets targets;
    private final RecentHistory history;
    private final Blockade blockade;
    /** Publishes since confirms were asked for. */
    private long published;

    /** Of those, the ones that were not answered yet. */
    private final AtomicInteger unconfirmed = new AtomicInteger();

    private boolean confirming;
    /** Null unless the channel is transactional. */
    private @Nullable Transaction transaction;

    Inflow(int number, Front front, Peer peer, Outbox out, Outflow outflow, Blockade blockade, ChannelThreads threads) {
        this.number = number;
        this.front = front;
        this.peer = peer;
        this.out = out;
        this.outflow = outflow;
        this.blockade = blockade;
        this.publishing = new Publishing(front.broker(), front.deadLetters());
        this.publisher = new Publisher(
                publishing, this::confirm, blockade, front.rooms().publishes(), threads.named("publisher"));
        this.targets = new Targets(front, peer);
        this.history = new RecentHistory(front);
    }

    // ---- Modes

    void confirmSelect(Method.ConfirmSelect select) throws AmqpException {
        if (transaction != null) {
            throw new AmqpException(ErrorCode.PRECONDITION_FAILED, "cannot switch from tx to confirm mode");
        }
        confirming = true;
        if (!select.noWait()) {
            send(new Method.ConfirmSelectOk());
        }
    }

    void txSelect() throws AmqpException {
        if (confirming) {
            throw new AmqpException(ErrorCode.PRECONDITION_FAILED, "cannot switch from confirm to tx mode");
        }
        if (transaction == null) {
            transaction = new Transaction(front.rooms().transactions());
        }
        send(new Method.TxSelectOk());
    }

    boolean isConfirming() {
        return confirming;
    }

    boolean isTransactional() {
        return transaction != null;
    }

    /** From any thread. */
    int unconfirmed() {
        return unconfirmed.get();
    }

    private Transaction transaction() throws AmqpException {
        Transaction now = transaction;
        if (now == null) {
            throw new AmqpException(ErrorCode.PRECONDITION_FAILED, "channel is not transactional");
        }
        return now;
    }

    void txCommit() throws AmqpException, InterruptedException {
        transaction().commit(publishing, outflow, front.clock().millis());
        send(new Method.TxCommitOk());
    }

    void txRollback() throws AmqpException {
        transaction().rollback(outflow);
        send(new Method.TxRollbackOk());
    }

    /** Ends deliveries now, or with the transaction. */
    void settle(Settler.Way way, List<Held> held) {
        Transaction now = transaction;
        if (now == null) {
            outflow.settle(way, held);
        } else {
            outflow.keep(held);
            now.settle(way, held);
        }
    }

    // ---- Publishing

    void publish(Method.BasicPublish publish, Content content)
            throws AmqpException, OutcomeUnknownException, InterruptedException {
        front.alarms().await(blockade, out);
        long confirm = confirming ? ++published : 0;
        if (publish.immediate()) {
            throw new AmqpException(ErrorCode.NOT_IMPLEMENTED, "immediate=true");
        }
        Properties properties = content.properties();
        checkUser(properties);
        if (ReplyAddresses.PSEUDO_QUEUE.equals(properties.replyTo())) {
            properties = withReplyAddress(properties);
        }
        FieldTable headers = properties.headers();
        long now = front.clock().millis();
        long expires = Expiration.atMillis(properties.expiration(), now);
        List<String> keys = RoutingKeys.of(publish.routingKey(), headers);
        if (publish.exchange().isEmpty() && ReplyAddresses.isAddress(publish.routingKey())) {
            targets.checkMayPublish(publish.exchange());
            reply(publish, properties, content.body());
            add(Publication.nowhere(confirm));
            return;
        }
        Route route = targets.route(publish.exchange(), keys, headers, properties);
        if (front.firehose().isOn(peer.host())) {
            StoredMessage message =
                    new StoredMessage(publish.exchange(), publish.routingKey(), properties, content.body());
            front.firehose().published(peer, number, message, keys, route);
        }
        if (route.isNowhere() && publish.mandatory()) {
            giveBack(publish, content);
        }
        List<Publication.Way> kept = history.ways(peer.host(), route, headers);
        if (route.isNowhere() && kept.isEmpty()) {
            if (!publish.mandatory()) {
                front.traffic().dropped(peer, number);
            }
            add(Publication.nowhere(confirm));
            return;
        }
        Message message = new Message(publish.routingKey(), headers, properties, now, expires);
        var publication = new Publication(
                confirm,
                kept.isEmpty() ? ways(route, message) : joined(ways(route, message), kept),
                StoredMessage.FORMAT,
                stored(publish, properties, headers, route.delayMillis(), content.body()));
        add(publication.checked());
    }

    /** What the envelopes of one message are made from. */
    private record Message(
            String routingKey, FieldTable headers, Properties properties, long nowMillis, long expiresAtMillis) {}

    private List<Publication.Way> ways(Route route, Message message) throws AmqpException {
        if (route.later().isEmpty() && route.queues().size() == 1) {
            return List.of(way(route.queues().getFirst(), message, Envelope.QUEUE_DELAY, message.expiresAtMillis()));
        }
        List<Publication.Way> ways = new ArrayList<>(route.queues().size());
        for (Queue queue : route.queues()) {
            ways.add(way(queue, message, Envelope.QUEUE_DELAY, message.expiresAtMillis()));
        }
        for (Queue queue : route.later()) {
            long due = message.nowMillis() + route.delayMillis();
            long expires = message.expiresAtMillis() == Envelope.NEVER
                    ? Envelope.NEVER
                    : message.expiresAtMillis() + route.delayMillis(); // It lives from when it is due.
            ways.add(way(queue, message, due, expires));
        }
        return ways;
    }

    private static List<Publication.Way> joined(List<Publication.Way> some, List<Publication.Way> more) {
        List<Publication.Way> all = new ArrayList<>(some);
        all.addAll(more);
        return all;
    }

    private Publication.Way way(Queue to, Message message, long deliverAt, long expiresAt) {
        AmqpQueue queue = targets.seenAs(to);
        Envelope envelope = queue.envelope(message.headers(), message.routingKey(), deliverAt, expiresAt);
        return new Publication.Way(queue, queue.level(message.properties()), envelope);
    }

    /** As it is kept: a delay that it has behind it is shown as such, and who is in BCC is nobody's business. */
    private static Bytes stored(
            Method.BasicPublish publish, Properties properties, FieldTable headers, long delayMillis, Bytes body) {
        Properties kept = properties;
        if (delayMillis > 0 || headers.has(RoutingKeys.BCC)) {
            FieldTable shown = headers.without(RoutingKeys.BCC);
            if (delayMillis > 0) {
                shown = shown.with(Delay.HEADER, Delay.behind(headers, delayMillis));
            }
            kept = properties.change().headers(shown).build();
        }
        return new StoredMessage(publish.exchange(), publish.routingKey(), kept, body).encode();
    }

    private void checkUser(Properties properties) throws AmqpException {
        String user = properties.userId();
        if (user != null && !user.equals(peer.user()) && !peer.login().isImpersonator()) {
            throw new AmqpException(
                    ErrorCode.PRECONDITION_FAILED,
                    "user_id property set to '" + user + "' but authenticated user was '" + peer.user() + "'");
        }
    }

    private Properties withReplyAddress(Properties properties) throws AmqpException {
        String address = outflow.replyAddress();
        if (address == null) {
            throw new AmqpException(ErrorCode.PRECONDITION_FAILED, "fast reply consumer does not exist");
        }
        return properties.change().text(Property.REPLY_TO, address).build();
    }

    /** To a channel of whichever node, at once or with the transaction, and once at most. */
    private void reply(Method.BasicPublish publish, Properties properties, Bytes body)
            throws AmqpException, InterruptedException {
        Transaction now = transaction;
        if (now == null) {
            reply(publish, new StoredMessage(publish.exchange(), publish.routingKey(), properties, body));
        } else {
            StoredMessage kept = new StoredMessage(
                    Bytes.utf8(publish.exchange()),
                    Bytes.utf8(publish.routingKey()),
                    kept(properties.bytes()),
                    kept(body));
            now.add(() -> reply(publish, kept), kept.properties().length() + body.length());
        }
    }

    private void reply(Method.BasicPublish publish, StoredMessage reply) throws InterruptedException {
        boolean given = front.replies().deliver(publish.routingKey(), reply, publish.mandatory());
        if (!given && publish.mandatory()) {
            sendBack(publish, reply.properties(), reply.body());
        }
    }

    private void giveBack(Method.BasicPublish publish, Content content) throws AmqpException {
        Transaction now = transaction;
        Bytes properties = content.properties().bytes();
        if (now == null) {
            sendBack(publish, properties, content.body());
        } else {
            Bytes keptProperties = kept(properties);
            Bytes keptBody = kept(content.body());
            now.add(() -> sendBack(publish, keptProperties, keptBody), properties.length() + keptBody.length());
        }
    }

    /** As it is kept until a commit: without all that was read from the socket along with it. */
    private static Bytes kept(Bytes slice) {
        return Bytes.of(slice.toArray());
    }

    private void sendBack(Method.BasicPublish publish, Bytes properties, Bytes body) {
        front.traffic().returned(peer, number);
        Method.BasicReturn back = new Method.BasicReturn(
                ErrorCode.NO_ROUTE.code(), ErrorCode.NO_ROUTE.name(), publish.exchange(), publish.routingKey());
        out.write(frames -> frames.content(number, back, properties, body));
    }

    private void add(Publication publication) throws AmqpException, InterruptedException {
        Transaction now = transaction;
        if (now != null) {
            now.add(publication, front.clock().millis());
        } else if (publication.number() > 0 || !publication.ways().isEmpty()) {
            if (publication.number() > 0) {
                unconfirmed.incrementAndGet();
            }
            publisher.add(publication);
        }
    }

    // ---- Confirming, on the publisher's thread

    private void confirm(List<Publication> publications, boolean[] taken) {
        front.traffic().published(peer, number, publications, taken);
        if (publications.getLast().number() > 0) { // As all of them: a change of mode waits for what was before it.
            unconfirmed.addAndGet(-publications.size());
        }
        out.write(frames -> {
            for (Method each : Confirms.of(publications, taken)) {
                frames.method(number, each);
            }
        });
    }

    /** Returns when all that was published before is stored and confirmed. */
    void drain() throws InterruptedException {
        publisher.drain();
    }

    /** Ends it: what came is stored still, but a transaction that was not committed. */
    void release() throws InterruptedException {
        Transaction now = transaction;
        if (now != null) {
            now.rollback(outflow);
        }
        publisher.drain();
        publisher.end();
    }

    private void send(Method method) {
        out.write(frames -> frames.method(number, method));
    }
}
