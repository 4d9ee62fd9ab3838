package weir.amqp.session;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import weir.amqp.message.StoredMessage;
import weir.amqp.queue.AmqpQueue;
import weir.amqp.wire.FrameWriter;
import weir.amqp.wire.Method;
import weir.core.Bytes;
import weir.core.LeaseId;
import weir.core.broker.Delivery;
import weir.core.broker.OutcomeUnknownException;
import weir.core.broker.Receipt;
import weir.core.broker.Receive;

/**
 * What the client of one channel is given: written under the channel's next tag, and held unless that need not be settled.
 * From any thread; tags are in the order in which they are written.
 */
final class Deliveries {
    private static final Logger LOG = LoggerFactory.getLogger(Deliveries.class);

    /** Is told of each. */
    interface Tap {
        void delivered(AmqpQueue queue, boolean redelivered, StoredMessage message) throws InterruptedException;
    }

    private final int number;
    private final Front front;
    private final Tap tap;
    private final Outbox out;
    private final Prefetch prefetch;
    private final Settler settler;

    Deliveries(int number, Front front, Tap tap, Outbox out, Prefetch prefetch, Settler settler) {
        this.number = number;
        this.front = front;
        this.tap = tap;
        this.out = out;
        this.prefetch = prefetch;
        this.settler = settler;
    }

    /** Does not wait. */
    void deliver(Consumer consumer, List<Delivery> taken) {
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
        AmqpQueue queue = now(terms.queue());
        long now = System.nanoTime();
        boolean written = out.write(frames -> {
            for (int i = 0; i < deliveries.size(); i++) {
                Delivery delivery = deliveries.get(i);
                long deliveryTag = terms.noAck() ? prefetch.nextTag() : prefetch.hold(queue, delivery, consumer, now);
                deliver(frames, tag, deliveryTag, isRedelivered(delivery), messages.get(i));
            }
        });
        for (int i = 0; i < deliveries.size(); i++) {
            told(queue, deliveries.get(i), messages.get(i));
        }
        if (terms.noAck() || !written) {
            settler.settle(
                    wayOfUnheld(written),
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

    private void told(AmqpQueue queue, Delivery delivery, StoredMessage message) {
        try {
            tap.delivered(queue, isRedelivered(delivery), message);
        } catch (InterruptedException _) {
            Thread.currentThread()
                    .interrupt(); // It was delivered all the same, and somebody wants this thread to look.
        }
    }

    /** With what policies say of it by now. */
    AmqpQueue now(AmqpQueue asItWas) {
        return front.queues().find(asItWas.queue().id()).orElse(asItWas);
    }

    private static boolean isRedelivered(Delivery delivery) {
        return delivery.leased().lease().delivery() > 1;
    }

    /** @param written false if the connection has ended: nobody looked at it */
    private static Settler.Way wayOfUnheld(boolean written) {
        return written ? Settler.Way.ACKNOWLEDGE : Settler.Way.RELEASE;
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

    /**
     * What need not be settled.
     *
     * @param wanted asked when nothing else can be written any more before this
     * @return whether it was written: not if nobody wants it, or the client does not read
     */
    boolean reply(Bytes consumerTag, StoredMessage reply, BooleanSupplier wanted) {
        boolean[] given = new boolean[1];
        if (!out.isFull()) {
            out.write(frames -> {
                if (wanted.getAsBoolean()) {
                    deliver(frames, consumerTag, prefetch.nextTag(), false, reply);
                    given[0] = true;
                }
            });
        }
        return given[0];
    }

    /** The next message of a queue, if it has any. */
    List<Delivery> next(AmqpQueue queue) throws OutcomeUnknownException, InterruptedException {
        Receive one = new Receive(queue.queue().id(), 1, SessionLimits.LEASE.toMillis());
        Receipt receipt = front.broker().receive(one, Duration.ZERO);
        return receipt instanceof Receipt.Received(List<Delivery> some, boolean _) ? some : List.of();
    }

    /** As the answer to basic.get. */
    void get(boolean noAck, AmqpQueue queue, Delivery delivery) throws InterruptedException {
        LeaseId lease = delivery.leased().lease();
        long left = ready(queue);
        StoredMessage message =
                front.messages().delivered(delivery, queue.name().name());
        long now = System.nanoTime();
        boolean written = out.write(frames -> frames.content(
                number,
                new Method.BasicGetOk(
                        noAck ? prefetch.nextTag() : prefetch.hold(queue, delivery, null, now),
                        isRedelivered(delivery),
                        message.exchange().utf8(),
                        message.routingKey().utf8(),
                        left),
                message.properties(),
                message.body()));
        told(queue, delivery, message);
        if (noAck || !written) {
            settler.settle(wayOfUnheld(written), List.of(new Held(0, queue, delivery.partition(), lease, null, now)));
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
}
