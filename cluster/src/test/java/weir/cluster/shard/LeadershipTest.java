package weir.cluster.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import weir.cluster.ClusterLimits;
import weir.cluster.replication.ProposalRefusedException.Reason;
import weir.core.Batch;
import weir.core.Bytes;
import weir.core.DeadLetterPolicy;
import weir.core.Envelope;
import weir.core.PartitionId;
import weir.core.Position;
import weir.core.QueueSettings;
import weir.core.broker.OutcomeUnknownException;
import weir.core.broker.Receipt;
import weir.core.catalog.Queue;
import weir.core.codec.EntryCodec;
import weir.core.shard.Command;
import weir.core.shard.Reply;
import weir.storage.ShardStore;
import weir.storage.SimulatedFileSystem;

/** What callers of a shard are told when its node begins and ceases to lead. */
final class LeadershipTest {
    /** The id of every queue of another shard. */
    private static final long NOWHERE = 9;

    private static final PartitionId QUEUE = new PartitionId(1, 0);
    private static final PartitionId GRAVEYARD = new PartitionId(2, 0);
    private static final PartitionId DOOMED = new PartitionId(3, 0);
    private static final long START = 1_000_000;

    private final List<Throwable> failures = new ArrayList<>();
    /** Queues that are in another shard, by name. */
    private final TreeMap<String, Shard> others = new TreeMap<>();

    private final HandLog log = new HandLog();
    private final ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor();
    private long now = START;

    @SuppressWarnings("NullAway.Init")
    private ShardReplica replica;

    @SuppressWarnings("NullAway.Init")
    private ShardLeader leader;

    @BeforeEach
    void open() throws IOException {
        ShardStore store = ShardStore.open(new SimulatedFileSystem(1), Path.of("shard"));
        InstantSource clock = () -> Instant.ofEpochMilli(now);
        replica = new ShardReplica(0, store, 1024 * 1024, clock, (_, cause) -> failures.add(cause));
        leader = replica.attach(log, new Itself());
        log.attach(replica);
        QueueSettings settings = QueueSettings.DEFAULT
                .change()
                .deadLetter(new DeadLetterPolicy("graveyard", 1, false))
                .build();
        log.applyAsFollower(EntryCodec.encode(
                now,
                List.of(
                        new Command.Configure(QUEUE, 1, settings),
                        new Command.Configure(GRAVEYARD, 1, QueueSettings.DEFAULT))));
    }

    @AfterEach
    void close() {
        replica.stop();
        replica.close();
        callers.shutdownNow();
        assertThat(failures).isEmpty();
    }

    /** The only shard there is. */
    private final class Itself implements Directory {
        @Override
        public void catchUp() {}

        @Override
        public Optional<Queue> find(String name) {
            if (others.containsKey(name)) {
                return Optional.of(new Queue(NOWHERE, name, 1, QueueSettings.DEFAULT, new TreeMap<>(), 0, 0, 1));
            }
            return name.equals("graveyard")
                    ? Optional.of(
                            new Queue(GRAVEYARD.queue(), name, 0, QueueSettings.DEFAULT, new TreeMap<>(), 0, 0, 1))
                    : Optional.empty();
        }

        @Override
        public int shardOf(PartitionId partition) {
            return partition.queue() == NOWHERE ? 1 : 0;
        }

        @Override
        public Shard shard(int shard) {
            return shard == 0 ? leader : Objects.requireNonNull(others.get("nowhere"));
        }
    }

    private static Command publish(String text) {
        return publish(Bytes.utf8(text));
    }

    private static Command publish(Bytes payload) {
        return new Command.Publish(QUEUE, List.of(new Batch(0, 0, payload, List.of(Envelope.PLAIN))));
    }

    private static Command.Acquire acquire(PartitionId partition) {
        return new Command.Acquire(partition, 1, Command.Acquire.QUEUE_DEFAULT);
    }

    private static Throwable failureOf(Future<?> future) throws Exception {
        try {
            Object answer = future.get(20, TimeUnit.SECONDS);
            throw new AssertionError("it was answered by " + answer);
        } catch (ExecutionException e) {
            return Objects.requireNonNull(e.getCause());
        }
    }

    private Future<Receipt> receive(PartitionId partition, Duration patience) {
        return callers.submit(() -> leader.receive(acquire(partition), patience));
    }

    private static List<String> texts(Future<Receipt> receipt) throws Exception {
        Receipt.Received received = (Receipt.Received) receipt.get(20, TimeUnit.SECONDS);
        return received.deliveries().stream()
                .map(delivery -> delivery.payload().utf8())
                .toList();
    }

    @Test
    void whereItDoesNotLeadNothingIsDone() throws Exception {
        assertThat(failureOf(leader.begin(publish("a")))).isInstanceOf(NotLeadingException.class);
        assertThatThrownBy(() -> leader.receive(acquire(QUEUE), Duration.ofSeconds(1)))
                .isInstanceOf(NotLeadingException.class);
        assertThatThrownBy(() -> leader.peek(QUEUE, new Position(0, 0), 1)).isInstanceOf(NotLeadingException.class);
        assertThatThrownBy(() -> leader.status(QUEUE)).isInstanceOf(NotLeadingException.class);
        log.cease(); // Without having led.
        assertThat(log.isEmpty()).isTrue();
    }

    @Test
    void whatWasNotProposedFailsAndWhatWasIsAnsweredByTheLog() throws Exception {
        log.lead();
        CompletableFuture<Reply> first = leader.begin(publish("first"));
        HandLog.Proposed onItsWay = log.next();
        CompletableFuture<Reply> queued = leader.begin(publish("queued"));
        log.cease();
        assertThat(failureOf(queued)).isInstanceOf(NotLeadingException.class);
        assertThat(first).isNotDone();
        log.apply(onItsWay);
        assertThat(first.get()).isInstanceOf(Reply.Published.class);
    }

    @Test
    void aRefusedEntryWasNotDoneAndALostOneIsUnknown() throws Exception {
        log.lead();
        CompletableFuture<Reply> refused = leader.begin(publish("refused"));
        log.next().refuse(Reason.NOT_LEADER);
        assertThat(failureOf(refused)).isInstanceOf(NotLeadingException.class);
        CompletableFuture<Reply> lost = leader.begin(publish("lost"));
        log.next().done.completeExceptionally(new OutcomeUnknownException("by hand"));
        assertThat(failureOf(lost)).isInstanceOf(OutcomeUnknownException.class);
        CompletableFuture<Reply> after = leader.begin(publish("after"));
        log.apply(log.next());
        assertThat(after.get()).isInstanceOf(Reply.Published.class);
    }

    @Test
    void anEntryThatTheEngineIsTooBusyForIsProposedAgainBeforeAnyOther() throws Exception {
        log.lead();
        log.overloaded.set(3);
        CompletableFuture<Reply> first = leader.begin(publish("first"));
        HandLog.Proposed again = log.next();
        assertThat(log.overloaded.get()).isZero();
        assertThat(again.commands()).containsExactly(publish("first"));
        log.apply(again);
        assertThat(first.get()).isInstanceOf(Reply.Published.class);
        log.overloaded.set(Integer.MAX_VALUE);
        CompletableFuture<Reply> never = leader.begin(publish("never"));
        log.cease();
        // It was refused for being too much, and nobody waits for room that another leader gives.
        assertThat(failureOf(never)).isInstanceOfAny(OutcomeUnknownException.class, NotLeadingException.class);
        assertThat(log.isEmpty()).isTrue();
    }

    @Test
    void receiversThatWaitAreSentToTheNextLeader() throws Exception {
        log.lead();
        Future<Receipt> waiting = receive(QUEUE, Duration.ofMinutes(5));
        log.apply(log.next()); // There is nothing, so it waits outside of the log.
        log.cease();
        assertThat(failureOf(waiting)).isInstanceOf(NotLeadingException.class);
    }

    @Test
    void whatAnotherLeaderTookInIsHandedOutAtOnce() throws Exception {
        log.lead();
        Future<Receipt> before = receive(QUEUE, Duration.ofMinutes(5));
        log.apply(log.next()); // Now it is known that there is nothing.
        log.cease();
        assertThat(failureOf(before)).isInstanceOf(NotLeadingException.class);
        log.applyAsFollower(EntryCodec.encode(now, List.of(publish("theirs"))));
        log.lead();
        Future<Receipt> receipt = receive(QUEUE, Duration.ofMinutes(5));
        log.apply(log.next());
        assertThat(texts(receipt)).containsExactly("theirs");
    }

    @Test
    void aLossThatWasToldBeforeTheWinIsNotMissed() throws Exception {
        log.cease();
        replica.leading(); // The log knows better by now.
        assertThat(failureOf(leader.begin(publish("a")))).isInstanceOf(NotLeadingException.class);
        log.lead();
        CompletableFuture<Reply> reply = leader.begin(publish("b"));
        log.apply(log.next());
        assertThat(reply.get()).isInstanceOf(Reply.Published.class);
    }

    @Test
    void aLeaderThatTheLogNoLongerKnowsShowsNothing() throws Exception {
        log.lead();
        assertThat(leader.status(QUEUE)).isPresent();
        log.leads = false;
        assertThatThrownBy(() -> leader.status(QUEUE)).isInstanceOf(NotLeadingException.class);
        assertThatThrownBy(() -> leader.peek(QUEUE, new Position(0, 0), 1)).isInstanceOf(NotLeadingException.class);
    }

    @Test
    void timeDoesNotGoBackWithTheNextLeadersClock() throws Exception {
        log.applyAsFollower(EntryCodec.encode(now + 60_000, List.of(publish("theirs"))));
        log.lead();
        CompletableFuture<Reply> reply = leader.begin(publish("ours"));
        HandLog.Proposed proposed = log.next();
        assertThat(proposed.decoded().atMillis()).isBetween(now + 60_000, now + 90_000);
        log.apply(proposed);
        assertThat(reply.get()).isInstanceOf(Reply.Published.class);
    }

    @Test
    void theNextLeadersCourierGoesOnWithWhatDeparts() throws Exception {
        log.lead();
        CompletableFuture<Reply> published = leader.begin(publish("dead"));
        log.apply(log.next());
        assertThat(published.get()).isInstanceOf(Reply.Published.class);
        Future<Receipt> receipt = receive(QUEUE, Duration.ZERO);
        log.apply(log.next());
        var lease = ((Receipt.Received) receipt.get())
                .deliveries()
                .getFirst()
                .leased()
                .lease();
        CompletableFuture<Reply> rejected = leader.begin(new Command.Reject(QUEUE, List.of(lease)));
        log.apply(log.next());
        assertThat(rejected.get()).isInstanceOf(Reply.Settled.class);
        HandLog.Proposed sent = log.next();
        assertThat(sent.commands()).singleElement().isInstanceOf(Command.TakeIn.class);
        log.cease();
        log.applyAsFollower(sent.entry); // Its proposer does not learn of it.
        log.lead();
        HandLog.Proposed again = log.next();
        assertThat(again.commands()).isEqualTo(sent.commands());
        log.apply(again);
        HandLog.Proposed settled = log.next();
        assertThat(settled.commands()).singleElement().isInstanceOf(Command.SettleDepartures.class);
        log.apply(settled);
        assertThat(leader.status(QUEUE).orElseThrow().departing()).isZero();
        assertThat(leader.status(GRAVEYARD).orElseThrow().ready()).isOne();
    }

    @Test
    void aTargetThatDoesNotAnswerHoldsUpNobodyElsesDeadLetters() throws Exception {
        Shard dead = new DeadShard();
        others.put("nowhere", dead);
        log.applyAsFollower(EntryCodec.encode(
                now,
                List.of(new Command.Configure(
                        DOOMED,
                        1,
                        QueueSettings.DEFAULT
                                .change()
                                .deadLetter(new DeadLetterPolicy("nowhere", 1, false))
                                .build()))));
        log.lead();
        reject(DOOMED);
        reject(QUEUE);
        reject(QUEUE);
        for (int i = 0; i < 2; i++) {
            HandLog.Proposed sent = nextOf(Command.TakeIn.class);
            log.apply(sent);
            log.apply(nextOf(Command.SettleDepartures.class));
            if (leader.status(QUEUE).orElseThrow().departing() == 0) {
                break;
            }
        }
        assertThat(leader.status(QUEUE).orElseThrow().departing()).isZero();
        assertThat(leader.status(GRAVEYARD).orElseThrow().ready()).isEqualTo(2);
        assertThat(leader.status(DOOMED).orElseThrow().departing()).isOne();
    }

    private HandLog.Proposed nextOf(Class<? extends Command> kind) throws Exception {
        while (true) {
            HandLog.Proposed next = log.next();
            if (next.commands().stream().anyMatch(kind::isInstance)) {
                return next;
            }
            log.apply(next);
        }
    }

    /** Publishes a message, receives it, and has it depart. */
    private void reject(PartitionId queue) throws Exception {
        CompletableFuture<Reply> published = leader.begin(
                new Command.Publish(queue, List.of(new Batch(0, 0, Bytes.utf8("dead"), List.of(Envelope.PLAIN)))));
        while (!published.isDone()) {
            log.apply(log.next());
        }
        Future<Receipt> receipt = receive(queue, Duration.ZERO);
        log.apply(nextOf(Command.Acquire.class));
        var lease = ((Receipt.Received) receipt.get())
                .deliveries()
                .getFirst()
                .leased()
                .lease();
        CompletableFuture<Reply> rejected = leader.begin(new Command.Reject(queue, List.of(lease)));
        log.apply(nextOf(Command.Reject.class));
        assertThat(rejected.get()).isInstanceOf(Reply.Settled.class);
    }

    /** Takes commands, and never answers. */
    private static final class DeadShard implements Shard {
        @Override
        public CompletableFuture<Reply> begin(Command command) {
            return new CompletableFuture<>();
        }

        @Override
        public Receipt receive(Wanted wanted, Duration patience) {
            throw new IllegalStateException("nobody asks it for anything");
        }

        @Override
        public List<weir.core.broker.FetchOutcome> fetch(
                List<weir.core.broker.Fetch> fetches, int bytesMax, Duration patience) {
            throw new IllegalStateException("nobody asks it for anything");
        }

        @Override
        public Optional<weir.core.broker.TopicOffsets> offsets(PartitionId partition, long atMillis) {
            throw new IllegalStateException("nobody asks it for anything");
        }

        @Override
        public List<weir.core.broker.Peeked> peek(PartitionId partition, Position from, int max) {
            throw new IllegalStateException("nobody asks it for anything");
        }

        @Override
        public Optional<weir.core.PartitionStatus> status(PartitionId partition) {
            throw new IllegalStateException("nobody asks it for anything");
        }
    }

    @Test
    void aHundredChangesLeaveNoThreadAndTakeNoRoom() throws Exception {
        Bytes quarter = Bytes.of(new byte[ClusterLimits.PUBLISH_BYTES_QUEUED / 4 - 1024]);
        for (int change = 0; change < 100; change++) {
            log.lead();
            Future<Receipt> waiting = receive(GRAVEYARD, Duration.ofMinutes(5));
            log.apply(log.next());
            List<CompletableFuture<Reply>> publishes = new ArrayList<>();
            publishes.add(leader.begin(publish(quarter)));
            HandLog.Proposed proposed = log.next();
            for (int i = 1; i < 4; i++) {
                publishes.add(leader.begin(publish(quarter)));
            }
            log.cease();
            switch (change % 3) {
                case 0 -> proposed.refuse(Reason.NOT_LEADER);
                case 1 -> proposed.done.completeExceptionally(new OutcomeUnknownException("by hand"));
                default -> proposed.refuse(Reason.STOPPED);
            }
            for (CompletableFuture<Reply> publish : publishes) {
                assertThat(failureOf(publish))
                        .isInstanceOfAny(NotLeadingException.class, OutcomeUnknownException.class);
            }
            assertThat(failureOf(waiting)).isInstanceOf(NotLeadingException.class);
        }
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (thread.getName().equals("weir-shard-0-writer")) {
                assertThat(thread.join(Duration.ofSeconds(20))).isTrue();
            }
        }
    }
}
