package weir.amqp;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import weir.core.Batch;
import weir.core.PartitionId;
import weir.core.PartitionStatus;
import weir.core.Position;
import weir.core.broker.Broker;
import weir.core.broker.CatalogWatch;
import weir.core.broker.Fetch;
import weir.core.broker.FetchOutcome;
import weir.core.broker.Outcome;
import weir.core.broker.OutcomeUnknownException;
import weir.core.broker.Peeked;
import weir.core.broker.PublishOutcome;
import weir.core.broker.Receipt;
import weir.core.broker.Receive;
import weir.core.broker.TopicOffsets;
import weir.core.catalog.CatalogCommand;
import weir.core.catalog.CatalogReply;
import weir.core.catalog.Definition;
import weir.core.catalog.Queue;
import weir.core.shard.Command;
import weir.core.shard.Reply;

/** Does all as a real broker does it; a test overrides what is to go wrong. */
public class Delegating implements Broker {
    private final Broker real;

    public Delegating(Broker real) {
        this.real = real;
    }

    @Override
    public Optional<Queue> find(String name) {
        return real.find(name);
    }

    @Override
    public Optional<Queue> find(long queueId) {
        return real.find(queueId);
    }

    @Override
    public boolean leads(PartitionId partition) {
        return real.leads(partition);
    }

    @Override
    public List<Queue> list(String prefix, String after, int max) {
        return real.list(prefix, after, max);
    }

    @Override
    public Optional<Definition> definition(String kind, String name) {
        return real.definition(kind, name);
    }

    @Override
    public List<Definition> definitions(String kind, String prefix, String after, int max) {
        return real.definitions(kind, prefix, after, max);
    }

    @Override
    public void catchUp() throws OutcomeUnknownException, InterruptedException {
        real.catchUp();
    }

    @Override
    public void watch(CatalogWatch watch) {
        real.watch(watch);
    }

    @Override
    public CatalogReply change(CatalogCommand command) throws OutcomeUnknownException, InterruptedException {
        return real.change(command);
    }

    @Override
    public Reply submit(Command.OfPartition command) throws OutcomeUnknownException, InterruptedException {
        return real.submit(command);
    }

    @Override
    public List<Outcome> submitAll(List<? extends Command.OfPartition> commands) throws InterruptedException {
        return real.submitAll(commands);
    }

    @Override
    public List<PublishOutcome> publish(Queue queue, List<Batch> batches) throws InterruptedException {
        return real.publish(queue, batches);
    }

    @Override
    public List<List<PublishOutcome>> fanOut(List<Command.Copies> messages) throws InterruptedException {
        return real.fanOut(messages);
    }

    @Override
    public Receipt receive(Command.Acquire acquire, Duration patience)
            throws OutcomeUnknownException, InterruptedException {
        return real.receive(acquire, patience);
    }

    @Override
    public Receipt receive(Receive receive, Duration patience) throws OutcomeUnknownException, InterruptedException {
        return real.receive(receive, patience);
    }

    @Override
    public List<Peeked> peek(PartitionId partition, Position from, int max)
            throws OutcomeUnknownException, InterruptedException {
        return real.peek(partition, from, max);
    }

    @Override
    public Optional<PartitionStatus> status(PartitionId partition)
            throws OutcomeUnknownException, InterruptedException {
        return real.status(partition);
    }

    @Override
    public List<FetchOutcome> fetch(List<Fetch> fetches, int bytesMax, Duration patience) throws InterruptedException {
        return real.fetch(fetches, bytesMax, patience);
    }

    @Override
    public Optional<TopicOffsets> offsets(PartitionId partition, long atMillis)
            throws OutcomeUnknownException, InterruptedException {
        return real.offsets(partition, atMillis);
    }
}
