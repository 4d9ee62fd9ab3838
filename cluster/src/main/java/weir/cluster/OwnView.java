package weir.cluster;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import weir.cluster.forming.Identity;
import weir.cluster.forward.ClusterView;
import weir.cluster.placement.Node;
import weir.cluster.placement.ShardPlacement;
import weir.cluster.replication.GroupId;
import weir.cluster.replication.Member;
import weir.cluster.replication.ReplicatedLog;
import weir.cluster.shard.Shard;
import weir.core.catalog.Queue;

/** What the way to other nodes has to know, by this node's replicas. */
record OwnView(int self, Identity identity, Replicas replicas) implements ClusterView {
    @Override
    public Optional<Shard> local(int shard) {
        return replicas.find(GroupId.shard(shard)).map(Replicas.Open::leader);
    }

    @Override
    public OptionalInt leader(int shard) {
        return replicas.log(GroupId.shard(shard)).map(ReplicatedLog::leader).orElse(OptionalInt.empty());
    }

    @Override
    public List<Integer> replicas(int shard) {
        return replicas.catalog()
                .machine()
                .definition(ShardPlacement.KIND, Integer.toString(shard))
                .map(ShardPlacement::of)
                .map(OwnView::preferredFirst)
                .orElseGet(() -> identity.foundersOf(GroupId.shard(shard)).stream()
                        .map(Member::node)
                        .toList());
    }

    private static List<Integer> preferredFirst(ShardPlacement placement) {
        List<Integer> nodes = new ArrayList<>(placement.replicas());
        nodes.remove(Integer.valueOf(placement.leader()));
        nodes.addFirst(placement.leader());
        return nodes;
    }

    @Override
    public Optional<Member> member(int node) {
        return replicas.catalog()
                .machine()
                .definition(Node.KIND, Integer.toString(node))
                .map(definition -> Node.of(definition).member())
                .or(() -> replicas.catalogLog().members().stream()
                        .filter(member -> member.node() == node)
                        .findFirst());
    }

    @Override
    public Optional<Queue> queue(long id) {
        return replicas.catalog().machine().find(id);
    }
}
