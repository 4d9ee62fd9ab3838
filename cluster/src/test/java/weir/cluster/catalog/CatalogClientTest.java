package weir.cluster.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import weir.cluster.forward.TestPeers;
import weir.core.Edition;
import weir.core.QueueSettings;
import weir.core.RandomNouns;
import weir.core.Reading;
import weir.core.broker.CatalogWatch;
import weir.core.broker.OutcomeUnknownException;
import weir.core.catalog.CatalogCommand;
import weir.core.catalog.CatalogRefusal;
import weir.core.catalog.CatalogReply;
import weir.core.catalog.Definition;
import weir.core.catalog.Queue;
import weir.storage.ShardStore;
import weir.storage.SimulatedFileSystem;

/** The catalog from every node, over a log whose leader moves and calls that fail. */
@Execution(ExecutionMode.CONCURRENT) // It waits more than it works.
final class CatalogClientTest {
    private record Node(SharedLog.Node log, CatalogReplica replica, CatalogClient client) {}

    private final List<Node> nodes = new ArrayList<>();
    private SharedLog log = new SharedLog(1, 0);

    private void cluster(long seed, int failuresPercent) throws IOException {
        log = new SharedLog(seed, failuresPercent);
        TestPeers peers = new TestPeers(seed, failuresPercent);
        for (int number = 1; number <= 3; number++) {
            SharedLog.Node own = log.join(number);
            ShardStore store = ShardStore.open(new SimulatedFileSystem(number), Path.of("/catalog"));
            CatalogReplica replica = new CatalogReplica(store, 4, InstantSource.system(), (_, cause) -> {
                throw new AssertionError(cause);
            });
            own.attach(replica);
            replica.attach(own);
            peers.serve(number, new CatalogService(replica, () -> own.leader().orElse(0)));
            nodes.add(new Node(
                    own,
                    replica,
                    new CatalogClient(number, replica, own, node -> Optional.of(TestPeers.member(node)), peers)));
        }
        log.lead(1);
    }

    @AfterEach
    void close() {
        nodes.forEach(node -> {
            node.client.close();
            node.replica.close();
        });
    }

    private Node at(int number) {
        return nodes.get(number - 1);
    }

    private Optional<Queue> find(int node, String name) {
        return at(node).replica.machine().find(name);
    }

    private static CatalogCommand create(String name) {
        return new CatalogCommand.CreateQueue(name, QueueSettings.DEFAULT, new TreeMap<>());
    }

    /** Knows what a replica's catalog holds, by nothing but what it is told. */
    private static final class Follower implements CatalogWatch {
        private final CatalogReplica replica;
        private final Map<String, Definition> known = new ConcurrentSkipListMap<>();

        Follower(CatalogReplica replica) {
            this.replica = replica;
        }

        @Override
        public void anew() {
            known.clear();
            replica.machine().allDefinitions().forEach(definition -> known.put(definition.name(), definition));
        }

        @Override
        public void changed(CatalogReply reply) {
            switch (reply) {
                case CatalogReply.Defined(Definition definition, boolean _) -> known.put(definition.name(), definition);
                case CatalogReply.Undefined(Definition definition) -> known.remove(definition.name());
                case CatalogReply.Created _,
                        CatalogReply.Updated _,
                        CatalogReply.Deleted _,
                        CatalogReply.Refused _ -> {}
            }
        }
    }

    @Test
    void whoWatchesKnowsWhatTheCatalogHoldsBeforeAnybodyIsAnswered() throws Exception {
        cluster(1, 0);
        at(1).client.change(new CatalogCommand.Define("k", "early", Definition.NEW, new TreeMap<>()));
        List<Follower> followers = new ArrayList<>();
        for (int node = 1; node <= 3; node++) {
            Follower follower = new Follower(at(node).replica);
            at(node).replica.watch(follower);
            followers.add(follower);
        }
        for (int i = 0; i < 30; i++) {
            int node = 1 + i % 3;
            String name = "d" + i % 7;
            CatalogReply reply = at(node).client
                    .change(
                            i % 4 == 3
                                    ? new CatalogCommand.Undefine("k", name)
                                    : new CatalogCommand.Define("k", name, Definition.NEW, new TreeMap<>()));
            assertThat(followers.get(node - 1).known.containsKey(name))
                    .isEqualTo(reply instanceof CatalogReply.Defined);
        }
        for (int node = 1; node <= 3; node++) {
            at(node).client.catchUp();
            assertThat(followers.get(node - 1).known.values())
                    .containsExactlyElementsOf(at(node).replica.machine().allDefinitions())
                    .extracting(Definition::name)
                    .contains("early");
        }
    }

    @Test
    void changeIsSeenAtTheNodeThatMadeIt() throws Exception {
        cluster(1, 0);
        for (int node = 1; node <= 3; node++) {
            assertThat(at(node).client.change(create("of-" + node)))
                    .isInstanceOfSatisfying(CatalogReply.Created.class, created -> assertThat(created.existed())
                            .isFalse());
            assertThat(find(node, "of-" + node)).isPresent();
        }
        assertThat(at(2).client.change(new CatalogCommand.DeleteQueue("none")))
                .isEqualTo(new CatalogReply.Refused(CatalogRefusal.NO_SUCH_QUEUE));
    }

    /** A cluster that was founded a moment ago comes to the newest edition within seconds. */
    @Test
    void whatTakesAnEditionThatIsAboutToComeWaitsForIt() throws Exception {
        cluster(1, 0);
        QueueSettings topic =
                QueueSettings.DEFAULT.change().reading(Reading.CURSOR).build();
        CompletableFuture<CatalogReply> reply = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try {
                reply.complete(at(2).client.change(new CatalogCommand.CreateQueue("a", topic, new TreeMap<>())));
            } catch (OutcomeUnknownException | InterruptedException e) {
                reply.completeExceptionally(e);
            }
        });
        assertThat(find(1, "a")).isEmpty();
        at(1).client
                .change(at(1).replica
                        .machine()
                        .edition()
                        .announcing(Edition.TOPICS)
                        .define());
        at(1).client.change(at(1).replica.machine().edition().raised().define());
        assertThat(reply.get(60, TimeUnit.SECONDS))
                .isInstanceOfSatisfying(CatalogReply.Created.class, created -> assertThat(created.existed())
                        .isFalse());
    }

    @Test
    void changeIsAnsweredWhenTheAskingNodeHasIt() throws Exception {
        cluster(1, 0);
        at(2).log.hold();
        CompletableFuture<CatalogReply> reply = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try {
                reply.complete(at(2).client.change(create("a")));
            } catch (OutcomeUnknownException | InterruptedException e) {
                reply.completeExceptionally(e);
            }
        });
        while (find(1, "a").isEmpty()) {
            Thread.onSpinWait();
        }
        assertThat(reply).isNotDone();
        at(2).log.letGo();
        assertThat(reply.get(60, TimeUnit.SECONDS)).isInstanceOf(CatalogReply.Created.class);
    }

    @Test
    void whatAnotherNodeAnsweredIsThereAfterCatchingUp() throws Exception {
        cluster(1, 0);
        at(3).log.hold();
        at(2).client.change(create("a"));
        assertThat(find(3, "a")).isEmpty();
        CompletableFuture<Boolean> found = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try {
                at(3).client.catchUp();
                found.complete(find(3, "a").isPresent());
            } catch (OutcomeUnknownException | InterruptedException e) {
                found.completeExceptionally(e);
            }
        });
        assertThat(found).isNotDone();
        at(3).log.letGo();
        assertThat(found.get(60, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void thousandWhoLookInVainShareFewQuestions() throws Exception {
        cluster(1, 0);
        int before = log.size();
        List<Thread> lookers = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            lookers.add(Thread.ofVirtual().start(() -> {
                try {
                    at(2).client.catchUp();
                } catch (OutcomeUnknownException | InterruptedException e) {
                    throw new AssertionError(e);
                }
            }));
        }
        for (Thread looker : lookers) {
            looker.join();
        }
        assertThat(log.size() - before).isBetween(1, 100);
    }

    @Test
    void changesGoOnWhileLeadershipMovesToAndFro() throws Exception {
        cluster(1, 0);
        for (int i = 0; i < 30; i++) {
            log.lead(1 + i % 3);
            assertThat(at(1 + i % 2).client.change(create("q" + i))).isInstanceOf(CatalogReply.Created.class);
        }
        assertThat(at(3).replica.machine().all()).hasSize(30);
    }

    static LongStream seeds() {
        return RandomNouns.seeds(20);
    }

    /** One caller at a time, so that each answer must be what a catalog without failures would have said. */
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void unknownOutcomesOnTheWayShowInNoAnswer(long seed) throws Exception {
        cluster(seed, 15);
        SplittableRandom random = new SplittableRandom(seed);
        TreeMap<String, Long> revisions = new TreeMap<>();
        for (int i = 0; i < 100; i++) {
            String name = "d" + random.nextInt(5);
            Node node = at(1 + random.nextInt(3));
            node.client.catchUp();
            Long revision = revisions.get(name);
            if (revision != null && random.nextInt(3) == 0) {
                assertThat(node.client.change(new CatalogCommand.Undefine("kind", name)))
                        .isInstanceOf(CatalogReply.Undefined.class);
                revisions.remove(name);
            } else {
                TreeMap<String, String> attributes = new TreeMap<>();
                attributes.put("n", Integer.toString(i));
                CatalogReply reply = node.client.change(new CatalogCommand.Define(
                        "kind", name, revision == null ? Definition.NEW : revision, attributes));
                assertThat(reply).isInstanceOfSatisfying(CatalogReply.Defined.class, defined -> {
                    assertThat(defined.existed()).isFalse();
                    assertThat(defined.definition().attributes()).isEqualTo(attributes);
                    revisions.put(name, defined.definition().revision());
                });
            }
            if (random.nextInt(10) == 0) {
                log.lead(1 + random.nextInt(3));
            }
        }
    }
}
