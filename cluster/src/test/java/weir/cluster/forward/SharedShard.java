package weir.cluster.forward;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import weir.cluster.shard.NotLeadingException;
import weir.cluster.shard.Shard;
import weir.cluster.shard.Wanted;
import weir.core.Bytes;
import weir.core.LogId;
import weir.core.PartitionId;
import weir.core.PartitionStatus;
import weir.core.Position;
import weir.core.broker.Delivery;
import weir.core.broker.Fetch;
import weir.core.broker.FetchOutcome;
import weir.core.broker.FetchedBatch;
import weir.core.broker.OutcomeUnknownException;
import weir.core.broker.Peeked;
import weir.core.broker.Receipt;
import weir.core.broker.TopicOffsets;
import weir.core.shard.Command;
import weir.core.shard.Entry;
import weir.core.shard.MemoryLog;
import weir.core.shard.Refusal;
import weir.core.shard.Reply;
import weir.core.shard.Seen;
import weir.core.shard.ShardMachine;
import weir.core.shard.StoredBatch;
import weir.core.shard.TopicView;

/**
 * One shard of several nodes, as if its replication took no time: the machine is the real one, and each node has a leader's
 * side that works while that node leads. Its monitor guards everything.
 */
final class SharedShard {
    final MemoryLog log = new MemoryLog();
    final ShardMachine machine = new ShardMachine(log);
    private final SplittableRandom random;
    /** Of commands at a leader: half of them applied, half not, and none is answered. */
    private final int unknownPercent;

    private int leader;
    private long index;
    private long millis = 1_000_000;
    int waiting;

    SharedShard(long seed, int unknownPercent) {
        this.random = new SplittableRandom(seed);
        this.unknownPercent = unknownPercent;
    }

    /** @param node 0 for none */
    synchronized void lead(int node) {
        leader = node;
        notifyAll();
    }

    synchronized OptionalInt leader() {
        return leader == 0 ? OptionalInt.empty() : OptionalInt.of(leader);
    }

    synchronized Reply apply(Command command) {
        index++;
        millis++;
        Reply reply = machine.apply(new Entry(index, millis, List.of(command))).getFirst();
        notifyAll();
        return reply;
    }

    synchronized void awaitWaiting(int count) throws InterruptedException {
        while (waiting != count) {
            wait();
        }
    }

    private synchronized CompletableFuture<Reply> begin(int node, Command command) {
        if (leader != node) {
            return CompletableFuture.failedFuture(new NotLeadingException(0));
        }
        int draw = random.nextInt(200);
        if (draw < 2 * unknownPercent) {
            if (draw % 2 == 0) {
                apply(command);
            }
            return CompletableFuture.failedFuture(new OutcomeUnknownException("the leader was lost"));
        }
        return CompletableFuture.completedFuture(apply(command));
    }

    /** Every round asks all of the partitions, in the order in which they are wanted. */
    private synchronized Receipt receive(int node, Wanted wanted, Duration patience)
            throws NotLeadingException, InterruptedException {
        long end = System.nanoTime() + patience.toNanos();
        waiting++;
        notifyAll();
        try {
            while (true) {
                if (leader != node) {
                    throw new NotLeadingException(0);
                }
                boolean tooMany = false;
                for (PartitionId partition : wanted.partitions()) {
                    Reply reply = apply(wanted.from(partition));
                    if (!(reply instanceof Reply.Acquired(List<Reply.Leased> leased, boolean more))) {
                        return new Receipt.Refused(((Reply.Refused) reply).reason());
                    }
                    tooMany |= more;
                    if (!leased.isEmpty()) {
                        return new Receipt.Received(deliveries(partition, leased), more);
                    }
                }
                long left = end - System.nanoTime();
                if (left <= 0) {
                    return new Receipt.Received(List.of(), tooMany);
                }
                long before = index;
                while (index == before && leader == node && end - System.nanoTime() > 0) {
                    wait(Math.max(1, (end - System.nanoTime()) / 1_000_000));
                }
            }
        } finally {
            waiting--;
            notifyAll();
        }
    }

    private List<Delivery> deliveries(PartitionId partition, List<Reply.Leased> leased) {
        List<Delivery> deliveries = new ArrayList<>();
        for (Reply.Leased one : leased) {
            LogId from = new LogId(partition, one.lease().position().level());
            deliveries.add(
                    new Delivery(partition, one, 1, Objects.requireNonNull(log.payload(from, one.baseOffset())), (int)
                            (one.lease().position().offset() - one.baseOffset())));
        }
        return deliveries;
    }

    private synchronized List<Peeked> peek(int node, PartitionId partition, Position from, int max)
            throws NotLeadingException {
        if (leader != node) {
            throw new NotLeadingException(0);
        }
        List<Peeked> peeked = new ArrayList<>();
        for (Seen seen : machine.peek(partition, from, max)) {
            peeked.add(new Peeked(
                    seen.position(),
                    seen.state(),
                    seen.envelope(),
                    seen.attempts(),
                    seen.publishedAtMillis(),
                    seen.format(),
                    Objects.requireNonNull(
                            log.payload(new LogId(partition, seen.position().level()), seen.baseOffset())),
                    (int) (seen.position().offset() - seen.baseOffset())));
        }
        return peeked;
    }

    private synchronized List<FetchOutcome> fetch(int node, List<Fetch> fetches, Duration patience)
            throws NotLeadingException, InterruptedException {
        long end = System.nanoTime() + patience.toNanos();
        waiting++;
        notifyAll();
        try {
            while (true) {
                if (leader != node) {
                    throw new NotLeadingException(0);
                }
                List<FetchOutcome> outcomes = fetches.stream().map(this::fetch).toList();
                if (end - System.nanoTime() <= 0 || !outcomes.stream().allMatch(FetchOutcome::isNothing)) {
                    return outcomes;
                }
                long before = index;
                while (index == before && leader == node && end - System.nanoTime() > 0) {
                    wait(Math.max(1, (end - System.nanoTime()) / 1_000_000));
                }
            }
        } finally {
            waiting--;
            notifyAll();
        }
    }

    private FetchOutcome fetch(Fetch fetch) {
        TopicView topic = machine.topic(fetch.partition()).orElse(null);
        if (topic == null) {
            return new FetchOutcome.Refused(Refusal.NO_SUCH_QUEUE);
        }
        List<FetchedBatch> batches = new ArrayList<>();
        for (StoredBatch batch : topic.read(fetch.from(), fetch.bytesMax(), 1_000)) {
            Bytes payload = Objects.requireNonNull(log.payload(topic.logId(), batch.baseOffset()));
            batches.add(new FetchedBatch(
                    batch.baseOffset(), batch.appendedAtMillis(), batch.format(), payload, batch.messages()));
        }
        return new FetchOutcome.Fetched(topic.start(), topic.end(), batches);
    }

    private synchronized Optional<TopicOffsets> offsets(int node, PartitionId partition, long atMillis)
            throws NotLeadingException {
        if (leader != node) {
            throw new NotLeadingException(0);
        }
        return machine.topic(partition)
                .map(topic -> new TopicOffsets(topic.start(), topic.end(), topic.offsetAt(atMillis)));
    }

    private synchronized Optional<PartitionStatus> status(int node, PartitionId partition) throws NotLeadingException {
        if (leader != node) {
            throw new NotLeadingException(0);
        }
        return machine.status(partition);
    }

    /** That node's leader's side. */
    Shard at(int node) {
        return new Shard() {
            @Override
            public CompletableFuture<Reply> begin(Command command) {
                return SharedShard.this.begin(node, command);
            }

            @Override
            public Receipt receive(Wanted wanted, Duration patience) throws NotLeadingException, InterruptedException {
                return SharedShard.this.receive(node, wanted, patience);
            }

            @Override
            public List<Peeked> peek(PartitionId partition, Position from, int max) throws NotLeadingException {
                return SharedShard.this.peek(node, partition, from, max);
            }

            @Override
            public List<FetchOutcome> fetch(List<Fetch> fetches, int bytesMax, Duration patience)
                    throws NotLeadingException, InterruptedException {
                return SharedShard.this.fetch(node, fetches, patience);
            }

            @Override
            public Optional<TopicOffsets> offsets(PartitionId partition, long atMillis) throws NotLeadingException {
                return SharedShard.this.offsets(node, partition, atMillis);
            }

            @Override
            public Optional<PartitionStatus> status(PartitionId partition) throws NotLeadingException {
                return SharedShard.this.status(node, partition);
            }
        };
    }
}
