package weir.amqp.session;

import java.util.List;
import weir.amqp.queue.AmqpQueue;
import weir.amqp.wire.AmqpException;
import weir.amqp.wire.ErrorCode;
import weir.core.Batch;
import weir.core.Bytes;
import weir.core.Envelope;
import weir.core.Ordering;
import weir.core.Overflow;
import weir.core.QueueSettings;
import weir.core.catalog.Queue;

/**
 * A message whose way is known.
 *
 * @param number the channel's count of publishes at this one, which its confirm names; 0 if it is not to be confirmed
 * @param ways where it goes; empty if nowhere
 * @param payload as it is stored; nothing if it goes nowhere
 */
record Publication(long number, List<Way> ways, int format, Bytes payload) {
    /**
     * To one queue.
     *
     * @param level of the core's, 0 the highest
     */
    record Way(AmqpQueue to, int level, Envelope envelope) {
        Queue queue() {
            return to.queue();
        }

        /** Whether it says itself when it is due. */
        private boolean isDelayed() {
            return envelope.deliverAtMillis() != Envelope.QUEUE_DELAY;
        }

        /** Whether it says itself when it is over. */
        private boolean expires() {
            return envelope.expiresAtMillis() != Envelope.NEVER;
        }

        private Way later(long millis) {
            Envelope then = new Envelope(
                    envelope.group(),
                    envelope.deduplicationId(),
                    isDelayed() ? envelope.deliverAtMillis() + millis : envelope.deliverAtMillis(),
                    expires() ? envelope.expiresAtMillis() + millis : envelope.expiresAtMillis(),
                    envelope.origin(),
                    envelope.variant());
            return new Way(to, level, then);
        }

        /** Whether the queue may have room for some of several messages. */
        boolean mayTakeSome() {
            QueueSettings settings = queue().settings();
            boolean limited =
                    settings.messagesMax() != QueueSettings.UNLIMITED || settings.bytesMax() != QueueSettings.UNLIMITED;
            return limited && settings.overflow() == Overflow.REFUSE && !to.isStream(); // Whose oldest make room.
        }
    }

    /**
     * Holds the message against the queues it goes to: each can tell beforehand what it will never take, and then none is
     * given it.
     *
     * @throws AmqpException 406 if one cannot take it, whatever room it has
     */
    Publication checked() throws AmqpException {
        for (Way way : ways) {
            QueueSettings settings = way.queue().settings();
            if (payload.length() > settings.messageBytesMax()) {
                throw new AmqpException(
                        ErrorCode.PRECONDITION_FAILED,
                        "message size " + payload.length() + " is larger than configured max size "
                                + settings.messageBytesMax() + " of " + way.to().name());
            }
            if (settings.ordering() == Ordering.GROUP && way.envelope().group() == null) {
                throw new AmqpException(
                        ErrorCode.PRECONDITION_FAILED,
                        "message has no header 'x-group-id', and " + way.to().name() + " is ordered by it");
            }
            if (way.to().isStream() && way.envelope().deliverAtMillis() != Envelope.QUEUE_DELAY) {
                throw new AmqpException(
                        ErrorCode.PRECONDITION_FAILED,
                        "x-delay not supported by stream " + way.to().name());
            }
        }
        return this;
    }

    /** What it takes in memory, about. */
    long bytes() {
        return payload.length() + SessionLimits.MESSAGE_BYTES + (long) SessionLimits.WAY_BYTES * ways.size();
    }

    /** The same, published that many milliseconds later: what it is late by, and when it expires, counts from then. */
    Publication later(long millis) {
        boolean timed = ways.stream().anyMatch(way -> way.isDelayed() || way.expires());
        return timed && millis > 0
                ? new Publication(
                        number, ways.stream().map(way -> way.later(millis)).toList(), format, payload)
                : this;
    }

    /** Of what goes nowhere: only the confirm is left to do. */
    static Publication nowhere(long number) {
        return new Publication(number, List.of(), 0, Bytes.EMPTY);
    }

    Batch batch(Way way) {
        return new Batch(way.level(), format, payload, List.of(way.envelope()));
    }
}
