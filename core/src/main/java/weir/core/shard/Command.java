package weir.core.shard;

import java.util.List;
import org.jspecify.annotations.Nullable;
import weir.core.Batch;
import weir.core.Bytes;
import weir.core.Check;
import weir.core.Edition;
import weir.core.Envelope;
import weir.core.LeaseId;
import weir.core.Limits;
import weir.core.PartitionId;
import weir.core.Position;
import weir.core.QueueSettings;

/**
 * An intent that the shard's machine decides on. Replicated and kept in the log, so a case is retired, never removed,
 * and the meaning of one never changes in place.
 */
public sealed interface Command {
    /** A command about one partition of this shard. Answered with {@link Refusal#NO_SUCH_QUEUE} if it is not here. */
    sealed interface OfPartition extends Command {
        PartitionId partition();
    }

    /**
     * Appends batches in order, all or none. Answered by {@link Reply.Published}. Of {@link Batch#numbering numbered} ones a
     * repeat of any of the five newest of its producer changes nothing, and is answered as the first; what is not the next is
     * refused with {@link Refusal#OUT_OF_ORDER_SEQUENCE} or {@link Refusal#INVALID_PRODUCER_EPOCH}. A producer that the partition
     * does not know may begin with any number; one that it knows begins a newer epoch with 0.
     */
    record Publish(PartitionId partition, List<Batch> batches) implements OfPartition {
        public Publish {
            batches = List.copyOf(batches);
            Check.atLeast("batches", batches.size(), 1);
        }
    }

    /**
     * Publishes messages to many partitions of this shard, each payload stored once. In order; each target is accepted or
     * refused for itself, but once an ordered one was too full for a message of a group, it is so for the group's later ones
     * in this command, too. Answered by {@link Reply.FannedOut}.
     */
    record Fanout(List<Copies> messages) implements Command {
        public Fanout {
            messages = List.copyOf(messages);
            long targets = 0;
            for (Copies copies : messages) {
                targets += copies.targets().size();
            }
            Check.inRange("targets of a fan-out", targets, 0, Limits.FANOUT_TARGETS_MAX);
        }
    }

    /**
     * One message for many partitions.
     *
     * @param level as in {@link Batch}
     * @param format as in {@link Batch}
     * @param payload shared by all targets. If it holds several forms of the message, each target's {@link
     *     Envelope#variant} is above 0, and the front has held the form against the queue's limit on a message's size
     * @param relayed names a message that is forwarded from another queue; null for any other
     */
    record Copies(
            int level,
            int format,
            Bytes payload,
            List<Target> targets,
            @Nullable Relayed relayed) {
        public Copies {
            Check.inRange("level", level, 0, Limits.PRIORITY_LEVELS_MAX - 1);
            Check.inRange("format", format, 0, 255);
            targets = List.copyOf(targets);
        }

        public Copies(int level, int format, Bytes payload, List<Target> targets) {
            this(level, format, payload, targets, null);
        }

        /** What the target is to append. */
        public Batch batchFor(Target target) {
            return new Batch(level, format, payload, List.of(target.envelope()));
        }
    }

    /**
     * Which message of which queue is forwarded. A target takes it once, however often and however much later it comes
     * again: a repeat is answered by {@link Reply.Published} that lists nothing, and changes nothing.
     *
     * @param source the queue's id, which is never used twice
     * @param number of the message there, e.g. its offset
     * @param settledBelow the source will never send a message numbered below any more, nor need its repeats be known
     */
    record Relayed(long source, long number, long settledBelow) {
        public Relayed {
            Check.atLeast("source", source, 0);
            Check.atLeast("settledBelow", settledBelow, 0);
            Check.inRange("number", number, settledBelow, Long.MAX_VALUE);
        }
    }

    /** Where a copy goes, and as what. */
    record Target(PartitionId partition, Envelope envelope) {}

    /**
     * Leases up to {@code maxMessages} ready messages. Answered by {@link Reply.Acquired}, which may be empty.
     *
     * @param leaseMillis how long the lease lasts; {@link #QUEUE_DEFAULT} for the queue's setting. Zero counts as a
     *     delivery but leaves the message ready
     * @param attempt names this receive, so that it can be repeated when its answer was lost: the same name within {@link
     *     Limits#ATTEMPT_REMEMBERED} gives the same messages under the same leases, their time restarted. Not so once one
     *     of the leases was ended, extended or ran out, or if they are more than now asked for: then this is an acquire like
     *     any other. Null for none
     */
    record Acquire(
            PartitionId partition,
            int maxMessages,
            long leaseMillis,
            @Nullable String attempt) implements OfPartition {
        public static final long QUEUE_DEFAULT = -1;

        public Acquire {
            Check.inRange("maxMessages", maxMessages, 1, Limits.ACQUIRE_MESSAGES_MAX);
            Check.inRange("leaseMillis", leaseMillis, QUEUE_DEFAULT, Limits.LEASE_MAX.toMillis());
            if (attempt != null) {
                Check.inRange("attempt's length", attempt.length(), 1, Limits.ATTEMPT_CHARS_MAX);
            }
        }

        public Acquire(PartitionId partition, int maxMessages, long leaseMillis) {
            this(partition, maxMessages, leaseMillis, null);
        }
    }

    /**
     * Ends leases for good: the messages are done. Answered by {@link Reply.Settled}.
     *
     * @param evenIfExpired whether a lease that ran out still counts while its message has not been leased again
     */
    record Acknowledge(PartitionId partition, List<LeaseId> leases, boolean evenIfExpired) implements OfPartition {
        public Acknowledge {
            leases = List.copyOf(leases);
        }
    }

    /**
     * Sets leases to end {@code leaseMillis} from now; zero makes the message ready at once. Answered by {@link
     * Reply.Settled}.
     *
     * @param evenIfExpired as in {@link Acknowledge}: a message whose lease ran out is held again
     * @param heldMillisMax how long one delivery may be held in all, from its hand-over
     */
    record Extend(
            PartitionId partition, List<LeaseId> leases, long leaseMillis, boolean evenIfExpired, long heldMillisMax)
            implements OfPartition {
        public Extend {
            leases = List.copyOf(leases);
            Check.inRange("leaseMillis", leaseMillis, 0, Limits.LEASE_MAX.toMillis());
        }
    }

    /**
     * Gives messages back: ready again at their old place, after {@code delayMillis}. Answered by {@link Reply.Settled}.
     *
     * @param counted whether the delivery counts as an attempt; false if the message was never looked at
     */
    record Release(PartitionId partition, List<LeaseId> leases, long delayMillis, boolean counted)
            implements OfPartition {
        public Release {
            leases = List.copyOf(leases);
            Check.inRange("delayMillis", delayMillis, 0, Limits.DELAY_MAX.toMillis());
        }
    }

    /** Refuses messages for good: dead-lettered now, or dropped if the queue has nowhere to put them. */
    record Reject(PartitionId partition, List<LeaseId> leases) implements OfPartition {
        public Reject {
            leases = List.copyOf(leases);
        }
    }

    /**
     * Drops messages that wait for their time: their publisher has delayed them, or they were given back for later. One that is
     * ready, held or departing by now stays as it is. Answered by {@link Reply.Settled}, in which all but those dropped are
     * {@link Reply.LeaseOutcome#GONE}.
     */
    record Cancel(PartitionId partition, List<Position> positions) implements OfPartition {
        public Cancel {
            positions = List.copyOf(positions);
        }
    }

    /**
     * Sends messages to another queue, wherever it is. They arrive there exactly once, as new ones: without origin, their
     * attempts counted from zero, to be delivered at once; group, own expiry and variant are kept. Until then they are
     * departing here. One that the queue will not have (there is none of that name, or it is full) is ready again at its
     * old place, and the delivery does not count as an attempt. Answered by {@link Reply.Settled}.
     */
    record Move(PartitionId partition, List<LeaseId> leases, String targetQueue) implements OfPartition {
        public Move {
            leases = List.copyOf(leases);
            Check.inRange("target queue's name length", targetQueue.length(), 1, Limits.QUEUE_NAME_CHARS_MAX);
        }
    }

    /**
     * Drops every message, whatever its state, and forgets the deduplication ids. Answered by {@link Reply.Done}.
     *
     * @param restMillis refused with {@link Refusal#PURGED_RECENTLY} if the last purge is less than that ago; 0 for no such
     *     rule
     */
    record Purge(PartitionId partition, long restMillis) implements OfPartition {
        public Purge {
            Check.atLeast("restMillis", restMillis, 0);
        }

        public Purge(PartitionId partition) {
            this(partition, 0);
        }
    }

    /**
     * Lets go of a topic's messages below an offset. If they are gone already nothing changes. Answered by {@link Reply.Done}, or
     * refused with {@link Refusal#OFFSET_OUT_OF_RANGE} if the topic does not reach as far.
     */
    record Truncate(PartitionId partition, long before) implements OfPartition {
        public Truncate {
            Check.atLeast("before", before, 0);
        }
    }

    /**
     * Creates the partition or changes its settings. A revision not above the one in force changes nothing, so that a
     * late repeat is harmless. Answered by {@link Reply.Done}.
     */
    record Configure(PartitionId partition, long revision, QueueSettings settings) implements OfPartition {}

    /** Forgets the partition and all of its messages. Answered by {@link Reply.Done}, also if it is not here. */
    record Drop(PartitionId partition) implements OfPartition {}

    /**
     * Takes in messages that departed from another shard, or this one. Answered by {@link Reply.TakenIn}. Repeating it
     * is harmless: every departure carries a number, and each source's numbers are remembered up to where the source
     * knows that they arrived.
     *
     * @param source the shard that they departed from
     * @param settledBelow every departure numbered below is settled at the source and can be forgotten here
     */
    record TakeIn(int source, long settledBelow, List<Arrival> arrivals) implements Command {
        public TakeIn {
            Check.atLeast("source", source, 0);
            arrivals = List.copyOf(arrivals);
        }
    }

    /**
     * One message that departed from a shard.
     *
     * @param number the departure's number at its source, rising
     */
    record Arrival(long number, PartitionId target, Batch batch) {
        public Arrival {
            Check.inRange("messages in an arrival", batch.count(), 1, 1);
            if (batch.numbering() != null) {
                throw new IllegalArgumentException("what departed is not numbered any more");
            }
        }

        public Envelope envelope() {
            return batch.messages().getFirst();
        }
    }

    /**
     * Tells the source how its departures ended. Answered by {@link Reply.Done}.
     *
     * @param arrived numbers that the target holds durably: the source forgets the messages
     * @param refused numbers that no target would take: the messages are ready again where they were
     */
    record SettleDepartures(List<Long> arrived, List<Long> refused) implements Command {
        public SettleDepartures {
            arrived = List.copyOf(arrived);
            refused = List.copyOf(refused);
        }
    }

    /** Nothing but the time that its entry brings. Answered by {@link Reply.Done}. */
    record Tick() implements Command {}

    /**
     * From here on the log may hold what that {@link weir.core.Edition} has brought: every member can read it. One that it has
     * come to already changes nothing. Answered by {@link Reply.Done}.
     */
    record Raise(int edition) implements Command {
        public Raise {
            Check.inRange("edition", edition, Edition.FIRST, Edition.MAX);
        }
    }
}
