package weir.amqp.session;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import weir.amqp.queue.AmqpQueue;
import weir.amqp.queue.Queues;
import weir.amqp.stream.StreamFilter;
import weir.amqp.stream.StreamOffset;
import weir.amqp.wire.AmqpException;
import weir.amqp.wire.ErrorCode;
import weir.amqp.wire.Method;
import weir.core.LeaseId;
import weir.core.Position;
import weir.core.broker.OutcomeUnknownException;
import weir.core.broker.TopicOffsets;

/** The consumers of streams on one channel. Called by the connection's reading thread, but for what {@link StreamConsumer.Owner} says. */
final class StreamConsumers implements StreamConsumer.Owner {
    private static final Logger LOG = LoggerFactory.getLogger(StreamConsumers.class);

    private final int number;
    private final Front front;
    private final Peer peer;
    private final Outbox out;
    private final Prefetch prefetch;
    private final ChannelThreads threads;
    private final Map<String, StreamConsumer> consumers = new ConcurrentHashMap<>();

    StreamConsumers(int number, Front front, Peer peer, Outbox out, Prefetch prefetch, ChannelThreads threads) {
        this.number = number;
        this.front = front;
        this.peer = peer;
        this.out = out;
        this.prefetch = prefetch;
        this.threads = threads;
    }

    boolean has(String tag) {
        return consumers.containsKey(tag);
    }

    /** From any thread. */
    List<ConsumerTerms> all() {
        return consumers.values().stream().map(StreamConsumer::terms).toList();
    }

    int size() {
        return consumers.size();
    }

    /**
     * @param prefetchCount deliveries that may be unsettled at a time
     * @throws AmqpException if a stream cannot be consumed so, in RabbitMQ's words
     */
    void consume(Method.BasicConsume consume, String tag, AmqpQueue queue, int prefetchCount)
            throws AmqpException, OutcomeUnknownException, InterruptedException {
        if (prefetchCount == 0) {
            throw new AmqpException(
                    ErrorCode.PRECONDITION_FAILED, "consumer prefetch count is not set for stream " + queue.name());
        }
        if (consume.noAck()) {
            throw notImplemented("automatic acknowledgement not supported by stream " + queue.name());
        }
        if (prefetch.limit() > 0) {
            throw notImplemented(queue.name() + " does not support global qos");
        }
        if (queue.queue().partitions() > 1) {
            throw notImplemented(queue.name() + " has " + queue.queue().partitions()
                    + " partitions, and a consumer of AMQP's reads one");
        }
        StreamOffset wanted =
                StreamOffset.of(consume.arguments(), queue.name(), front.clock().instant());
        TopicOffsets reach = front.broker()
                .offsets(queue.queue().partition(0), wanted.askedMillis())
                .orElseThrow(() -> Queues.notFound(queue.name()));
        ConsumerTerms terms = new ConsumerTerms(
                tag, queue, false, consume.exclusive(), 0, prefetchCount, Duration.ZERO, consume.arguments());
        StreamFilter filter = StreamFilter.of(consume.arguments());
        front.consumers().attend(queue, consume.exclusive());
        StreamConsumer consumer = new StreamConsumer(
                terms, filter, wanted.in(reach), reach.end(), front, this, prefetch, threads.named("stream-" + tag));
        consumers.put(tag, consumer);
        if (!consume.noWait()) {
            send(new Method.BasicConsumeOk(tag));
        }
        consumer.start();
    }

    static AmqpException getNotSupported(AmqpQueue stream) {
        return notImplemented("basic.get not supported by stream queues " + stream.name());
    }

    private static AmqpException notImplemented(String text) {
        return new AmqpException(ErrorCode.NOT_IMPLEMENTED, text);
    }

    void cancel(String tag) throws InterruptedException {
        StreamConsumer consumer = consumers.remove(tag);
        if (consumer != null) {
            consumer.stop();
            left(consumer);
        }
    }

    /** They read nothing more, and need not be waited for yet. */
    void beginStop() {
        consumers.values().forEach(StreamConsumer::beginStop);
    }

    /** Returns when nothing is delivered any more. */
    void stop() throws InterruptedException {
        beginStop();
        for (StreamConsumer each : List.copyOf(consumers.values())) {
            each.stop();
            if (consumers.remove(each.terms().tag(), each)) { // Else its stream is gone, and it has left by itself.
                left(each);
            }
        }
    }

    private void left(StreamConsumer consumer) throws InterruptedException {
        AmqpQueue queue = consumer.terms().queue();
        try {
            front.consumers().leave(queue);
        } catch (OutcomeUnknownException e) {
            LOG.warn("That the {} has lost a consumer was not noted: {}", queue.name(), e.getMessage());
        }
    }

    // ---- On a consumer's thread

    @Override
    public boolean awaitRoom() throws InterruptedException {
        return out.awaitRoom();
    }

    @Override
    public void deliver(StreamConsumer consumer, List<StreamConsumer.Read> messages) {
        front.traffic().read(peer, number, consumer.terms().queue(), messages.size());
        long now = System.nanoTime();
        out.write(frames -> {
            for (StreamConsumer.Read read : messages) {
                LeaseId place = new LeaseId(new Position(0, read.offset()), 1);
                long tag = prefetch.hold(consumer.terms().queue(), consumer.partition(), place, consumer, now);
                frames.deliver(
                        number,
                        consumer.tag(),
                        tag,
                        false,
                        read.message().exchange(),
                        read.message().routingKey(),
                        read.message().properties(),
                        read.message().body());
            }
        });
    }

    @Override
    public void queueGone(StreamConsumer consumer) {
        if (!consumers.remove(consumer.terms().tag(), consumer)) {
            return;
        }
        if (peer.capabilities().consumerCancelNotify()) {
            send(new Method.BasicCancel(consumer.terms().tag(), true));
        }
        try {
            left(consumer);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt(); // The consumer's thread ends with this.
        }
    }

    private void send(Method method) {
        out.write(frames -> frames.method(number, method));
    }
}
