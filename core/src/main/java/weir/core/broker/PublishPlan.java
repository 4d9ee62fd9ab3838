package weir.core.broker;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import weir.core.Batch;
import weir.core.PartitionId;
import weir.core.catalog.Queue;
import weir.core.shard.Command;
import weir.core.shard.Reply;

/**
 * Splits what is published to a queue by its partitions, each batch by its first message, in order, and puts the answers
 * back to where they belong. Batches that nothing binds to a partition stay together.
 *
 * <p>Used by one thread.
 */
public final class PublishPlan {
    /** What one partition gets. */
    public static final class Part {
        private final PartitionId partition;
        private final List<Batch> batches = new ArrayList<>();
        private final List<Integer> places = new ArrayList<>();

        private Part(PartitionId partition) {
            this.partition = partition;
        }

        public Command.Publish command() {
            return new Command.Publish(partition, batches);
        }
    }

    private final Map<PartitionId, Part> parts = new TreeMap<>();
    /** Null until the partition has answered. */
    private final List<@Nullable PublishOutcome> outcomes;

    /** @param turn as in {@link Queue#partitionFor} */
    public PublishPlan(Queue queue, List<Batch> batches, long turn) {
        for (int i = 0; i < batches.size(); i++) {
            Batch batch = batches.get(i);
            PartitionId partition = queue.partitionFor(batch.messages().getFirst(), turn);
            Part part = parts.computeIfAbsent(partition, Part::new);
            part.batches.add(batch);
            part.places.add(i);
        }
        outcomes = new ArrayList<>(Collections.nCopies(batches.size(), null));
    }

    public List<Part> parts() {
        return List.copyOf(parts.values());
    }

    public void answered(Part part, Reply reply) {
        for (int i = 0; i < part.places.size(); i++) {
            PublishOutcome outcome =
                    switch (reply) {
                        case Reply.Published(var appended) ->
                            new PublishOutcome.Appended(part.partition, appended.get(i));
                        case Reply.Refused(var reason) -> new PublishOutcome.Refused(reason);
                        case Reply.Done _, Reply.FannedOut _, Reply.Acquired _, Reply.Settled _, Reply.TakenIn _ ->
                            throw new IllegalStateException("Publish was answered with " + reply);
                    };
            outcomes.set(part.places.get(i), outcome);
        }
    }

    public void unknown(Part part, OutcomeUnknownException cause) {
        part.places.forEach(place -> outcomes.set(place, new PublishOutcome.Unknown(cause)));
    }

    /** One for each batch, in order; when every part has an outcome. */
    public List<PublishOutcome> outcomes() {
        List<PublishOutcome> all = new ArrayList<>(outcomes.size());
        outcomes.forEach(outcome -> all.add(Objects.requireNonNull(outcome, "a part was not answered")));
        return all;
    }
}
