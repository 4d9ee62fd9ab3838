package weir.amqp.topology;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import weir.core.Batch;
import weir.core.PartitionId;
import weir.core.PartitionStatus;
import weir.core.Position;
import weir.core.QueueSettings;
import weir.core.broker.Broker;
import weir.core.broker.CatalogWatch;
import weir.core.broker.Fetch;
import weir.core.broker.FetchOutcome;
import weir.core.broker.Peeked;
import weir.core.broker.PublishOutcome;
import weir.core.broker.Receipt;
import weir.core.broker.Receive;
import weir.core.broker.TopicOffsets;
import weir.core.catalog.CatalogCommand;
import weir.core.catalog.CatalogMachine;
import weir.core.catalog.CatalogReply;
import weir.core.catalog.Definition;
import weir.core.catalog.Queue;
import weir.core.shard.Command;
import weir.core.shard.Reply;

/** The catalog of one process, with the real machine behind it; it has no messages. */
final class CatalogBroker implements Broker {
    private CatalogMachine catalog = new CatalogMachine(1);
    private final List<CatalogWatch> watches = new ArrayList<>();
    private long changes;
    /** Of queues that this node does not lead. */
    final Set<String> ledElsewhere = ConcurrentHashMap.newKeySet();

    /** As after a restart, or when another's state was taken over. */
    synchronized void restore() {
        catalog = CatalogMachine.restore(catalog.snapshot());
        watches.forEach(CatalogWatch::anew);
    }

    Queue queue(String name) {
        return switch (change(new CatalogCommand.CreateQueue(name, QueueSettings.DEFAULT, new TreeMap<>()))) {
            case CatalogReply.Created(Queue queue, boolean _) -> queue;
            case CatalogReply other -> throw new AssertionError(other);
        };
    }

    void deleteQueue(String name) {
        change(new CatalogCommand.DeleteQueue(name));
    }

    int count(String kind) {
        return definitions(kind, "", "", Integer.MAX_VALUE).size();
    }

    @Override
    public boolean leads(PartitionId partition) {
        return !ledElsewhere.contains(find(partition.queue()).orElseThrow().name());
    }

    @Override
    public synchronized CatalogReply change(CatalogCommand command) {
        CatalogReply reply = catalog.apply(++changes, changes, command);
        watches.forEach(watch -> watch.changed(reply));
        return reply;
    }

    @Override
    public synchronized void watch(CatalogWatch watch) {
        watch.anew();
        watches.add(watch);
    }

    @Override
    public Optional<Queue> find(String name) {
        return catalog.find(name);
    }

    @Override
    public Optional<Queue> find(long queueId) {
        return catalog.find(queueId);
    }

    @Override
    public List<Queue> list(String prefix, @Nullable String after, int max) {
        return catalog.list(prefix, after, max);
    }

    @Override
    public Optional<Definition> definition(String kind, String name) {
        return catalog.definition(kind, name);
    }

    @Override
    public List<Definition> definitions(String kind, String prefix, String after, int max) {
        return catalog.definitions(kind, prefix, after, max);
    }

    @Override
    public void catchUp() {}

    @Override
    public Reply submit(Command.OfPartition command) {
        throw noMessages();
    }

    @Override
    public List<PublishOutcome> publish(Queue queue, List<Batch> batches) {
        throw noMessages();
    }

    @Override
    public List<List<PublishOutcome>> fanOut(List<Command.Copies> messages) {
        throw noMessages();
    }

    @Override
    public Receipt receive(Command.Acquire acquire, Duration patience) {
        throw noMessages();
    }

    @Override
    public Receipt receive(Receive receive, Duration patience) {
        throw noMessages();
    }

    @Override
    public List<FetchOutcome> fetch(List<Fetch> fetches, int bytesMax, Duration patience) {
        throw new UnsupportedOperationException("there are no topics here");
    }

    @Override
    public Optional<TopicOffsets> offsets(PartitionId partition, long atMillis) {
        throw new UnsupportedOperationException("there are no topics here");
    }

    @Override
    public List<Peeked> peek(PartitionId partition, Position from, int max) {
        throw noMessages();
    }

    @Override
    public Optional<PartitionStatus> status(PartitionId partition) {
        throw noMessages();
    }

    private static UnsupportedOperationException noMessages() {
        return new UnsupportedOperationException("there are no messages here");
    }
}
