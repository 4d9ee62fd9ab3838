package weir.amqp.session;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import weir.amqp.queue.AmqpQueue;
import weir.amqp.wire.AmqpException;
import weir.amqp.wire.ErrorCode;
import weir.amqp.wire.FieldTable;
import weir.amqp.wire.Method;
import weir.core.broker.Delivery;
import weir.core.broker.OutcomeUnknownException;

/**
 * What goes out on one channel: its consumers, what they may take, what its client holds, and how that ends.
 *
 * <p>Called by the connection's reading thread, but for what {@link Consumer.Owner} says, and {@link #keepHeld}.
 */
final class Outflow implements Consumer.Owner {
    private static final Logger LOG = LoggerFactory.getLogger(Outflow.class);

    /** What is held for less need not be extended yet: most is settled by the next look, and costs the log nothing. */
    private static final long HELD_NANOS_MIN = SessionLimits.LEASE_EXTENDED_EVERY.toNanos() / 2;

    private final int number;
    private final Front front;
    private final Peer peer;
    private final Outbox out;
    private final ChannelThreads threads;
    private final Prefetch prefetch = new Prefetch();
    private final ChannelConsumers consumers = new ChannelConsumers();
    private final Settler settler;
    private final Deliveries deliveries;
    private final DirectReplies replies;
    private final StreamConsumers streams;
    /**
     * By their tags: what its client has settled in a transaction that is not over. It is nobody else's until then, so its leases
     * are extended. Changed by the reading thread.
     */
    private final Map<Long, Held> uncommitted = new ConcurrentHashMap<>();
    /** Of consumers that begin from now on. */
    private int prefetchOfNext;

    Outflow(int number, Front front, Peer peer, Outbox out, ChannelThreads threads) {
        this.number = number;
        this.front = front;
        this.peer = peer;
        this.out = out;
        this.threads = threads;
        this.settler = new Settler(front.broker(), this::heldForLong, threads.named("settler"));
        this.deliveries = new Deliveries(
                number,
                front,
                (queue, redelivered, message) -> front.firehose().delivered(peer, number, queue, redelivered, message),
                out,
                prefetch,
                settler);
        this.replies = new DirectReplies(front.replies(), deliveries);
        this.streams = new StreamConsumers(number, front, peer, out, prefetch, threads);
    }

    // ---- Consumers

    void qos(Method.BasicQos qos) throws AmqpException, InterruptedException {
        if (qos.prefetchSize() != 0) {
            throw new AmqpException(ErrorCode.NOT_IMPLEMENTED, "prefetch_size!=0 (" + qos.prefetchSize() + ")");
        }
        if (qos.global()) {
            prefetch.limit(qos.prefetchCount());
            consumers.going().forEach(Consumer::nudge); // They wait for as many as they might take before.
            prefetch.awaitWithinLimit(SessionLimits.ATTENDING);
        } else {
            prefetchOfNext = qos.prefetchCount();
        }
        send(new Method.BasicQosOk());
    }

    /** The tag of a new consumer. */
    private String tagOf(Method.BasicConsume consume) throws AmqpException {
        if (consumers.size() + streams.size() >= SessionLimits.CONSUMERS_PER_CHANNEL) {
            throw new AmqpException(
                    ErrorCode.NOT_ALLOWED, "a channel may have " + SessionLimits.CONSUMERS_PER_CHANNEL + " consumers");
        }
        if (consume.consumerTag().isEmpty()) {
            return "amq.ctag-" + ReplyAddresses.generated();
        }
        if (consumers.has(consume.consumerTag())
                || streams.has(consume.consumerTag())
                || replies.has(consume.consumerTag())) {
            throw new AmqpException(
                    ErrorCode.NOT_ALLOWED, "attempt to reuse consumer tag '" + consume.consumerTag() + "'");
        }
        return consume.consumerTag();
    }

    void consume(Method.BasicConsume consume, AmqpQueue queue)
            throws AmqpException, OutcomeUnknownException, InterruptedException {
        String tag = tagOf(consume);
        ConsumerArguments.check(queue, consume.arguments());
        if (queue.isStream()) {
            streams.consume(consume, tag, queue, prefetchOfNext);
            return;
        }
        FieldTable arguments = consume.arguments();
        ConsumerTerms terms = new ConsumerTerms(
                tag,
                queue,
                consume.noAck(),
                consume.exclusive(),
                ConsumerArguments.priority(queue, arguments),
                consume.noAck() ? 0 : prefetchOfNext,
                ConsumerArguments.timeout(queue, arguments),
                arguments);
        front.consumers().attend(queue, consume.exclusive());
        Consumer consumer = new Consumer(terms, front, this, prefetch, threads.named("consumer-" + tag));
        consumers.add(consumer);
        try {
            consumer.start();
            if (!consume.noWait()) {
                consumer.awaitAttending();
                send(new Method.BasicConsumeOk(tag));
            }
        } finally {
            consumer.told();
        }
    }

    /** Consumes replies that need no queue. */
    void consumeReplies(Method.BasicConsume consume) throws AmqpException {
        replies.check(consume.noAck());
        String tag = tagOf(consume);
        replies.open(tag);
        if (!consume.noWait()) {
            send(new Method.BasicConsumeOk(tag));
        }
    }

    /** Where replies to what this channel publishes are sent; null if it does not consume any. */
    @Nullable
    String replyAddress() {
        return replies.address();
    }

    void cancel(Method.BasicCancel cancel) throws InterruptedException {
        if (replies.has(cancel.consumerTag())) {
            replies.close();
        }
        Consumer consumer = consumers.claim(cancel.consumerTag());
        if (consumer != null) {
            try {
                consumer.stop();
                left(consumer);
            } finally {
                consumers.ended(consumer);
            }
        }
        streams.cancel(cancel.consumerTag());
        if (!cancel.noWait()) {
            send(new Method.BasicCancelOk(cancel.consumerTag()));
        }
    }

    private void left(Consumer consumer) throws InterruptedException {
        front.lines().leave(consumer);
        try {
            if (front.consumers().leave(consumer.terms().queue())) {
                front.topology().bindings().queueDeleted(); // Exchanges may go with it, before its client is answered.
            }
        } catch (OutcomeUnknownException e) {
            LOG.warn(
                    "That the {} has lost a consumer was not noted: {}",
                    consumer.terms().queue().name(),
                    e.getMessage());
        }
    }

    // ---- From consumers' threads

    @Override
    public boolean isBehind() {
        return out.isFull();
    }

    @Override
    public boolean awaitRoom() throws InterruptedException {
        return out.awaitRoom();
    }

    @Override
    public int bytesWanted() {
        return front.rooms().written().bytesOfReceive();
    }

    @Override
    public void deliver(Consumer consumer, List<Delivery> taken) {
        ConsumerTerms terms = consumer.terms();
        front.traffic().delivered(peer, number, terms.queue(), taken, terms.noAck());
        deliveries.deliver(consumer, taken);
    }

    @Override
    public void giveBack(Consumer consumer) throws InterruptedException {
        settler.settle(Settler.Way.RETURN, prefetch.giveUp(held -> held.consumer() == consumer));
        settler.drain();
    }

    /** On a thread that nobody interrupts: a consumer's own may be told to look again at any time. */
    @Override
    public void queueGone(Consumer consumer) {
        threads.named("gone-" + consumer.terms().tag()).start(() -> {
            if (!consumers.claim(consumer)) {
                return;
            }
            try {
                tellCancelled(consumer);
                left(consumer);
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt(); // The server is stopping.
            } finally {
                consumers.ended(consumer);
            }
        });
    }

    private void tellCancelled(Consumer consumer) {
        if (peer.capabilities().consumerCancelNotify()) {
            send(new Method.BasicCancel(consumer.terms().tag(), true));
        }
    }

    // ---- Getting and settling

    void get(Method.BasicGet get, AmqpQueue queue) throws AmqpException, OutcomeUnknownException, InterruptedException {
        if (queue.isStream()) {
            throw StreamConsumers.getNotSupported(queue);
        }
        if (queue.hasSingleActiveConsumer()) {
            throw new AmqpException(
                    ErrorCode.RESOURCE_LOCKED,
                    "cannot obtain access to locked " + queue.name() + ": it has a single active consumer");
        }
        front.consumers().used(queue);
        List<Delivery> next = deliveries.next(queue);
        front.traffic().got(peer, number, queue, next, get.noAck());
        if (next.isEmpty()) {
            send(new Method.BasicGetEmpty());
        } else {
            deliveries.get(get.noAck(), queue, next.getFirst());
        }
    }

    /** @throws AmqpException if there is no such delivery */
    List<Held> take(long tag, boolean multiple) throws AmqpException {
        return prefetch.take(tag, multiple);
    }

    /** Settled by its client, though not until its transaction is committed. */
    void keep(List<Held> held) {
        held.forEach(each -> uncommitted.put(each.tag(), each));
    }

    void settle(Settler.Way way, List<Held> held) {
        forget(held);
        if (way == Settler.Way.ACKNOWLEDGE) {
            front.traffic().acknowledged(peer, number, held);
        }
        settler.settle(way, held);
    }

    void putBack(List<Held> held) {
        prefetch.putBack(held);
        forget(held);
    }

    private void forget(List<Held> held) {
        if (!uncommitted.isEmpty()) {
            held.forEach(each -> uncommitted.remove(each.tag()));
        }
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

    /** The same; false if something that was settled is not certainly done. */
    boolean drainWhole() throws InterruptedException {
        return settler.drainWhole();
    }

    // ---- The end

    /** Its consumers take nothing more, and need not be waited for yet. */
    void beginStop() {
        consumers.going().forEach(Consumer::beginStopWithClient);
        streams.beginStop();
    }

    /** Ends everything: consumers first, so that nothing comes after what is given back. */
    void release() throws InterruptedException {
        replies.close();
        List<Consumer> all = consumers.claimAll();
        try {
            all.forEach(Consumer::beginStopWithClient);
            streams.stop();
            for (Consumer each : all) {
                each.stop();
            }
        } finally {
            all.forEach(consumers::ended);
        }
        consumers.awaitEnded(); // Those that another thread is ending.
        settler.settle(Settler.Way.RETURN, prefetch.takeAll());
        settler.drain();
        settler.end();
        for (Consumer each : all) {
            left(each);
        }
    }

    // ---- Holding, on a thread of its own

    boolean holdsAny() {
        return prefetch.holdsAny() || !uncommitted.isEmpty();
    }

    /** From any thread; what is written at the same time may be there or not. */
    ChannelInfo info(boolean confirming, boolean transactional, int unconfirmed) {
        List<ConsumerInfo> all = new ArrayList<>();
        consumers.going().forEach(each -> all.add(info(each.terms(), each.activity())));
        streams.all().forEach(terms -> all.add(info(terms, ConsumerInfo.Activity.UP)));
        return new ChannelInfo(
                number,
                confirming,
                transactional,
                prefetchOfNext,
                prefetch.limit(),
                prefetch.all().size(),
                unconfirmed,
                all);
    }

    private ConsumerInfo info(ConsumerTerms terms, ConsumerInfo.Activity activity) {
        return new ConsumerInfo(
                terms.tag(),
                terms.queue(),
                !terms.noAck(),
                terms.exclusive(),
                activity,
                terms.prefetch(),
                timeoutOf(terms),
                terms.arguments());
    }

    /** Keeps what the client holds from running out, and ends consumers that hold something for too long. Does not wait. */
    void keepHeld() {
        settler.extend();
        long now = System.nanoTime();
        for (Consumer consumer : consumers.going()) {
            Duration timeout = timeoutOf(consumer.terms());
            Held oldest = timeout.isZero() ? null : prefetch.oldestOf(consumer);
            if (oldest != null && now - oldest.sinceNanos() > timeout.toNanos() && consumers.claim(consumer)) {
                var _ = threads.named("slow-" + consumer.terms().tag()).start(() -> endSlow(consumer));
            }
        }
    }

    private List<Held> heldForLong() {
        long now = System.nanoTime();
        return Stream.concat(prefetch.all().stream(), uncommitted.values().stream())
                .filter(held -> !held.isOfStream() && now - held.sinceNanos() >= HELD_NANOS_MIN)
                .toList();
    }

    /** How long a delivery may be held: as its consumer said, else its queue, else the server. */
    private Duration timeoutOf(ConsumerTerms terms) {
        Duration own = terms.timeout();
        OptionalLong queues = deliveries.now(terms.queue()).consumerTimeoutMillis();
        return own != null
                ? own
                : queues.isPresent()
                        ? Duration.ofMillis(queues.getAsLong())
                        : front.settings().consumerTimeout();
    }

    /**
     * As RabbitMQ 4.3: this consumer only, and what it holds is ready again. On a thread of its own: the catalog may have to be
     * told, and while that does not answer the leases of others are to be extended all the same.
     *
     * @param consumer claimed by the caller
     */
    private void endSlow(Consumer consumer) {
        try {
            LOG.info(
                    "The consumer {} of {} held a delivery for more than {}, and is cancelled",
                    consumer.terms().tag(),
                    consumer.terms().queue().name(),
                    timeoutOf(consumer.terms()));
            consumer.beginStopWithClient();
            consumer.stop();
            giveBack(consumer);
            left(consumer);
            tellCancelled(consumer);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt(); // The server is stopping.
        } finally {
            consumers.ended(consumer);
        }
    }

    private void send(Method method) {
        out.write(frames -> frames.method(number, method));
    }
}
