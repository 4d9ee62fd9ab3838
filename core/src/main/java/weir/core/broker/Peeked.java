package weir.core.broker;

import weir.core.Bytes;
import weir.core.Envelope;
import weir.core.MessageState;
import weir.core.Position;

/**
 * A message looked at without taking it.
 *
 * @param attempts deliveries so far
 * @param payload of the whole stored batch
 */
public record Peeked(
        Position position,
        MessageState state,
        Envelope envelope,
        int attempts,
        long publishedAtMillis,
        int format,
        Bytes payload,
        int indexInBatch) {}
