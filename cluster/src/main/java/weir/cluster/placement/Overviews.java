package weir.cluster.placement;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import weir.cluster.ClusterLimits;
import weir.cluster.placement.Watch.Liveness;
import weir.cluster.replication.GroupId;
import weir.core.cluster.ClusterOverview;
import weir.core.cluster.ClusterOverview.GroupView;
import weir.core.cluster.ClusterOverview.NodeView;
import weir.core.cluster.ClusterOverview.ReplicaView;
import weir.core.text.Durations;

/** Says in the operator's words what a {@link Survey} has shown, and what is wrong with it. */
final class Overviews {
    private final Survey survey;
    private final PlacementRules rules;
    private final Map<GroupId, String> obstacles;
    private final List<String> troubles = new ArrayList<>();

    private Overviews(Survey survey, PlacementRules rules, Map<GroupId, String> obstacles) {
        this.survey = survey;
        this.rules = rules;
        this.obstacles = obstacles;
    }

    /** @param seenBy the node that has looked */
    static ClusterOverview of(int seenBy, Survey survey, PlacementRules rules, Map<GroupId, String> obstacles) {
        return new Overviews(survey, rules, obstacles).make(seenBy);
    }

    private ClusterOverview make(int seenBy) {
        List<GroupView> groups = new ArrayList<>();
        OptionalInt catalogLeader = OptionalInt.empty();
        for (GroupPicture group : survey.groups().values()) {
            GroupView view = view(group);
            groups.add(view);
            if (view.trouble() != null) {
                troubles.add(view.trouble());
            }
            if (group.group().equals(GroupId.CATALOG)) {
                catalogLeader = group.leader();
            }
        }
        List<NodeView> nodes = new ArrayList<>();
        survey.nodes().values().forEach(node -> nodes.add(view(node)));
        if (survey.placements().isEmpty()) {
            troubles.add("no shard has a placement yet; the cluster is still being founded");
        }
        survey.removed().forEach(node -> nodes.add(view(node)));
        return new ClusterOverview(
                seenBy, catalogLeader, rules.replicas(), rules.replaceAfter(), nodes, groups, troubles);
    }

    // ---- Nodes

    private NodeView view(Node node) {
        Liveness of = survey.liveness().get(node.number());
        boolean alive = of != null && of.alive();
        if (of != null && !alive && of.known()) {
            troubles.add(silence(node, of));
        }
        if (survey.shortOfRoom().contains(node.number())) {
            troubles.add(
                    "node " + node.number() + " is short of disk: others lead what it led, as far as they have room."
                            + " Give it more, or have consumers take out what there is");
        }
        int leaders = 0;
        int replicas = 0;
        long bytes = 0;
        for (GroupPicture group : survey.groups().values()) {
            if (group.group().equals(GroupId.CATALOG)) {
                continue;
            }
            ReplicaReport replica = group.replicas().get(node.number());
            replicas += replica != null || group.memberNumbers().contains(node.number()) ? 1 : 0;
            bytes += replica == null ? 0 : replica.state().bytes();
            leaders += group.leader().orElse(0) == node.number() ? 1 : 0;
        }
        if (node.state() == NodeState.DRAINING && replicas == 0) {
            troubles.add("node " + node.number() + " is drained: remove it with weir cluster remove " + node.number()
                    + ", or give it its share again with weir cluster add " + node.number());
        }
        return new NodeView(
                node.number(),
                node.host() + ":" + node.port(),
                node.rack(),
                node.state().text(),
                alive,
                of == null ? 0 : of.forMillis(),
                node.joinedAtMillis(),
                leaders,
                replicas,
                bytes);
    }

    private String silence(Node node, Liveness of) {
        String silent = "node " + node.number() + " (" + node.host() + ":" + node.port() + ") has been silent for "
                + Spans.text(of.forMillis()) + ": ";
        long rest = rules.replaceAfter().toMillis() - of.forMillis();
        if (rest > 0) {
            return silent + "start it; its replicas are made anew on other nodes after "
                    + Durations.format(rules.replaceAfter());
        }
        // Wanted there no more is not yet gone from there.
        boolean holds = survey.groups().values().stream()
                .filter(group -> !group.group().equals(GroupId.CATALOG))
                .anyMatch(group -> group.wanted().contains(node.number())
                        || group.memberNumbers().contains(node.number()));
        return silent
                + (holds
                        ? "its replicas are being made anew where another node can have them"
                        : "its replicas were made anew on others")
                + "; start it, or if it will not come back: weir cluster remove " + node.number() + " --force";
    }

    // ---- Groups

    private GroupView view(GroupPicture group) {
        SortedSet<Integer> nodes = new TreeSet<>(group.wanted());
        nodes.addAll(group.memberNumbers());
        nodes.addAll(group.replicas().keySet());
        List<ReplicaView> replicas = new ArrayList<>();
        nodes.forEach(node -> replicas.add(view(group, node)));
        boolean catalog = group.group().equals(GroupId.CATALOG);
        String why = catalog
                ? "every node has the catalog, up to " + ClusterLimits.CATALOG_VOTERS_MAX + " with a vote"
                : survey.placements().stream()
                        .filter(placement -> GroupId.shard(placement.shard()).equals(group.group()))
                        .map(placement -> placement.pinned() ? placement.why() + " (kept there)" : placement.why())
                        .findFirst()
                        .orElse("");
        String name = catalog ? "catalog" : Integer.toString(group.group().number() - 1);
        ShardLoad load = survey.loads().get(group.group());
        return new GroupView(
                name,
                group.leader(),
                group.preferred(),
                replicas,
                load == null ? ClusterOverview.UNKNOWN : load.bytesPerSecond(),
                load == null ? ClusterOverview.UNKNOWN : load.commandsPerSecond(),
                why,
                trouble(group));
    }

    private ReplicaView view(GroupPicture group, int node) {
        ReplicaReport replica = group.replicas().get(node);
        ReplicaReport leading = group.leading();
        long lag =
                leading == null ? ClusterOverview.UNKNOWN : leading.lagOf(node).orElse(ClusterOverview.UNKNOWN);
        long bytes = replica == null ? ClusterOverview.UNKNOWN : replica.state().bytes();
        boolean member = leading == null || group.memberNumbers().contains(node);
        String role;
        if (group.damaged(node)) {
            role = "damaged";
        } else if (!survey.alive(node)) {
            role = "silent";
        } else if (group.leader().orElse(0) == node) {
            role = "leader";
            lag = 0;
        } else if (!group.wanted().contains(node)) {
            role = "leaving";
        } else if (!member || replica == null) {
            role = "coming";
        } else {
            role = leading == null || group.voters().contains(node) ? "follower" : "listener";
        }
        @Nullable String damage = replica == null ? null : replica.state().damage();
        return new ReplicaView(node, role, lag, bytes, damage);
    }

    private @Nullable String trouble(GroupPicture group) {
        // A wanted one that is not a member yet is missing as much as one that is silent.
        long sound = group.wanted().stream()
                .filter(node -> survey.healthy(group, node) && group.isOn(node))
                .filter(node -> group.leading() == null || group.memberNumbers().contains(node))
                .count();
        int wanted = group.wanted().size();
        List<String> reasons = new ArrayList<>();
        for (int node : group.wanted()) {
            ReplicaReport replica = group.replicas().get(node);
            Liveness of = survey.liveness().get(node);
            if (of == null || !of.alive()) {
                reasons.add("node " + node
                        + (of == null
                                ? " was removed"
                                : of.known()
                                        ? " has been silent for " + Spans.text(of.forMillis())
                                        : " does not answer"));
            } else if (replica != null && replica.state().damage() != null) {
                reasons.add("the replica on node " + node + " is damaged ("
                        + replica.state().damage() + ")");
            } else if (group.leading() != null && !group.memberNumbers().contains(node)) {
                reasons.add("node " + node + " is still catching up");
            }
        }
        boolean counted = false; // As long as they are members, who is dead counts against the majority.
        for (int node : group.memberNumbers()) {
            if (!group.wanted().contains(node) && !survey.alive(node)) {
                reasons.add("node " + node + ", which is not there, still counts as a member");
                counted = true;
            }
        }
        boolean leaderless = group.leading() == null;
        if (sound == wanted && !leaderless && !counted) {
            @Nullable String obstacle = obstacles.get(group.group());
            return obstacle == null ? null : group.group() + ": " + obstacle;
        }
        StringBuilder text = new StringBuilder(group.group().toString());
        if (leaderless) {
            text.append(" has no leader");
            if (sound * 2 <= wanted) {
                text.append(" and cannot have one: it has only ");
            } else {
                text.append(" yet; it has ");
            }
        } else {
            text.append(" has ");
        }
        text.append(sound).append(" of ").append(wanted).append(" replicas");
        if (!reasons.isEmpty()) {
            text.append(": ").append(String.join(", ", reasons));
        }
        return text.toString();
    }
}
