package weir.core.catalog;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;
import weir.core.Bytes;
import weir.core.Check;
import weir.core.Limits;
import weir.core.PartitionId;
import weir.core.QueueSettings;
import weir.core.codec.CatalogCodec;
import weir.core.codec.CorruptDataException;

/**
 * The definitions, as the catalog's log makes them.
 *
 * <p>One thread, the one that applies the catalog's log on this node, calls {@link #apply} and {@link #snapshot} and owns
 * everything here. The lookups may be called from any thread at any time: they read nothing but the two concurrent
 * maps of immutable definitions, so that neither a change nor a page of a listing copies the whole. A listing that runs
 * beside changes sees each queue as it was at some moment of the listing, and for a moment a change may be seen by name
 * and not yet by id.
 */
public final class CatalogMachine {
    private final int shards;
    private final int queuesMax;
    private final ConcurrentNavigableMap<String, Queue> queues = new ConcurrentSkipListMap<>();
    private final ConcurrentNavigableMap<Long, Queue> queuesById = new ConcurrentSkipListMap<>();

    private final ConcurrentNavigableMap<Definition.Key, Definition> definitions = new ConcurrentSkipListMap<>();
    /** When the queue of that name was deleted, the earliest first. */
    private final Map<String, Long> namesAtRest = new LinkedHashMap<>();

    private long appliedIndex;
    private long clockMillis;
    private long lastId;

    /** @param shards how many shards share the queues; fixed when the cluster is created */
    public CatalogMachine(int shards) {
        this(shards, Limits.QUEUES_MAX);
    }

    CatalogMachine(int shards, int queuesMax) {
        Check.inRange("shards", shards, 1, Limits.SHARDS_MAX);
        this.shards = shards;
        this.queuesMax = queuesMax;
    }

    /**
     * The machine that wrote {@code snapshot}.
     *
     * @throws CorruptDataException if it cannot be one
     */
    public static CatalogMachine restore(Bytes snapshot) {
        CatalogSnapshot state = CatalogCodec.decodeSnapshot(snapshot);
        CatalogMachine machine = new CatalogMachine(state.shards());
        machine.appliedIndex = state.appliedIndex();
        machine.clockMillis = state.clockMillis();
        machine.lastId = state.lastId();
        for (Queue queue : state.queues()) {
            machine.put(queue);
        }
        state.atRest().forEach(name -> machine.namesAtRest.put(name.name(), name.sinceMillis()));
        state.definitions().forEach(definition -> machine.definitions.put(definition.key(), definition));
        if (machine.queuesById.size() != machine.queues.size()) {
            throw new CorruptDataException("two queues of a catalog snapshot have the same id");
        }
        return machine;
    }

    /** What {@link #restore} takes. Equal machines give equal bytes. */
    public Bytes snapshot() {
        List<CatalogSnapshot.NameAtRest> atRest = new ArrayList<>();
        namesAtRest.forEach((name, since) -> atRest.add(new CatalogSnapshot.NameAtRest(name, since)));
        return CatalogCodec.encode(new CatalogSnapshot(
                shards,
                appliedIndex,
                clockMillis,
                lastId,
                List.copyOf(queues.values()),
                atRest,
                List.copyOf(definitions.values())));
    }

    /**
     * Applies one command of the entry at {@code index}; an entry may hold several.
     *
     * @throws IllegalStateException if a later entry has been applied. That is a bug of the caller: the queues would get
     *     other ids than on the other nodes
     */
    public CatalogReply apply(long index, long atMillis, CatalogCommand command) {
        if (index < appliedIndex) {
            throw new IllegalStateException("entry " + index + " came after entry " + appliedIndex);
        }
        appliedIndex = index;
        clockMillis = Math.max(clockMillis, atMillis);
        CatalogReply reply = decide(command);
        record(reply);
        return reply;
    }

    /** Answers from the current state. Reads only; {@link #record} does the writing. */
    private CatalogReply decide(CatalogCommand command) {
        return switch (command) {
            case CatalogCommand.CreateQueue create -> create(create);
            case CatalogCommand.UpdateQueue update -> update(update);
            case CatalogCommand.DeleteQueue(String name, long id) -> {
                Queue queue = queues.get(name);
                boolean another = queue != null && id != CatalogCommand.DeleteQueue.WHICHEVER && queue.id() != id;
                yield queue == null || another
                        ? refused(CatalogRefusal.NO_SUCH_QUEUE)
                        : new CatalogReply.Deleted(queue);
            }
            case CatalogCommand.Define define -> define(define);
            case CatalogCommand.Undefine(String kind, String name) -> {
                Definition definition = definitions.get(new Definition.Key(kind, name));
                yield definition == null
                        ? refused(CatalogRefusal.NO_SUCH_DEFINITION)
                        : new CatalogReply.Undefined(definition);
            }
        };
    }

    private CatalogReply create(CatalogCommand.CreateQueue create) {
        Queue existing = queues.get(create.name());
        if (existing != null) {
            return new CatalogReply.Created(existing, true);
        }
        if (queues.size() >= queuesMax) {
            return refused(CatalogRefusal.TOO_MANY_QUEUES);
        }
        Long deletedAt = namesAtRest.get(create.name());
        if (deletedAt != null && clockMillis - deletedAt < create.restMillis()) {
            return refused(CatalogRefusal.DELETED_RECENTLY);
        }
        if (create.partitions() > 1 && !Queue.mayBePartitioned(create.settings())) {
            return refused(CatalogRefusal.DEDUPLICATION_SCOPE_TOO_WIDE);
        }
        long id = lastId + 1;
        Queue queue = new Queue(
                id,
                create.name(),
                shardOf(id, shards),
                create.partitions(),
                create.settings(),
                create.labels(),
                clockMillis,
                clockMillis,
                Queue.FIRST_REVISION);
        return new CatalogReply.Created(queue, false);
    }

    private CatalogReply update(CatalogCommand.UpdateQueue update) {
        Queue queue = queues.get(update.name());
        if (queue == null) {
            return refused(CatalogRefusal.NO_SUCH_QUEUE);
        }
        if (queue.revision() != update.revision()) {
            return refused(CatalogRefusal.CHANGED);
        }
        if (!mayBecome(queue.settings(), update.settings())) {
            return refused(CatalogRefusal.FIXED_AT_CREATION);
        }
        if (queue.partitions() > 1 && !Queue.mayBePartitioned(update.settings())) {
            return refused(CatalogRefusal.DEDUPLICATION_SCOPE_TOO_WIDE);
        }
        return new CatalogReply.Updated(new Queue(
                queue.id(),
                queue.name(),
                queue.shard(),
                queue.partitions(),
                update.settings(),
                update.labels(),
                queue.createdAtMillis(),
                clockMillis,
                queue.revision() + 1));
    }

    /** Messages lie in the logs of their levels and in the order of their groups already. */
    private static boolean mayBecome(QueueSettings now, QueueSettings then) {
        return now.ordering() == then.ordering()
                && now.priorityLevels() <= then.priorityLevels()
                && now.reading() == then.reading();
    }

    private CatalogReply define(CatalogCommand.Define define) {
        Definition there = definitions.get(new Definition.Key(define.kind(), define.name()));
        if (define.revision() == Definition.NEW) {
            if (there != null) {
                return new CatalogReply.Defined(there, true);
            }
            if (definitions.size() >= Limits.DEFINITIONS_MAX) {
                return refused(CatalogRefusal.TOO_MANY_DEFINITIONS);
            }
        } else if (there == null) {
            return refused(CatalogRefusal.NO_SUCH_DEFINITION);
        } else if (there.revision() != define.revision()) {
            return refused(CatalogRefusal.CHANGED);
        }
        return new CatalogReply.Defined(
                new Definition(
                        define.kind(),
                        define.name(),
                        define.attributes(),
                        there == null ? clockMillis : there.createdAtMillis(),
                        clockMillis,
                        there == null ? appliedIndex : there.created(),
                        appliedIndex),
                false);
    }

    private static CatalogReply refused(CatalogRefusal reason) {
        return new CatalogReply.Refused(reason);
    }

    /** Records what was decided. Total: there is nothing left to refuse. */
    private void record(CatalogReply reply) {
        switch (reply) {
            case CatalogReply.Created(Queue queue, boolean existed) -> {
                if (!existed) {
                    lastId = queue.id();
                    namesAtRest.remove(queue.name());
                    put(queue);
                }
            }
            case CatalogReply.Updated(Queue queue) -> put(queue);
            case CatalogReply.Deleted(Queue queue) -> {
                queues.remove(queue.name());
                queuesById.remove(queue.id());
                rest(queue.name());
            }
            case CatalogReply.Defined(Definition definition, boolean existed) -> {
                if (!existed) {
                    definitions.put(definition.key(), definition);
                }
            }
            case CatalogReply.Undefined(Definition definition) -> definitions.remove(definition.key());
            case CatalogReply.Refused _ -> {}
        }
    }

    private void put(Queue queue) {
        queues.put(queue.name(), queue);
        queuesById.put(queue.id(), queue);
    }

    private void rest(String name) {
        namesAtRest.put(name, clockMillis);
        Iterator<Long> oldest = namesAtRest.values().iterator();
        while (oldest.hasNext()
                && (oldest.next() <= clockMillis - Limits.NAME_REST_MAX.toMillis()
                        || namesAtRest.size() > Limits.NAMES_AT_REST_MAX)) {
            oldest.remove();
        }
    }

    /** From any thread. */
    public Optional<Definition> definition(String kind, String name) {
        return Optional.ofNullable(definitions.get(new Definition.Key(kind, name)));
    }

    /** One page of the definitions of a kind, as {@link #list} gives queues. From any thread. */
    public List<Definition> definitions(String kind, String prefix, @Nullable String after, int max) {
        String from = after != null && after.compareTo(prefix) >= 0 ? after : prefix;
        List<Definition> page = new ArrayList<>();
        for (Definition definition : definitions
                .tailMap(new Definition.Key(kind, from), !from.equals(after))
                .values()) {
            if (page.size() >= max
                    || !definition.kind().equals(kind)
                    || !definition.name().startsWith(prefix)) {
                break;
            }
            page.add(definition);
        }
        return page;
    }

    /** What the nodes have agreed on. From any thread. */
    public ClusterEdition edition() {
        return ClusterEdition.of(definitions.get(new Definition.Key(ClusterEdition.KIND, ClusterEdition.NAME)));
    }

    /** From any thread. */
    public Optional<Queue> find(String name) {
        return Optional.ofNullable(queues.get(name));
    }

    /** From any thread. */
    public Optional<Queue> find(long queueId) {
        return Optional.ofNullable(queuesById.get(queueId));
    }

    /**
     * One page of the queues whose names begin with {@code prefix}, by name. From any thread; takes time for the page
     * alone.
     *
     * @param after the last name of the page before; null for the first page
     */
    public List<Queue> list(String prefix, @Nullable String after, int max) {
        boolean within = after != null && after.compareTo(prefix) >= 0;
        List<Queue> page = new ArrayList<>();
        for (Queue queue : queues.tailMap(within ? after : prefix, !within).values()) {
            if (page.size() >= max || !queue.name().startsWith(prefix)) {
                break;
            }
            page.add(queue);
        }
        return page;
    }

    /** Every queue by name, as a view. From any thread. */
    public Collection<Queue> all() {
        return Collections.unmodifiableCollection(queues.values());
    }

    /** Every definition by kind and name, as a view. From any thread. */
    public Collection<Definition> allDefinitions() {
        return Collections.unmodifiableCollection(definitions.values());
    }

    /** From any thread. */
    public int shards() {
        return shards;
    }

    /**
     * The shard that owns a partition: the queue's for the first one, the next for each next, and round. It depends on
     * nothing but the numbers, so it is also known of a queue that has been deleted. From any thread.
     */
    public int shardOf(PartitionId partition) {
        return (shardOf(partition.queue(), shards) + partition.partition()) % shards;
    }

    static int shardOf(long queueId, int shards) {
        return (int) ((queueId - 1) % shards);
    }

    /** The index of the last entry applied; 0 before the first. From the applying thread. */
    public long appliedIndex() {
        return appliedIndex;
    }
}
