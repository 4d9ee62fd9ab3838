package weir.core.shard;

import org.jspecify.annotations.Nullable;
import weir.core.DeadLetterReason;
import weir.core.Envelope;
import weir.core.LeaseId;
import weir.core.LogId;
import weir.core.MessageState;
import weir.core.Position;

/**
 * One message that is held in memory: because it has a state of its own (leased, delayed, departing, or ready again), or
 * because it was read ahead. Its {@link Level} owns it.
 */
final class Slot extends Timer {
    final Level level;
    final Lane lane;
    final long offset;
    final long baseOffset;
    final long appendedAtMillis;
    final int bytes;
    final Envelope envelope;

    MessageState state = MessageState.READY;
    /** Handings-over so far; the last of them is named by {@link LeaseId#delivery}. */
    int deliveries;
    /** Those of them that do not count as attempts. */
    int uncounted;

    long firstLeasedAtMillis;
    long leasedAtMillis;
    /** End of the lease, or of the delay. */
    long untilMillis;
    /** The dead-letter queue would not have it, so it is handed out once more before it is tried again. */
    boolean turnedAway;

    @Nullable
    Departing departing;

    /** The named receive that was given its lease, as long as it can be repeated. */
    Attempts.@Nullable Attempt attempt;

    /**
     * Where a departing message goes.
     *
     * @param reason null if it was moved on request
     */
    record Departing(long number, String target, @Nullable DeadLetterReason reason) {}

    Slot(Level level, Lane lane, StoredBatch batch, int index) {
        this(
                level,
                lane,
                batch.baseOffset() + index,
                batch.baseOffset(),
                batch.appendedAtMillis(),
                batch.bytesPerMessage(),
                batch.messages().get(index));
    }

    Slot(Level level, Lane lane, long offset, long baseOffset, long appendedAtMillis, int bytes, Envelope envelope) {
        this.level = level;
        this.lane = lane;
        this.offset = offset;
        this.baseOffset = baseOffset;
        this.appendedAtMillis = appendedAtMillis;
        this.bytes = bytes;
        this.envelope = envelope;
    }

    Position position() {
        return new Position(level.id.level(), offset);
    }

    /** Deliveries by this queue that count; what a dead-letter policy goes by, or nothing redriven would stay. */
    int attemptsHere() {
        return deliveries - uncounted;
    }

    int attempts() {
        return attemptsHere()
                + (envelope.origin() == null ? 0 : envelope.origin().attempts());
    }

    long publishedAtMillis() {
        return envelope.origin() == null ? appendedAtMillis : envelope.origin().publishedAtMillis();
    }

    long expiresAtMillis() {
        return level.partition.expiresAtMillis(envelope, appendedAtMillis);
    }

    @Override
    LogId log() {
        return level.id;
    }

    @Override
    long offset() {
        return offset;
    }
}
