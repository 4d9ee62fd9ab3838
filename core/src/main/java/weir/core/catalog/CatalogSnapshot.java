package weir.core.catalog;

import java.util.List;
import org.jspecify.annotations.Nullable;
import weir.core.Check;
import weir.core.Limits;

/**
 * All that a {@link CatalogMachine} knows after one entry.
 *
 * @param shards fixed when the cluster is created
 * @param appliedIndex of the last entry in it; 0 before the first
 * @param clockMillis the machine's clock
 * @param lastId the id given last, perhaps to a queue that is gone by now; 0 before the first
 * @param queues by name, rising
 * @param atRest the names of queues that were deleted not long ago, in the order of their deletion
 * @param definitions by kind, then by name, rising
 */
public record CatalogSnapshot(
        int shards,
        long appliedIndex,
        long clockMillis,
        long lastId,
        List<Queue> queues,
        List<NameAtRest> atRest,
        List<Definition> definitions) {
    /** @param sinceMillis when the queue was deleted */
    public record NameAtRest(String name, long sinceMillis) {}

    public CatalogSnapshot {
        Check.inRange("shards", shards, 1, Limits.SHARDS_MAX);
        Check.atLeast("appliedIndex", appliedIndex, 0);
        Check.atLeast("clockMillis", clockMillis, 0);
        Check.atLeast("lastId", lastId, 0);
        Check.inRange("queues", queues.size(), 0, Limits.QUEUES_MAX);
        queues = List.copyOf(queues);
        String before = "";
        for (Queue queue : queues) {
            Check.inRange("queue id", queue.id(), 1, lastId);
            int shard = CatalogMachine.shardOf(queue.id(), shards);
            Check.inRange("shard of queue " + queue.id(), queue.shard(), shard, shard);
            if (queue.name().compareTo(before) <= 0) {
                throw new IllegalArgumentException("queue " + queue.id() + " is out of the order of names");
            }
            before = queue.name();
        }
        Check.inRange("names at rest", atRest.size(), 0, Limits.NAMES_AT_REST_MAX);
        atRest = List.copyOf(atRest);
        Check.inRange("definitions", definitions.size(), 0, Limits.DEFINITIONS_MAX);
        definitions = List.copyOf(definitions);
        Definition.@Nullable Key keyBefore = null;
        for (Definition definition : definitions) {
            if (keyBefore != null && definition.key().compareTo(keyBefore) <= 0) {
                throw new IllegalArgumentException("definition " + definition.key() + " is out of order");
            }
            keyBefore = definition.key();
        }
    }
}
