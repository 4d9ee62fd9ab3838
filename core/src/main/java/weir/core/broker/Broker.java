package weir.core.broker;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import weir.core.Batch;
import weir.core.PartitionId;
import weir.core.PartitionStatus;
import weir.core.Position;
import weir.core.QueuePosition;
import weir.core.catalog.CatalogCommand;
import weir.core.catalog.CatalogReply;
import weir.core.catalog.Definition;
import weir.core.catalog.Queue;
import weir.core.shard.Command;
import weir.core.shard.Refusal;
import weir.core.shard.Reply;

/**
 * What a front end needs of the queue engine. Every call blocks its (virtual) thread; a refusal is a normal return.
 *
 * <p>Safe for use by any number of threads.
 */
public interface Broker {
    /**
     * The queue of that name as this node knows it. A queue whose creation was answered by this node is found; one that
     * another node has made is found a moment later, and for certain after {@link #catchUp}.
     */
    Optional<Queue> find(String name);

    /** The same by its id, e.g. of a message's origin. */
    Optional<Queue> find(long queueId);

    /**
     * Up to {@code max} queues whose names begin with {@code prefix} and follow {@code after}, sorted by name.
     *
     * @param after a name, which need not exist; the empty string for the beginning
     */
    List<Queue> list(String prefix, String after, int max);

    /** A definition of a front's own, as this node knows it; found as {@link #find(String)} finds a queue. */
    Optional<Definition> definition(String kind, String name);

    /** Up to {@code max} definitions of a kind, as {@link #list(String, String, int)} gives queues. */
    List<Definition> definitions(String kind, String prefix, String after, int max);

    /**
     * Waits until this node knows every definition that was answered, by whichever node, before this was called. To be
     * called before a client is told that something it names does not exist; then look again.
     *
     * @throws OutcomeUnknownException if that could not be found out in time
     */
    void catchUp() throws OutcomeUnknownException, InterruptedException;

    /** The queue of that name, through whichever node it was made: empty only after {@link #catchUp}. */
    default Optional<Queue> findAnywhere(String name) throws OutcomeUnknownException, InterruptedException {
        Optional<Queue> known = find(name);
        if (known.isEmpty()) {
            catchUp();
            known = find(name);
        }
        return known;
    }

    /** A definition of a front's own, through whichever node it was made: empty only after {@link #catchUp}. */
    default Optional<Definition> definitionAnywhere(String kind, String name)
            throws OutcomeUnknownException, InterruptedException {
        Optional<Definition> known = definition(kind, name);
        if (known.isEmpty()) {
            catchUp();
            known = definition(kind, name);
        }
        return known;
    }

    /** From now on the watch is told of every change of the catalog; {@link CatalogWatch#anew} before this returns. */
    void watch(CatalogWatch watch);

    /**
     * Changes a definition and carries it out: when this returns, the shards concerned follow it.
     *
     * @throws OutcomeUnknownException if no answer came in time; the change may still happen
     */
    CatalogReply change(CatalogCommand command) throws OutcomeUnknownException, InterruptedException;

    /**
     * Replicates a command and returns its outcome once it is durable on a majority.
     *
     * @return as documented at each {@link Command}, or {@link Reply.Refused}
     * @throws OutcomeUnknownException if no answer came in time; the command may still be applied
     */
    Reply submit(Command.OfPartition command) throws OutcomeUnknownException, InterruptedException;

    /** The same for several, side by side where that is possible; each has an outcome of its own, in their order. */
    default List<Outcome> submitAll(List<? extends Command.OfPartition> commands) throws InterruptedException {
        List<Outcome> outcomes = new ArrayList<>(commands.size());
        for (Command.OfPartition command : commands) {
            try {
                outcomes.add(new Outcome.Replied(submit(command)));
            } catch (OutcomeUnknownException e) {
                outcomes.add(new Outcome.Unknown(e));
            }
        }
        return outcomes;
    }

    /**
     * Publishes batches to a queue, each to the partition that {@link Queue#partitionFor} its first message says; those that
     * nothing binds go to one partition together, the next time to the next. In order within a partition, and all or none
     * of those that go to one; each partition accepts, refuses, or does not answer for itself.
     *
     * @return one for each batch, in order
     */
    List<PublishOutcome> publish(Queue queue, List<Batch> batches) throws InterruptedException;

    /**
     * Publishes each message to its targets, which may be in any shard; one shard keeps a message's payload once, however
     * many of the targets it has. Between messages to one target the order is kept; each target accepts or refuses for
     * itself, and a shard that gives no answer in time does not take away what the others answered.
     *
     * @return for each message, for each of its targets in order
     */
    List<List<PublishOutcome>> fanOut(List<Command.Copies> messages) throws InterruptedException;

    /**
     * Leases messages as {@link Command.Acquire} says, and waits up to {@code patience} for the first if none is ready.
     * Waiting costs no log entry. If the thread is interrupted, nothing is leased for it, or what was is given back.
     *
     * @throws OutcomeUnknownException if no answer came in time; messages may be leased until their time runs out
     */
    Receipt receive(Command.Acquire acquire, Duration patience) throws OutcomeUnknownException, InterruptedException;

    /**
     * The same from all of a queue's partitions. Each receive begins at another one; partitions that have nothing cost no log
     * entry; an arrival in any ends the wait. Only if none has anything, a shard that does not answer is an unknown outcome.
     */
    Receipt receive(Receive receive, Duration patience) throws OutcomeUnknownException, InterruptedException;

    /**
     * Reads topics by cursor, and waits up to {@code patience} for the first message if there is none of any yet. What is
     * read is committed, stays where it is, and costs no log entry; nor does waiting.
     *
     * @param bytesMax payload bytes of all together; the first batch comes even if it has more
     * @return one for each, in order. A shard that does not answer takes nothing away from the others
     */
    List<FetchOutcome> fetch(List<Fetch> fetches, int bytesMax, Duration patience) throws InterruptedException;

    /**
     * The same of one partition.
     *
     * @throws OutcomeUnknownException if no answer came in time
     */
    default FetchOutcome fetch(Fetch fetch, Duration patience) throws OutcomeUnknownException, InterruptedException {
        FetchOutcome outcome = fetch(List.of(fetch), fetch.bytesMax(), patience).getFirst();
        if (outcome instanceof FetchOutcome.Unknown(OutcomeUnknownException cause)) {
            throw cause;
        }
        return outcome;
    }

    /**
     * How far a topic's partition reaches, and the offset of a time; empty if there is none of that id that is read by cursor.
     *
     * @throws OutcomeUnknownException if no answer came in time
     */
    Optional<TopicOffsets> offsets(PartitionId partition, long atMillis)
            throws OutcomeUnknownException, InterruptedException;

    /**
     * Whether this node leads the partition, as far as it knows: what is sent there from here does not travel. For choosing among
     * equals only, as that may be over in the next moment.
     */
    default boolean leads(PartitionId partition) {
        return true;
    }

    /** Where a partition is, as far as this node knows. Asks nobody; that may be over in the next moment. */
    default PartitionPlace place(PartitionId partition) {
        return new PartitionPlace(OptionalInt.empty(), List.of());
    }

    /**
     * Reads messages without leasing or changing them, whatever their state, in order of position.
     *
     * @param from the first position to look at, e.g. the one after the last of a page
     * @return empty if there are none, or the partition is unknown
     * @throws OutcomeUnknownException if a message cannot be read from disk, or no answer came in time
     */
    List<Peeked> peek(PartitionId partition, Position from, int max)
            throws OutcomeUnknownException, InterruptedException;

    /**
     * The partition's counters; empty if it is unknown.
     *
     * @throws OutcomeUnknownException if no answer came in time
     */
    Optional<PartitionStatus> status(PartitionId partition) throws OutcomeUnknownException, InterruptedException;

    /**
     * The counters of all of a queue's partitions together; empty if it is unknown.
     *
     * @throws OutcomeUnknownException if one of them gave no answer in time
     */
    default Optional<PartitionStatus> status(Queue queue) throws OutcomeUnknownException, InterruptedException {
        Optional<PartitionStatus> sum = Optional.empty();
        for (PartitionId partition : queue.partitionIds()) {
            Optional<PartitionStatus> one = status(partition);
            sum = sum.isPresent() && one.isPresent() ? Optional.of(sum.get().plus(one.get())) : sum.or(() -> one);
        }
        return sum;
    }

    /** As {@link #peek(PartitionId, Position, int)}, through one partition after the other. */
    default List<PeekedIn> peek(Queue queue, QueuePosition from, int max)
            throws OutcomeUnknownException, InterruptedException {
        List<PeekedIn> all = new ArrayList<>();
        Position start = from.position();
        for (int number = from.partition(); number < queue.partitions() && all.size() < max; number++) {
            PartitionId partition = queue.partition(number);
            peek(partition, start, max - all.size()).forEach(peeked -> all.add(new PeekedIn(partition, peeked)));
            start = QueuePosition.FIRST.position();
        }
        return all;
    }

    /**
     * Drops every message of all partitions, as {@link Command.Purge} says. One that was purged too recently is left as it
     * is if others were not, so that what was cut short can be repeated.
     *
     * @return {@link Reply.Done}, or {@link Reply.Refused} if all have refused it
     * @throws OutcomeUnknownException if one of them gave no answer in time; all were asked
     */
    default Reply purge(Queue queue, long restMillis) throws OutcomeUnknownException, InterruptedException {
        List<Outcome> outcomes = submitAll(queue.partitionIds().stream()
                .map(partition -> new Command.Purge(partition, restMillis))
                .toList());
        Reply outcome = new Reply.Refused(Refusal.NO_SUCH_QUEUE);
        boolean done = false;
        for (Outcome each : outcomes) {
            Reply reply = each.known();
            done |= reply instanceof Reply.Done;
            outcome = done ? new Reply.Done() : reply;
        }
        return outcome;
    }
}
