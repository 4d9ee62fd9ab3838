package weir.cluster.forward;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import weir.cluster.replication.Member;
import weir.cluster.shard.Shard;
import weir.core.QueueSettings;
import weir.core.catalog.Queue;

/** A node of the tests: nodes 1 to 3 have a replica of the shard, others have not. */
final class TestNode implements ClusterView, AutoCloseable {
    private final int number;
    private final SharedShard shared;
    private final QueueSettings settings;
    final ShardRouter router;
    final ShardService service;
    /** What this node's replica believes, instead of the truth; 0 for nothing. */
    volatile OptionalInt believes = OptionalInt.empty();

    TestNode(int number, SharedShard shared, TestPeers peers, QueueSettings settings) {
        this.number = number;
        this.shared = shared;
        this.settings = settings;
        this.router = new ShardRouter(0, this, peers);
        this.service = new ShardService(this);
        peers.serve(number, service);
    }

    private boolean hasReplica() {
        return number <= 3;
    }

    @Override
    public int self() {
        return number;
    }

    @Override
    public Optional<Shard> local(int shard) {
        return hasReplica() ? Optional.of(shared.at(number)) : Optional.empty();
    }

    @Override
    public OptionalInt leader(int shard) {
        if (!hasReplica()) {
            return OptionalInt.empty();
        }
        return believes.isPresent() ? believes : shared.leader();
    }

    @Override
    public List<Integer> replicas(int shard) {
        return List.of(1, 2, 3);
    }

    @Override
    public Optional<Member> member(int node) {
        return Optional.of(TestPeers.member(node));
    }

    @Override
    public Optional<Queue> queue(long id) {
        return Optional.of(new Queue(id, "q" + id, 0, settings, new TreeMap<>(), 1, 1, 1));
    }

    @Override
    public void close() {
        router.close();
    }
}
