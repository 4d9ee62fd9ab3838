package weir.cluster.forming;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import weir.cluster.peer.PeerCalls;
import weir.cluster.peer.PeerRequest;
import weir.cluster.replication.Member;
import weir.core.Bytes;
import weir.core.Edition;

/**
 * Finds this node's cluster, and helps other nodes to find it. {@link #answer} may be called as soon as it is made; {@link
 * #form} is called once, by the thread that opens the node.
 */
public final class Forming {
    private static final Logger LOG = LoggerFactory.getLogger(Forming.class);
    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final Duration BETWEEN_ROUNDS = Duration.ofMillis(200);
    /** How often the operator is told what is being waited for. */
    private static final long ROUNDS_BETWEEN_WORDS = 50;

    /** Takes a node in; the catalog has to be there for that. */
    public interface Admission {
        /** A node of this cluster is there, perhaps at another address than before. */
        void heard(Member member);

        /** The edition that the cluster has come to, or is about to. */
        int edition();

        /** Why a node that has data of this cluster cannot come back; empty if it can. */
        Optional<String> refusal(Member returning);

        /** Why the node cannot be taken in, to be told to its operator; empty once it is a member. */
        Optional<String> admit(Member joining, String rack, SortedMap<String, String> fronts, int edition)
                throws IOException, InterruptedException;

        /** Whether a node that was taken in is to follow the catalog without a vote. */
        boolean listens(Member admitted);
    }

    /** How names become addresses. */
    interface Names {
        /** Whether the name has several addresses, and not all of them are this machine's. */
        boolean isOfSeveralMachines(String host);
    }

    private final Member self;
    private final List<Address> seeds;
    private final int shards;
    private final String rack;
    private final SortedMap<String, String> fronts;
    private final int edition;
    private final IdentityFile file;
    private final Names names;

    private volatile @Nullable Identity identity;
    private volatile boolean formed;
    private volatile @Nullable Admission admission;

    /**
     * @param known what the data directory says; empty if it is new
     * @param formed whether this node has had its groups open before
     */
    public Forming(Newcomer newcomer, IdentityFile file, Optional<Identity> known, boolean formed) {
        this(newcomer, file, known, formed, OwnAddress::isOfSeveralMachines);
    }

    Forming(Newcomer newcomer, IdentityFile file, Optional<Identity> known, boolean formed, Names names) {
        self = newcomer.self();
        seeds = newcomer.seeds();
        shards = newcomer.shards();
        rack = newcomer.rack();
        fronts = newcomer.fronts();
        edition = newcomer.edition();
        this.file = file;
        this.names = names;
        this.identity = known.orElse(null);
        this.formed = formed;
    }

    /** The node has opened its groups, and can take others in. */
    public void formed(Admission by) {
        admission = by;
        formed = true;
    }

    // ---- What others ask

    /** Answers {@code HELLO} and {@code JOIN}. */
    public Bytes answer(PeerRequest kind, Bytes request) throws FormingException, IOException, InterruptedException {
        Hello asking = Hello.decode(request);
        Optional<String> refusal = refusal(asking).or(() -> outgrown(asking));
        if (refusal.isEmpty()) {
            noteMember(asking);
        }
        boolean listens = false;
        if (refusal.isEmpty() && kind == PeerRequest.JOIN) {
            Admission by = admission;
            if (by == null) {
                throw new IOException(self + " cannot take anybody in yet");
            }
            refusal = by.admit(asking.self(), asking.rack(), asking.fronts(), asking.newest());
            listens = refusal.isEmpty() && by.listens(asking.self());
        }
        return hello(refusal, listens).encode();
    }

    /** In the words of the node that is refused. */
    private Optional<String> outgrown(Hello other) {
        Admission by = admission;
        return by == null
                ? Optional.empty()
                : Edition.refusal("the cluster of " + self, by.edition(), other.oldest(), other.newest());
    }

    private void noteMember(Hello other) {
        Admission by = admission;
        if (by != null && other.identity().isPresent()) {
            by.heard(other.self());
        }
    }

    /**
     * Says hello to the seeds once more, for a node that waits to hear of its groups: whoever has another address than before
     * is known by that.
     *
     * @throws FormingException if it turns out that this node cannot be in the cluster any more
     */
    public void greet(PeerCalls calls) throws FormingException, InterruptedException {
        hear(calls, new ArrayList<>(seeds)).values().forEach(this::noteMember);
    }

    private Hello hello() {
        return hello(Optional.empty(), false);
    }

    private Hello hello(Optional<String> refusal, boolean listens) {
        return new Hello(
                self, Optional.ofNullable(identity), formed, refusal, rack, fronts, Edition.OLDEST, edition, listens);
    }

    private Optional<String> refusal(Hello other) {
        Identity own = identity;
        if (other.self().node() == self.node() && !other.self().equals(self)) { // Nobody else says that of itself.
            return Optional.of("node number " + self.node() + " is taken by " + self
                    + "; each node needs a number of its own (WEIR_NODE_ID)");
        }
        if (own != null
                && other.identity().isPresent()
                && !other.identity().get().cluster().equals(own.cluster())) {
            return Optional.of(
                    self + " belongs to cluster " + own.cluster() + ", but " + other.self()
                            + " has data of cluster " + other.identity().get().cluster()
                            + "; two clusters cannot be joined: correct WEIR_CLUSTER_SEEDS, or start with an empty data directory");
        }
        Admission by = admission;
        return by == null || other.identity().isEmpty() ? Optional.empty() : by.refusal(other.self());
    }

    // ---- What this node asks

    /**
     * Returns what cluster this node belongs to, once that is certain and it may open its groups. Waits for the seeds as long
     * as it takes: a cluster's nodes may be started hours apart.
     *
     * @throws FormingException if it cannot belong to the cluster that the seeds are of
     */
    public Identity form(PeerCalls calls) throws FormingException, IOException, InterruptedException {
        List<Address> others = new ArrayList<>(seeds);
        for (Address seed : seeds) {
            if (seed.host().equals(self.host()) && seed.port() == self.port()) {
                leaveOut(seed, others);
            }
        }
        for (long round = 0; ; round++) {
            if (round == 0) {
                noteOwnAddress();
            }
            Map<Address, Hello> heard = hear(calls, others);
            Optional<Identity> done = decide(calls, others, heard);
            if (done.isPresent()) {
                return done.get();
            }
            if (round % ROUNDS_BETWEEN_WORDS == ROUNDS_BETWEEN_WORDS - 1) {
                LOG.info(
                        "{} waits for its cluster: of {} it has heard {}",
                        self,
                        others,
                        heard.values().stream().map(Hello::self).toList());
            }
            Thread.sleep(BETWEEN_ROUNDS);
        }
    }

    /**
     * A node that was alone until now founded its cluster without an address, and others may be about to learn from it who its
     * founders are.
     */
    private void noteOwnAddress() throws IOException {
        Identity own = identity;
        if (own != null
                && own.founders().size() == 1
                && own.founders().getFirst().node() == self.node()
                && !own.founders().getFirst().equals(self)) {
            take(new Identity(own.cluster(), own.shards(), own.node(), List.of(self)));
        }
    }

    /** Who answered, by the address that was asked. An address that leads back here is left out of {@code others}. */
    private Map<Address, Hello> hear(PeerCalls calls, List<Address> others)
            throws FormingException, InterruptedException {
        Map<Address, CompletableFuture<Bytes>> asked = new LinkedHashMap<>();
        Bytes question = hello().encode();
        for (Address other : others) {
            asked.put(other, calls.call(other.host(), other.port(), PeerRequest.HELLO, question, PATIENCE));
        }
        Map<Address, Hello> heard = new LinkedHashMap<>();
        for (Map.Entry<Address, CompletableFuture<Bytes>> each : asked.entrySet()) {
            Optional<Hello> hello = await(each.getValue(), PATIENCE.plusSeconds(1));
            if (hello.isPresent() && hello.get().self().equals(self)) {
                leaveOut(each.getKey(), others); // By another name.
            } else if (hello.isPresent()) {
                if (hello.get().refusal().isPresent()) {
                    throw new FormingException(hello.get().refusal().get());
                }
                Optional<String> refusal = refusal(hello.get());
                if (refusal.isPresent()) {
                    throw new FormingException(refusal.get());
                }
                heard.put(each.getKey(), hello.get());
            }
        }
        return heard;
    }

    /**
     * A seed that leads back here is not waited for. If its name is that of other nodes too, a new node that left it out would
     * see no others, and found a cluster of its own beside theirs.
     */
    private void leaveOut(Address seed, List<Address> others) throws FormingException {
        if (identity == null && names.isOfSeveralMachines(seed.host())) {
            throw new FormingException("the seed " + seed + " leads to this node, " + self
                    + ", but its name has addresses of other machines too; give each seed a name of its own in"
                    + " WEIR_CLUSTER_SEEDS");
        }
        others.remove(seed);
    }

    private static Optional<Hello> await(CompletableFuture<Bytes> answer, Duration patience)
            throws FormingException, InterruptedException {
        try {
            return Optional.of(Hello.decode(answer.get(patience.toMillis(), TimeUnit.MILLISECONDS)));
        } catch (ExecutionException | TimeoutException e) {
            LOG.debug("A node did not answer", e);
            return Optional.empty();
        }
    }

    private Optional<Identity> decide(PeerCalls calls, List<Address> others, Map<Address, Hello> heard)
            throws FormingException, IOException, InterruptedException {
        Identity own = identity;
        if (others.isEmpty()) {
            return Optional.of(
                    own != null ? own : take(new Identity(UUID.randomUUID(), shards, self.node(), List.of(self))));
        }
        Set<UUID> clusters = new HashSet<>();
        heard.values().forEach(hello -> hello.identity().ifPresent(known -> clusters.add(known.cluster())));
        if (clusters.size() > 1) {
            throw new FormingException("the nodes at " + heard.keySet() + " belong to different clusters, " + clusters
                    + "; correct WEIR_CLUSTER_SEEDS");
        }
        boolean anyFormed = heard.values().stream().anyMatch(Hello::formed);
        if (own != null) {
            // A founder that has not begun waits until all have the plan; whoever has been open before goes on.
            boolean allHave = heard.size() == others.size()
                    && heard.values().stream()
                            .allMatch(hello -> hello.identity().isPresent());
            return formed || anyFormed || allHave || own.founders().size() <= 1 ? Optional.of(own) : Optional.empty();
        }
        if (anyFormed) {
            return join(calls, heard);
        }
        return heard.size() == others.size() ? found(heard, others.size() < seeds.size()) : Optional.empty();
    }

    /**
     * All are there and none has begun: the seed with the lowest number draws up the plan, the others take it over.
     *
     * @param amongSeeds whether this node is one of the seeds: only they hear of each other, and so agree on who is lowest
     */
    private Optional<Identity> found(Map<Address, Hello> heard, boolean amongSeeds)
            throws FormingException, IOException {
        List<Member> founders = new ArrayList<>(List.of(self));
        heard.values().stream().map(Hello::self).distinct().forEach(founders::add);
        founders.sort(Comparator.comparingInt(Member::node));
        for (int i = 1; i < founders.size(); i++) {
            if (founders.get(i).node() == founders.get(i - 1).node()) {
                throw new FormingException(founders.get(i - 1) + " and " + founders.get(i)
                        + " have the same number; each node needs one of its own (WEIR_NODE_ID)");
            }
        }
        Optional<Identity> plan = heard.values().stream()
                .flatMap(hello -> hello.identity().stream())
                .findFirst();
        if (plan.isPresent()) {
            if (!plan.get().founders().contains(self)) {
                return Optional.empty(); // It was drawn up without this node, which joins when they have begun.
            }
            if (plan.get().shards() != shards) {
                throw new FormingException(
                        "this node is to found a cluster with " + shards + " shards, but the plan of "
                                + plan.get().founders().getFirst() + " has "
                                + plan.get().shards()
                                + "; all founders need the same number (WEIR_SHARDS)");
            }
            take(new Identity(
                    plan.get().cluster(),
                    plan.get().shards(),
                    self.node(),
                    plan.get().founders()));
        } else if (amongSeeds && founders.getFirst().equals(self)) {
            take(new Identity(UUID.randomUUID(), shards, self.node(), founders));
        }
        return Optional.empty(); // Until all have it.
    }

    private Optional<Identity> join(PeerCalls calls, Map<Address, Hello> heard)
            throws FormingException, IOException, InterruptedException {
        for (Map.Entry<Address, Hello> each : heard.entrySet()) {
            if (!each.getValue().formed()) {
                continue;
            }
            Address at = each.getKey();
            Optional<Hello> answer = await(
                    calls.call(at.host(), at.port(), PeerRequest.JOIN, hello().encode(), PATIENCE.multipliedBy(5)),
                    PATIENCE.multipliedBy(6));
            if (answer.isEmpty()) {
                continue;
            }
            if (answer.get().refusal().isPresent()) {
                throw new FormingException(answer.get().refusal().get());
            }
            Optional<Identity> of = answer.get().identity();
            if (of.isPresent()) {
                LOG.info("{} joins cluster {}", self, of.get().cluster());
                return Optional.of(take(new Identity(
                        of.get().cluster(),
                        of.get().shards(),
                        self.node(),
                        List.of(),
                        answer.get().listens())));
            }
        }
        return Optional.empty();
    }

    private Identity take(Identity taken) throws IOException {
        file.write(taken);
        identity = taken;
        return taken;
    }
}
