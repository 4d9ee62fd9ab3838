package weir.cluster.placement;

import java.util.List;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import weir.cluster.replication.GroupId;
import weir.cluster.replication.Member;

/**
 * One group as it is wanted and as it is.
 *
 * @param wanted the nodes that are to have a replica
 * @param preferred the one that is to lead; none if any may
 * @param revision of what that is taken from
 * @param leader the node that leads, if one is known to
 * @param replicas what each node that answered says of its replica
 */
record GroupPicture(
        GroupId group,
        SortedSet<Integer> wanted,
        OptionalInt preferred,
        long revision,
        OptionalInt leader,
        SortedMap<Integer, ReplicaReport> replicas) {
    GroupPicture {
        wanted = new TreeSet<>(wanted);
        replicas = new TreeMap<>(replicas);
    }

    @Nullable
    ReplicaReport leading() {
        return leader.isEmpty() ? null : replicas.get(leader.getAsInt());
    }

    /** By the leader's configuration; empty if none is known. */
    List<Member> members() {
        ReplicaReport leading = leading();
        return leading == null ? List.of() : leading.state().members();
    }

    SortedSet<Integer> memberNumbers() {
        SortedSet<Integer> numbers = new TreeSet<>();
        members().forEach(member -> numbers.add(member.node()));
        return numbers;
    }

    /** Those of the members that have a vote. */
    SortedSet<Integer> voters() {
        SortedSet<Integer> numbers = new TreeSet<>();
        members().stream().filter(Member::votes).forEach(member -> numbers.add(member.node()));
        return numbers;
    }

    boolean damaged(int node) {
        ReplicaReport replica = replicas.get(node);
        return replica != null && replica.state().damage() != null;
    }

    /** Whether the node says that it has a replica, sound or not. */
    boolean isOn(int node) {
        return replicas.containsKey(node);
    }

    /** Whether something is to be done before the next plan. */
    boolean busy() {
        ReplicaReport leading = leading();
        return leading == null
                || leading.changing()
                || replicas.keySet().stream().anyMatch(node -> damaged(node) || !wanted.contains(node));
    }
}
