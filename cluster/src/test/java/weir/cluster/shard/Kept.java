package weir.cluster.shard;

import weir.core.Bytes;
import weir.core.Envelope;
import weir.core.Position;

/** One message that was acknowledged to its publisher, and what its consumers were told of it since. */
final class Kept {
    final long id;
    final Position position;
    final long baseOffset;
    final int batchCount;
    final Bytes payload;
    final Envelope envelope;
    final long appendedAt;
    int deliveries;
    int uncounted;
    /** End of its lease; it has none if that is over. */
    long leasedUntil;
    /** Not handed out before that. */
    long notBefore;
    /** Came back from its way to another queue, and was not handed out since. */
    boolean turnedAway;

    boolean departing;
    /** On its way because it was told to move. */
    boolean moving;

    Kept(long id, Position position, long baseOffset, int batchCount, Bytes payload, Envelope envelope, long at) {
        this.id = id;
        this.position = position;
        this.baseOffset = baseOffset;
        this.batchCount = batchCount;
        this.payload = payload;
        this.envelope = envelope;
        this.appendedAt = at;
        this.notBefore = envelope.deliverAtMillis();
    }

    int bytes() {
        return payload.length() / batchCount;
    }

    int attempts() {
        return deliveries
                - uncounted
                + (envelope.origin() == null ? 0 : envelope.origin().attempts());
    }

    boolean isLeased(long now) {
        return leasedUntil > now;
    }

    @Override
    public String toString() {
        return "message " + id + " at " + position + " of " + appendedAt + ", delivered " + deliveries
                + " times, leased until " + leasedUntil + (departing ? ", departing" : "");
    }
}
