package weir.amqp.session;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import weir.amqp.message.StoredMessage;
import weir.amqp.queue.AmqpQueue;
import weir.amqp.wire.AmqpException;
import weir.amqp.wire.ErrorCode;
import weir.amqp.wire.FieldTable;
import weir.amqp.wire.FrameWriter;
import weir.amqp.wire.Method;
import weir.core.Bytes;
import weir.core.LeaseId;
import weir.core.Limits;
import weir.core.PartitionId;
import weir.core.broker.Broker;
import weir.core.broker.Delivery;
import weir.core.broker.Outcome;
import weir.core.broker.OutcomeUnknownException;
import weir.core.broker.Receipt;
import weir.core.broker.Receive;
import weir.core.shard.Command;

/**
 * What goes out on one channel: its consumers, what they may take, what its client holds, and how that ends.
 *
 * <p>Called by the connection's reading thread, but for what {@link Consumer.Owner} says, and {@link #keepHeld}.
 */
final class Outflow implements Consumer.Owner {
    private static final Logger LOG = LoggerFactory.getLogger(Outflow.class);

    /** As long as a queue may keep a message: what a connection holds is its client's for as long as it likes. */
    private static final long HELD_MILLIS_MAX = Limits.RETENTION_MAX.toMillis();

    private final int number;
    private final Front front;
    private final Peer peer;
    private final Outbox out;
    private final Prefetch prefetch = new Prefetch();
    private final Settler settler;
    private final Map<String, Consumer> consumers = new ConcurrentHashMap<>();
    /** Of consumers that begin from now on. */
    private int prefetchOfNext;

    /** The consumer of direct replies; null if there is none. */
    private volatile @Nullable Replies replies;

    /** @param address where replies are sent to */
    private record Replies(String tag, String address) {}

    Outflow(int number, Front front, Peer peer, Outbox out, String name) {
        this.number = number;
        this.front = front;
        this.peer = peer;
        this.out = out;
        this.settler = new Settler(front.broker(), name + "-settler");
    }

    // ---- Consumers

    void qos(Method.BasicQos qos) throws AmqpException {
        if (qos.prefetchSize() != 0) {
            throw new AmqpException(ErrorCode.NOT_IMPLEMENTED, "prefetch_size!=0 (" + qos.prefetchSize() + ")");
        }
        if (qos.global()) {
            prefetch.limit(qos.prefetchCount());
        } else {
            prefetchOfNext = qos.prefetchCount();
        }
        send(new Method.BasicQosOk());
    }

    /** The tag of a new consumer. */
    private String tagOf(Method.BasicConsume consume) throws AmqpException {
        if (consumers.size() >= SessionLimits.CONSUMERS_PER_CHANNEL) {
            throw new AmqpException(
                    ErrorCode.NOT_ALLOWED, "a channel may have " + SessionLimits.CONSUMERS_PER_CHANNEL + " consumers");
        }
        if (consume.consumerTag().isEmpty()) {
            return "amq.ctag-" + ReplyAddresses.generated();
        }
        Replies there = replies;
        if (consumers.containsKey(consume.consumerTag())
                || (there != null && there.tag().equals(consume.consumerTag()))) {
            throw new AmqpException(
                    ErrorCode.NOT_ALLOWED, "attempt to reuse consumer tag '" + consume.consumerTag() + "'");
        }
        return consume.consumerTag();
    }

    void consume(Method.BasicConsume consume, AmqpQueue queue)
            throws AmqpException, OutcomeUnknownException, InterruptedException {
        String tag = tagOf(consume);
        FieldTable arguments = consume.arguments();
        ConsumerTerms terms = new ConsumerTerms(
                tag,
                queue,
                consume.noAck(),
                ConsumerArguments.priority(arguments),
                consume.noAck() ? 0 : prefetchOfNext,
                ConsumerArguments.timeout(arguments, front.settings().consumerTimeout()));
        front.consumers().attend(queue, consume.exclusive());
        Consumer consumer = new Consumer(terms, front, this, prefetch);
        consumers.put(tag, consumer);
        if (!consume.noWait()) {
            send(new Method.BasicConsumeOk(tag));
        }
        consumer.start();
    }

    /** Consumes replies that need no queue. */
    void consumeReplies(Method.BasicConsume consume) throws AmqpException {
        if (!consume.noAck()) {
            throw new AmqpException(ErrorCode.PRECONDITION_FAILED, "reply consumer cannot acknowledge");
        }
        if (replies != null) {
            throw new AmqpException(ErrorCode.PRECONDITION_FAILED, "reply consumer already set");
        }
        String tag = tagOf(consume);
        replies = new Replies(tag, front.replies().open(this));
        if (!consume.noWait()) {
            send(new Method.BasicConsumeOk(tag));
        }
    }

    /** Where replies to what this channel publishes are sent; null if it does not consume any. */
    @Nullable
    String replyAddress() {
        Replies there = replies;
        return there == null ? null : there.address();
    }

    void cancel(Method.BasicCancel cancel) throws InterruptedException {
        Replies there = replies;
        if (there != null && there.tag().equals(cancel.consumerTag())) {
            closeReplies();
        }
        Consumer consumer = consumers.remove(cancel.consumerTag());
        if (consumer != null) {
            consumer.stop();
            left(consumer);
        }
        if (!cancel.noWait()) {
            send(new Method.BasicCancelOk(cancel.consumerTag()));
        }
    }

    private void closeReplies() {
        Replies there = replies;
        if (there != null) {
            front.replies().close(there.address());
            replies = null;
        }
    }

    private void left(Consumer consumer) throws InterruptedException {
        front.lines().leave(consumer);
        try {
            front.consumers().leave(consumer.terms().queue());
        } catch (OutcomeUnknownException e) {
            LOG.warn(
                    "That the {} has lost a consumer was not noted: {}",
                    consumer.terms().queue().name(),
                    e.getMessage());
        }
    }

    // ---- Deliveries

    @Override
    public boolean awaitRoom() throws InterruptedException {
        return out.awaitRoom();
    }

    @Override
    public void deliver(Consumer consumer, List<Delivery> taken) {
        ConsumerTerms terms = consumer.terms();
        List<Delivery> deliveries = new ArrayList<>(taken.size());
        List<StoredMessage> messages = new ArrayList<>(taken.size());
        for (Delivery delivery : taken) {
            try {
                messages.add(front.messages()
                        .delivered(delivery, terms.queue().name().name()));
                deliveries.add(delivery);
            } catch (RuntimeException e) { // It stays leased, so it comes back when that has run out; the others go on.
                LOG.error(
                        "A message of {} cannot be shown to AMQP", terms.queue().name(), e);
            }
        }
        Bytes tag = consumer.tag();
        long now = System.nanoTime();
        boolean written = out.write(frames -> {
            for (int i = 0; i < deliveries.size(); i++) {
                Delivery delivery = deliveries.get(i);
                var lease = delivery.leased().lease();
                long deliveryTag =
                        terms.noAck() ? prefetch.nextTag() : prefetch.hold(terms.queue(), delivery, consumer, now);
                deliver(frames, tag, deliveryTag, lease.delivery() > 1, messages.get(i));
            }
        });
        if (terms.noAck() || !written) {
            settler.settle(
                    written
                            ? Settler.Way.ACKNOWLEDGE
                            : Settler.Way.RELEASE, // The connection has ended: nobody looked at them.
                    deliveries.stream()
                            .map(each -> new Held(
                                    0,
                                    terms.queue(),
                                    each.partition(),
                                    each.leased().lease(),
                                    consumer,
                                    now))
                            .toList());
        }
    }

    private void deliver(FrameWriter frames, Bytes consumerTag, long tag, boolean redelivered, StoredMessage message) {
        frames.deliver(
                number,
                consumerTag,
                tag,
                redelivered,
                message.exchange(),
                message.routingKey(),
                message.properties(),
                message.body());
    }

    /** From another channel's thread. False if there is nobody, or he does not read. */
    boolean deliverReply(StoredMessage reply) {
        Replies there = replies;
        if (there == null || out.isFull()) {
            return false;
        }
        out.write(frames -> deliver(frames, Bytes.utf8(there.tag()), prefetch.nextTag(), false, reply));
        return true;
    }

    @Override
    public void queueGone(Consumer consumer) {
        if (consumers.remove(consumer.terms().tag(), consumer)) {
            tellCancelled(consumer);
            try {
                left(consumer);
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt(); // The consumer's thread ends with this.
            }
        }
    }

    private void tellCancelled(Consumer consumer) {
        if (peer.capabilities().consumerCancelNotify()) {
            send(new Method.BasicCancel(consumer.terms().tag(), true));
        }
    }

    /** How many are left, as basic.get says beside its message; 0 if nobody answers: the message is not held up for that. */
    private long ready(AmqpQueue queue) throws InterruptedException {
        try {
            return front.broker()
                    .status(queue.queue())
                    .map(status -> status.ready())
                    .orElse(0L);
        } catch (OutcomeUnknownException _) {
            return 0;
        }
    }

    /** Its consumers take nothing more, and need not be waited for yet. */
    void beginStop() {
        consumers.values().forEach(Consumer::beginStop);
    }

    void get(Method.BasicGet get, AmqpQueue queue) throws AmqpException, OutcomeUnknownException, InterruptedException {
        if (queue.hasSingleActiveConsumer()) {
            throw new AmqpException(
                    ErrorCode.RESOURCE_LOCKED,
                    "cannot obtain access to locked " + queue.name() + ": it has a single active consumer");
        }
        front.consumers().used(queue);
        Broker broker = front.broker();
        Receive one = new Receive(queue.queue().id(), 1, SessionLimits.LEASE.toMillis());
        Receipt receipt = broker.receive(one, Duration.ZERO);
        if (!(receipt instanceof Receipt.Received(List<Delivery> deliveries, boolean _)) || deliveries.isEmpty()) {
            send(new Method.BasicGetEmpty());
            return;
        }
        Delivery delivery = deliveries.getFirst();
        var lease = delivery.leased().lease();
        long left = ready(queue);
        StoredMessage message =
                front.messages().delivered(delivery, queue.name().name());
        long now = System.nanoTime();
        boolean written = out.write(frames -> frames.content(
                number,
                new Method.BasicGetOk(
                        get.noAck() ? prefetch.nextTag() : prefetch.hold(queue, delivery, null, now),
                        lease.delivery() > 1,
                        message.exchange().utf8(),
                        message.routingKey().utf8(),
                        left),
                message.properties(),
                message.body()));
        if (get.noAck() || !written) {
            settler.settle(
                    written ? Settler.Way.ACKNOWLEDGE : Settler.Way.RELEASE,
                    List.of(new Held(0, queue, delivery.partition(), lease, null, now)));
        }
    }

    // ---- Settling

    /** @throws AmqpException if there is no such delivery */
    List<Held> take(long tag, boolean multiple) throws AmqpException {
        return prefetch.take(tag, multiple);
    }

    void settle(Settler.Way way, List<Held> held) {
        settler.settle(way, held);
    }

    void putBack(List<Held> held) {
        prefetch.putBack(held);
    }

    /** Gives everything back that the client holds, to be delivered again. */
    void recover() throws InterruptedException {
        settler.settle(Settler.Way.RELEASE, prefetch.takeAll());
        settler.drain();
    }

    /** Returns when all that was settled is, so that what is asked next sees it. */
    void drain() throws InterruptedException {
        settler.drain();
    }

    /** Ends everything: consumers first, so that nothing comes after what is given back. */
    void release() throws InterruptedException {
        closeReplies();
        List<Consumer> all = new ArrayList<>(consumers.values());
        consumers.clear();
        all.forEach(Consumer::beginStop);
        for (Consumer each : all) {
            each.stop();
        }
        settler.settle(Settler.Way.RETURN, prefetch.takeAll());
        settler.drain();
        settler.end();
        for (Consumer each : all) {
            left(each);
        }
    }

    // ---- Holding, on a thread of its own

    boolean holdsAny() {
        return prefetch.holdsAny();
    }

    /** Keeps what the client holds from running out, and ends consumers that hold something for too long. */
    void keepHeld() {
        try {
            extendLeases();
            long now = System.nanoTime();
            for (Consumer consumer : consumers.values()) {
                Duration timeout = consumer.terms().timeout();
                Held oldest = timeout.isZero() ? null : prefetch.oldestOf(consumer);
                if (oldest != null && now - oldest.sinceNanos() > TimeUnit.MILLISECONDS.toNanos(timeout.toMillis())) {
                    endSlow(consumer);
                }
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void extendLeases() throws InterruptedException {
        List<Command.OfPartition> extensions = new ArrayList<>();
        Map<PartitionId, List<LeaseId>> leases = new TreeMap<>();
        for (Held held : prefetch.all()) {
            leases.computeIfAbsent(held.partition(), _ -> new ArrayList<>()).add(held.lease());
        }
        leases.forEach((partition, all) -> {
            for (List<LeaseId> some : Settler.pieces(all)) {
                extensions.add(
                        new Command.Extend(partition, some, SessionLimits.LEASE.toMillis(), true, HELD_MILLIS_MAX));
            }
        });
        for (Outcome outcome : front.broker().submitAll(extensions)) {
            if (outcome instanceof Outcome.Unknown(var cause)) {
                LOG.warn("Leases could not be extended, and are tried again: {}", cause.getMessage());
            }
        }
    }

    /** As RabbitMQ 4.3: this consumer only, and what it holds is ready again. */
    private void endSlow(Consumer consumer) throws InterruptedException {
        if (!consumers.remove(consumer.terms().tag(), consumer)) {
            return;
        }
        LOG.info(
                "The consumer {} of {} held a delivery for more than {}, and is cancelled",
                consumer.terms().tag(),
                consumer.terms().queue().name(),
                consumer.terms().timeout());
        consumer.stop();
        settler.settle(Settler.Way.RETURN, prefetch.takeIf(held -> held.consumer() == consumer));
        left(consumer);
        tellCancelled(consumer);
    }

    private void send(Method method) {
        out.write(frames -> frames.method(number, method));
    }
}
