package weir.kafka.fetch;

import java.time.Duration;
import java.util.Collections;
import java.util.Iterator;
import java.util.Optional;
import weir.core.PartitionId;
import weir.core.broker.Broker;
import weir.core.broker.Fetch;
import weir.core.broker.FetchOutcome;
import weir.core.broker.FetchedBatch;
import weir.core.broker.OutcomeUnknownException;
import weir.core.broker.TopicOffsets;
import weir.kafka.record.RecordTimes;
import weir.kafka.record.RecordTimes.Found;

/**
 * Looks for times that producers gave their records. The log knows when records came, not what they say of themselves; but they say nothing later than that, if the
 * producer's clock is right. So the search begins where that time came, and looks at batches from there on: at the first one, as a rule.
 */
final class TimeSearch {
    private final Broker broker;

    TimeSearch(Broker broker) {
        this.broker = broker;
    }

    /** The first record of that time or later. */
    Optional<Found> first(PartitionId partition, TopicOffsets there, long millis)
            throws OutcomeUnknownException, InterruptedException {
        Walk walk = new Walk(partition, there.at());
        for (Optional<FetchedBatch> batch = walk.next(); batch.isPresent(); batch = walk.next()) {
            Optional<Found> found = RecordTimes.first(batch.get(), there.at(), millis);
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }

    /** The first of the newest records. Everything has to be looked at for that. */
    Optional<Found> newest(PartitionId partition, TopicOffsets there)
            throws OutcomeUnknownException, InterruptedException {
        Optional<FetchedBatch> newest = Optional.empty();
        Walk walk = new Walk(partition, there.start());
        for (Optional<FetchedBatch> batch = walk.next(); batch.isPresent(); batch = walk.next()) {
            if (newest.isEmpty() || RecordTimes.newest(batch.get()) > RecordTimes.newest(newest.get())) {
                newest = batch;
            }
        }
        return newest.flatMap(batch -> RecordTimes.first(batch, there.start(), RecordTimes.newest(batch)));
    }

    /** One batch after the other, to the end of the partition or of patience. */
    private final class Walk {
        private final PartitionId partition;
        private final long deadline = System.nanoTime() + FetchLimits.SEARCH.toNanos();
        private Iterator<FetchedBatch> read = Collections.emptyIterator();
        private long next;

        Walk(PartitionId partition, long from) {
            this.partition = partition;
            this.next = from;
        }

        Optional<FetchedBatch> next() throws OutcomeUnknownException, InterruptedException {
            if (!read.hasNext()) {
                if (System.nanoTime() - deadline > 0) {
                    throw new OutcomeUnknownException("a time was not found in " + FetchLimits.SEARCH);
                }
                FetchOutcome outcome =
                        broker.fetch(new Fetch(partition, next, FetchLimits.SEARCH_BYTES), Duration.ZERO);
                if (outcome instanceof FetchOutcome.OutOfRange(long start, long end) && next < start && start < end) {
                    next = start; // Retention was quicker.
                    return next();
                }
                if (!(outcome instanceof FetchOutcome.Fetched fetched)) {
                    return Optional.empty();
                }
                read = fetched.batches().iterator();
            }
            if (!read.hasNext()) {
                return Optional.empty();
            }
            FetchedBatch batch = read.next();
            next = batch.endOffset();
            return Optional.of(batch);
        }
    }
}
