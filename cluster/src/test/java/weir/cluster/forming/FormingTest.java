package weir.cluster.forming;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import weir.cluster.peer.PeerCalls;
import weir.cluster.peer.PeerFailedException;
import weir.cluster.peer.PeerRequest;
import weir.cluster.peer.PeerUnreachableException;
import weir.cluster.replication.GroupId;
import weir.cluster.replication.Member;
import weir.core.Bytes;
import weir.core.Edition;

class FormingTest {
    /** The number of a node that is to follow the catalog without a vote. */
    private static final int LISTENER = 8;

    private static final List<Address> SEEDS =
            List.of(new Address("h1", 7100), new Address("h2", 7100), new Address("h3", 7100));

    @TempDir
    private Path data;

    /** Nodes that are up, by their port's address. A call to another one fails as if nobody listened. */
    private final Map<String, Forming> up = new ConcurrentHashMap<>();

    private final PeerCalls calls = (String host, int port, PeerRequest kind, Bytes request, Duration patience) -> {
        Forming there = up.get(host);
        CompletableFuture<Bytes> answer = new CompletableFuture<>();
        if (there == null) {
            answer.completeExceptionally(new PeerUnreachableException(host + " is not up", new IOException()));
            return answer;
        }
        Thread.ofVirtual().start(() -> {
            try {
                answer.complete(there.answer(kind, request));
            } catch (Exception e) {
                answer.completeExceptionally(new PeerFailedException(String.valueOf(e.getMessage())));
            }
        });
        return answer;
    };

    private IdentityFile file(int node) throws IOException {
        return new IdentityFile(Files.createDirectories(data.resolve("node-" + node)));
    }

    private static Newcomer newcomer(Member self, List<Address> seeds, int edition) {
        return new Newcomer(self, seeds, 4, "", new TreeMap<>(), edition);
    }

    private Forming node(int number, String host, boolean formed) throws Exception {
        IdentityFile file = file(number);
        Forming forming =
                new Forming(newcomer(new Member(number, host, 7100), SEEDS, Edition.NEWEST), file, file.read(), formed);
        up.put(host, forming);
        return forming;
    }

    private CompletableFuture<Identity> form(Forming forming) {
        CompletableFuture<Identity> identity = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try {
                identity.complete(forming.form(calls));
            } catch (Exception e) {
                identity.completeExceptionally(e);
            }
        });
        return identity;
    }

    private static Identity get(CompletableFuture<Identity> identity) throws Exception {
        return identity.get(30, TimeUnit.SECONDS);
    }

    private static void opened(Forming forming, List<Member> members) {
        opened(forming, members, Edition.FIRST);
    }

    private static void opened(Forming forming, List<Member> members, int clusterEdition) {
        forming.formed(new Forming.Admission() {
            @Override
            public void heard(Member member) {}

            @Override
            public Optional<String> refusal(Member returning) {
                return Optional.empty();
            }

            @Override
            public int edition() {
                return clusterEdition;
            }

            @Override
            public Optional<String> admit(Member joining, String rack, SortedMap<String, String> fronts, int newest) {
                if (members.contains(joining)) {
                    return Optional.of("a member with an empty directory");
                }
                members.add(joining);
                return Optional.empty();
            }

            @Override
            public boolean listens(Member admitted) {
                return admitted.node() == LISTENER;
            }
        });
    }

    @Test
    void newNodesWaitForAllSeedsAndFoundOneCluster() throws Exception {
        CompletableFuture<Identity> two = form(node(2, "h2", false));
        CompletableFuture<Identity> three = form(node(3, "h3", false));
        Forming first = node(1, "h1", false);
        Identity one = get(form(first));
        assertThat(get(two).cluster()).isEqualTo(one.cluster());
        assertThat(get(three).cluster()).isEqualTo(one.cluster());
        assertThat(one.founders()).extracting(Member::node).containsExactly(1, 2, 3);
        assertThat(get(two).founders()).isEqualTo(one.founders());
        assertThat(file(3).read()).contains(get(three));
    }

    @Test
    void twoOfThreeFoundNothing() throws Exception {
        CompletableFuture<Identity> one = form(node(1, "h1", false));
        Forming second = node(2, "h2", false);
        CompletableFuture<Identity> two = form(second);
        // Both have asked each other once this has been answered several times; without the third nothing follows.
        Hello asking = new Hello(
                new Member(9, "h9", 7100), Optional.empty(), false, Optional.empty(), "", new TreeMap<>(), 1, 1, false);
        for (int i = 0; i < 100; i++) {
            assertThat(Hello.decode(second.answer(PeerRequest.HELLO, asking.encode()))
                            .identity())
                    .isEmpty();
        }
        assertThat(one).isNotDone();
        assertThat(two).isNotDone();
        CompletableFuture<Identity> three = form(node(3, "h3", false));
        assertThat(get(three).cluster()).isEqualTo(get(one).cluster()).isEqualTo(get(two).cluster());
    }

    @Test
    void nodeThatIsNoSeedFoundsNothingThoughItsNumberIsTheLowest() throws Exception {
        CompletableFuture<Identity> outside = form(node(1, "h9", false));
        CompletableFuture<Identity> two = form(node(2, "h1", false));
        CompletableFuture<Identity> three = form(node(3, "h2", false));
        Identity four = get(form(node(4, "h3", false)));
        assertThat(four.founders()).extracting(Member::node).containsExactly(2, 3, 4);
        assertThat(get(two).cluster()).isEqualTo(four.cluster());
        assertThat(get(three).cluster()).isEqualTo(four.cluster());
        assertThat(outside).isNotDone();
        opened(Objects.requireNonNull(up.get("h1")), new ArrayList<>());
        assertThat(get(outside).cluster()).isEqualTo(four.cluster());
        assertThat(get(outside).founders()).isEmpty();
    }

    @Test
    void seedWhoseNameIsThatOfSeveralMachinesIsNotLeftOut() throws Exception {
        Address all = new Address("everybody", 7100);
        for (Member self : List.of(new Member(1, "everybody", 7100), new Member(1, "h1", 7100))) {
            Forming forming =
                    new Forming(newcomer(self, List.of(all, all), 1), file(1), Optional.empty(), false, _ -> true);
            up.put("everybody", forming);
            assertRefused(form(forming), "its name has addresses of other machines too");
        }
        assertThat(file(1).read()).isEmpty();
    }

    @Test
    void founderWithAnotherNumberOfShardsIsRefused() throws Exception {
        List<Member> founders =
                List.of(new Member(1, "h1", 7100), new Member(2, "h2", 7100), new Member(3, "h3", 7100));
        file(1).write(new Identity(UUID.randomUUID(), 8, 1, founders));
        node(1, "h1", false);
        node(3, "h3", false);
        assertRefused(
                form(node(2, "h2", false)),
                "found a cluster with 4 shards, but the plan of node 1 (h1:7100) has 8; all founders need the same number");
    }

    @Test
    void founderThatDiedAfterDrawingUpThePlanGoesOnWithIt() throws Exception {
        List<Member> founders =
                List.of(new Member(1, "h1", 7100), new Member(2, "h2", 7100), new Member(3, "h3", 7100));
        Identity plan = new Identity(UUID.randomUUID(), 4, 1, founders);
        file(1).write(plan);
        CompletableFuture<Identity> two = form(node(2, "h2", false));
        CompletableFuture<Identity> three = form(node(3, "h3", false));
        CompletableFuture<Identity> one = form(node(1, "h1", false));
        assertThat(get(one)).isEqualTo(plan);
        assertThat(get(two).cluster()).isEqualTo(plan.cluster());
        assertThat(get(three).founders()).isEqualTo(founders);
    }

    @Test
    void nodeThatComesLaterJoinsWithoutBeingAFounder() throws Exception {
        file(1).write(new Identity(UUID.randomUUID(), 2, 1, List.of(new Member(1, "h1", 7100))));
        Forming first = node(1, "h1", true);
        Identity one = get(form(first));
        List<Member> members = new ArrayList<>(List.of(new Member(1, "h1", 7100)));
        opened(first, members);
        Identity two = get(form(node(2, "h2", false)));
        assertThat(two.cluster()).isEqualTo(one.cluster());
        assertThat(two.shards()).isEqualTo(2);
        assertThat(two.founders()).isEmpty();
        assertThat(members).extracting(Member::node).containsExactly(1, 2);
    }

    @Test
    void nodeThatIsToldToFollowWithoutAVoteRemembersIt() throws Exception {
        file(1).write(new Identity(UUID.randomUUID(), 2, 1, List.of(new Member(1, "h1", 7100))));
        Forming first = node(1, "h1", true);
        get(form(first));
        opened(first, new ArrayList<>());
        assertThat(get(form(node(LISTENER, "h2", false))).beginsWithoutVote()).isTrue();
        assertThat(file(LISTENER).read()).hasValueSatisfying(known -> {
            assertThat(known.listens()).isTrue();
            assertThat(known.node()).isEqualTo(LISTENER);
        });
    }

    @Test
    void nodeThatWasAloneGetsItsAddressAsItMeetsOthers() throws Exception {
        UUID cluster = UUID.randomUUID();
        file(1).write(new Identity(cluster, 2, 1, List.of(new Member(1, "", 0))));
        assertThat(get(form(node(1, "h1", false))).founders()).containsExactly(new Member(1, "h1", 7100));
        assertThat(file(1).read()).contains(new Identity(cluster, 2, 1, List.of(new Member(1, "h1", 7100))));
    }

    @Test
    void ofManyFoundersSevenVoteOnTheCatalog() {
        List<Member> nine = new ArrayList<>();
        for (int node = 1; node <= 9; node++) {
            nine.add(new Member(node, "h" + node, 7100));
        }
        UUID cluster = UUID.randomUUID();
        assertThat(new Identity(cluster, 2, 7, nine).foundersOf(GroupId.CATALOG))
                .extracting(Member::node)
                .containsExactly(1, 2, 3, 4, 5, 6, 7);
        assertThat(new Identity(cluster, 2, 7, nine).beginsWithoutVote()).isFalse();
        assertThat(new Identity(cluster, 2, 8, nine).beginsWithoutVote()).isTrue();
        assertThat(new Identity(cluster, 2, 10, List.of()).beginsWithoutVote()).isFalse();
    }

    @Test
    void memberWithAnEmptiedDirectoryIsRefused() throws Exception {
        file(1).write(new Identity(UUID.randomUUID(), 2, 1, List.of(new Member(1, "h1", 7100))));
        Forming first = node(1, "h1", true);
        opened(first, new ArrayList<>(List.of(new Member(2, "h2", 7100))));
        assertRefused(form(node(2, "h2", false)), "a member with an empty directory");
    }

    @Test
    void twoClustersAreNotJoined() throws Exception {
        file(1).write(new Identity(UUID.randomUUID(), 2, 1, List.of()));
        file(2).write(new Identity(UUID.randomUUID(), 2, 2, List.of()));
        node(1, "h1", true);
        assertRefused(form(node(2, "h2", true)), "two clusters cannot be joined");
    }

    @Test
    void numberThatIsTakenIsRefused() throws Exception {
        node(1, "h1", false);
        Forming second = new Forming(
                newcomer(new Member(1, "h2", 7100), SEEDS, Edition.NEWEST), file(9), Optional.empty(), false);
        up.put("h2", second);
        assertRefused(form(second), "node number 1 is taken by node 1 (h1:7100)");
    }

    @Test
    void nodeThatWasOpenBeforeWaitsForNobody() throws Exception {
        Identity known = new Identity(UUID.randomUUID(), 4, 1, List.of());
        file(1).write(known);
        assertThat(get(form(node(1, "h1", true)))).isEqualTo(known);
    }

    @Test
    void everyFounderHasTheSameIdeaOfWhoHoldsWhat() {
        List<Member> five = new ArrayList<>();
        for (int node = 5; node >= 1; node--) {
            five.add(new Member(node, "h" + node, 7100));
        }
        Identity identity = new Identity(UUID.randomUUID(), 10, 3, five);
        assertThat(identity.foundersOf(GroupId.CATALOG)).hasSize(5);
        for (int shard = 0; shard < 10; shard++) {
            List<Member> holders = identity.foundersOf(GroupId.shard(shard));
            assertThat(holders)
                    .hasSize(3)
                    .extracting(Member::node)
                    .contains(identity.firstLeaderOf(GroupId.shard(shard)));
        }
    }

    @Test
    void directoryFromBeforeThereWereClustersIsThatOfNodeOne() throws Exception {
        UUID cluster = UUID.randomUUID();
        IdentityFile file = file(1);
        Files.writeString(data.resolve("node-1/weir.format"), "format 1\nshards 4\ncluster " + cluster + "\n");
        assertThat(file.read()).contains(new Identity(cluster, 4, 1, List.of()));
    }

    @Test
    void nodeThatDoesNotReadTheClustersEditionIsRefused() throws Exception {
        Forming first = node(1, "h1", false);
        node(2, "h2", false);
        node(3, "h3", false);
        var _ = form(Objects.requireNonNull(up.get("h2")));
        var _ = form(Objects.requireNonNull(up.get("h3")));
        get(form(first));
        List<Member> members = new ArrayList<>();
        opened(first, members, 2);
        Member late = new Member(4, "h4", 7100);
        Forming older = new Forming(newcomer(late, SEEDS, 1), file(4), Optional.empty(), false, _ -> false);
        assertRefused(form(older), "has come to edition 2, but this node reads none above 1");
        Forming newer = new Forming(newcomer(late, SEEDS, 2), file(4), Optional.empty(), false, _ -> false);
        get(form(newer));
        assertThat(members).containsExactly(late);
    }

    @Test
    void helloOfAReleaseThatKnowsNoEditionsIsRead() throws Exception {
        Hello hello = new Hello(
                new Member(9, "h9", 7100),
                Optional.empty(),
                false,
                Optional.empty(),
                "r",
                new TreeMap<>(),
                1,
                2,
                false);
        Bytes whole = hello.encode();
        assertThat(Hello.decode(whole)).isEqualTo(hello);
        assertThat(Hello.decode(whole.slice(0, whole.length() - 3)).newest()).isEqualTo(1);
    }

    @Test
    void editionIsNotedAndOneThatIsNotKnownIsRefused() throws Exception {
        IdentityFile file = file(1);
        Identity identity = new Identity(UUID.randomUUID(), 4, 1, List.of());
        file.write(identity);
        assertThat(file.note(1)).isFalse();
        assertThat(data.resolve("node-1/weir.format")).content().doesNotContain("edition");
        assertThat(file.note(2)).isTrue();
        assertThat(file.note(2)).isFalse();
        assertThat(data.resolve("node-1/weir.format")).content().contains("\nedition 2\n");
        assertThat(file(1).read()).contains(identity);
        IdentityFile older = new IdentityFile(data.resolve("node-1"), 1);
        assertThatThrownBy(older::read)
                .isInstanceOf(FormingException.class)
                .hasMessageContaining("has come to edition 2, but this node reads none above 1");
    }

    @Test
    void otherFormatIsRefusedByName() throws Exception {
        IdentityFile file = file(1);
        Files.writeString(data.resolve("node-1/weir.format"), "format 9\nshards 4\n");
        assertThatThrownBy(file::read)
                .isInstanceOf(FormingException.class)
                .hasMessageContaining("format 9")
                .hasMessageContaining("this version reads format 1");
    }

    private static void assertRefused(CompletableFuture<Identity> forming, String why) {
        assertThatThrownBy(() -> forming.get(30, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOf(FormingException.class)
                .hasMessageContaining(why);
    }
}
