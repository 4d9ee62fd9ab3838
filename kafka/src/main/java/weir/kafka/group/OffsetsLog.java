package weir.kafka.group;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.apache.kafka.common.errors.NotLeaderOrFollowerException;
import weir.core.Batch;
import weir.core.Envelope;
import weir.core.PartitionId;
import weir.core.broker.Broker;
import weir.core.broker.Deadline;
import weir.core.broker.Fetch;
import weir.core.broker.FetchOutcome;
import weir.core.broker.FetchedBatch;
import weir.core.broker.OutcomeUnknownException;
import weir.core.broker.TopicOffsets;
import weir.core.shard.Command;
import weir.core.shard.Reply;

/**
 * A partition of the offsets topic, as entries. Calls wait; what goes wrong comes as the exceptions that Kafka's coordinator knows how to
 * answer.
 */
final class OffsetsLog {
    private final Broker broker;
    private final PartitionId partition;

    OffsetsLog(Broker broker, PartitionId partition) {
        this.broker = broker;
        this.partition = partition;
    }

    boolean isLedHere() {
        return broker.leads(partition);
    }

    /**
     * Appends an entry, durably.
     *
     * @return where it lies
     * @throws KafkaStorageException if it is not there
     * @throws NotLeaderOrFollowerException if it is not known whether it is there
     */
    long append(OffsetsEntry entry) {
        Batch batch = new Batch(0, OffsetsEntry.FORMAT, entry.encoded(), List.of(Envelope.PLAIN));
        Reply reply = submitted(new Command.Publish(partition, List.of(batch)));
        return switch (reply) {
            case Reply.Published(List<Reply.Appended> appended) ->
                appended.getFirst().position().offset();
            case Reply.Refused(var reason) ->
                throw new KafkaStorageException("the offsets topic takes no entry: " + reason);
            case Reply.Done _, Reply.FannedOut _, Reply.Acquired _, Reply.Settled _, Reply.TakenIn _ ->
                throw new IllegalStateException("Publish was answered with " + reply);
        };
    }

    /** Lets go of what lies below. To be called again if that was not heard of. */
    void truncate(long before) {
        submitted(new Command.Truncate(partition, before));
    }

    private Reply submitted(Command.OfPartition command) {
        try {
            long end = System.nanoTime() + GroupLimits.APPEND.toNanos();
            return Deadline.until(end, () -> broker.submit(command));
        } catch (OutcomeUnknownException e) {
            throw new NotLeaderOrFollowerException("the offsets topic gave no answer: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            throw stopping(e);
        }
    }

    /**
     * Reads the log from its beginning.
     *
     * @param end where to stop; there has been an entry before it
     * @throws KafkaException if it cannot be read in time
     */
    LatestRecords read(long end) {
        long giveUpAt = System.nanoTime() + GroupLimits.LOAD_PATIENCE.toNanos();
        try {
            while (true) {
                LatestRecords latest = new LatestRecords();
                OptionalLong start = start();
                if (start.isPresent() && readInto(latest, start.getAsLong(), end, giveUpAt)) {
                    return latest;
                }
                if (System.nanoTime() - giveUpAt >= 0) {
                    throw new NotLeaderOrFollowerException("the offsets topic cannot be read");
                }
            }
        } catch (OutcomeUnknownException e) {
            throw new NotLeaderOrFollowerException("the offsets topic cannot be read: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            throw stopping(e);
        }
    }

    private OptionalLong start() throws OutcomeUnknownException, InterruptedException {
        Optional<TopicOffsets> offsets = broker.offsets(partition, 0);
        return offsets.isPresent() ? OptionalLong.of(offsets.get().start()) : OptionalLong.empty();
    }

    /**
     * @return false if the log was cut off before what was to be read: then what was read may be too old to stand beside the rest, and
     *     all has to be read anew
     */
    private boolean readInto(LatestRecords latest, long start, long end, long giveUpAt)
            throws OutcomeUnknownException, InterruptedException {
        long next = start;
        while (next < end) {
            Duration patience = Duration.ofNanos(Math.max(0, giveUpAt - System.nanoTime()));
            switch (broker.fetch(new Fetch(partition, next, GroupLimits.READ_BYTES), patience)) {
                case FetchOutcome.Fetched(long _, long _, List<FetchedBatch> batches) -> {
                    for (FetchedBatch batch : batches) {
                        if (batch.baseOffset() < end) {
                            latest.add(batch.baseOffset(), OffsetsEntry.decode(batch.payload()));
                            next = batch.endOffset();
                        }
                    }
                    if (batches.isEmpty() && System.nanoTime() - giveUpAt >= 0) {
                        throw new OutcomeUnknownException("nothing is read from offset " + next + " on");
                    }
                }
                case FetchOutcome.OutOfRange _ -> {
                    return false;
                }
                case FetchOutcome.Refused(var reason) -> throw new OutcomeUnknownException("refused: " + reason);
                case FetchOutcome.Unknown(OutcomeUnknownException cause) -> throw cause;
            }
        }
        return true;
    }

    private static KafkaException stopping(InterruptedException cause) {
        Thread.currentThread().interrupt();
        return new NotLeaderOrFollowerException("the server is stopping", cause);
    }
}
