package weir.core.shard;

import java.util.List;
import org.jspecify.annotations.Nullable;
import weir.core.DeadLetterReason;
import weir.core.Envelope;
import weir.core.LeaseId;
import weir.core.Position;

/** What the machine answers to a command. Not replicated: every replica arrives at the same one. */
public sealed interface Reply {
    record Done() implements Reply {}

    record Refused(Refusal reason) implements Reply {}

    /** One for each batch, in order. */
    record Published(List<Appended> appended) implements Reply {
        public Published {
            appended = List.copyOf(appended);
        }
    }

    /**
     * @param position of the batch's first message, the others follow it; of the first publishing if this is a repeat
     * @param duplicate whether a message with the same deduplication id, or a batch with the same numbers of the same producer,
     *     was there already, and nothing was appended
     */
    record Appended(Position position, long publishedAtMillis, boolean duplicate) {}

    /** For each message, for each of its targets in order: a {@link Published} with one {@link Appended}, or a {@link Refused}. */
    record FannedOut(List<List<Reply>> outcomes) implements Reply {
        public FannedOut {
            outcomes = outcomes.stream().map(List::copyOf).toList();
        }
    }

    /**
     * @param leased the messages handed out, in order of delivery
     * @param tooManyInFlight whether fewer were handed out because the queue's limit on leases is reached
     */
    record Acquired(List<Leased> leased, boolean tooManyInFlight) implements Reply {
        public static final Acquired NONE = new Acquired(List.of(), false);

        public Acquired {
            leased = List.copyOf(leased);
        }
    }

    /**
     * One message handed out. Its payload is read from the log by (level, baseOffset).
     *
     * @param baseOffset of the stored batch; the message is number {@code lease.position.offset - baseOffset} in it
     * @param attempts how often the message has been handed out in all, with this time and those before a move
     * @param firstLeasedAtMillis when this queue first handed it out
     * @param publishedAtMillis when it was first published, before any move
     */
    record Leased(
            LeaseId lease,
            long baseOffset,
            Envelope envelope,
            int attempts,
            long publishedAtMillis,
            long firstLeasedAtMillis,
            long leasedUntilMillis) {}

    /** One for each lease named, in order. */
    record Settled(List<LeaseOutcome> outcomes) implements Reply {
        public Settled {
            outcomes = List.copyOf(outcomes);
        }
    }

    enum LeaseOutcome {
        DONE,
        /** The lease ran out; the message is ready or delayed, and was not leased again. Nothing was changed. */
        EXPIRED,
        /** The message has been leased again since. Nothing was changed. */
        SUPERSEDED,
        /** The message is settled, purged, moved, or never was. Nothing was changed. */
        GONE,
        /** The delivery would be held longer in all than allowed. Nothing was changed. */
        HELD_TOO_LONG
    }

    /** One for each arrival, in order. */
    record TakenIn(List<ArrivalOutcome> outcomes) implements Reply {
        public TakenIn {
            outcomes = List.copyOf(outcomes);
        }
    }

    enum ArrivalOutcome {
        TAKEN,
        REFUSED
    }

    /**
     * A message that waits to be taken in elsewhere; read by the courier, not sent by a command.
     *
     * @param reason why it could not stay; null if it was moved on request, and is a new message where it arrives
     */
    record Departure(
            long number,
            weir.core.PartitionId from,
            Position position,
            long baseOffset,
            Envelope envelope,
            String target,
            @Nullable DeadLetterReason reason,
            int attempts,
            long publishedAtMillis) {}
}
