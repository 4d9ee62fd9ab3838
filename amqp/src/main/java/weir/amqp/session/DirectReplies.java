package weir.amqp.session;

import org.jspecify.annotations.Nullable;
import weir.amqp.message.StoredMessage;
import weir.amqp.wire.AmqpException;
import weir.amqp.wire.ErrorCode;
import weir.core.Bytes;

/**
 * The consumer of one channel that replies come to without a queue. Opened and closed by the connection's reading thread;
 * replies come from those of others.
 */
final class DirectReplies {
    private final ReplyAddresses addresses;
    private final Deliveries deliveries;

    /** Null if there is none. */
    private volatile @Nullable Waiting waiting;

    /** @param address where replies are sent to */
    private record Waiting(String tag, Bytes consumerTag, String address) {}

    DirectReplies(ReplyAddresses addresses, Deliveries deliveries) {
        this.addresses = addresses;
        this.deliveries = deliveries;
    }

    boolean has(String tag) {
        Waiting there = waiting;
        return there != null && there.tag().equals(tag);
    }

    /** @throws AmqpException 406 if replies were to be acknowledged, or there is such a consumer already */
    void check(boolean noAck) throws AmqpException {
        if (!noAck) {
            throw new AmqpException(ErrorCode.PRECONDITION_FAILED, "reply consumer cannot acknowledge");
        }
        if (waiting != null) {
            throw new AmqpException(ErrorCode.PRECONDITION_FAILED, "reply consumer already set");
        }
    }

    void open(String tag) {
        waiting = new Waiting(tag, Bytes.utf8(tag), addresses.open(this));
    }

    /** Where replies to what this channel publishes are sent; null if it does not consume any. */
    @Nullable
    String address() {
        Waiting there = waiting;
        return there == null ? null : there.address();
    }

    /** Nothing comes after this. */
    void close() {
        Waiting there = waiting;
        if (there != null) {
            addresses.close(there.address());
            waiting = null;
        }
    }

    /** From another channel's thread. False if there is nobody, or he does not read. */
    boolean deliver(StoredMessage reply) {
        Waiting there = waiting;
        // Asked again where frames are put in order: a consumer that was told of its end meanwhile is given nothing.
        return there != null && deliveries.reply(there.consumerTag(), reply, () -> there.equals(waiting));
    }
}
