package weir.cluster.placement;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import weir.cluster.replication.GroupId;
import weir.core.broker.OutcomeUnknownException;
import weir.core.catalog.CatalogCommand;
import weir.core.catalog.CatalogReply;
import weir.core.cluster.ClusterAction;
import weir.core.cluster.ClusterAnswer;
import weir.core.cluster.ClusterAnswer.Done;
import weir.core.cluster.ClusterAnswer.Refused;
import weir.core.cluster.ClusterRefusal;

/**
 * Takes the operator's wishes, on the node that leads the catalog: says no with the reason, or writes what is wanted and says
 * what follows. The conductor does the rest.
 */
final class Desk {
    private final Definitions definitions;
    private final PlacementRules rules;
    private final int self;

    Desk(Definitions definitions, PlacementRules rules, int self) {
        this.definitions = definitions;
        this.rules = rules;
        this.self = self;
    }

    ClusterAnswer manage(ClusterAction action, Conductor conductor)
            throws OutcomeUnknownException, InterruptedException {
        Survey survey = conductor.last();
        if (survey == null || !survey.complete()) {
            return new Refused(
                    ClusterRefusal.NOT_NOW,
                    "node " + self + " has just begun to lead the catalog and does not know yet which nodes are alive;"
                            + " repeat it in a few seconds");
        }
        return switch (action) {
            case ClusterAction.Drain(int number) -> {
                Optional<Node> node = node(number);
                yield node.isEmpty() ? noSuchNode(number) : drain(node.get(), survey);
            }
            case ClusterAction.Undrain(int number) -> {
                Optional<Node> node = node(number);
                yield node.isEmpty() ? notJoined(number) : undrain(node.get());
            }
            case ClusterAction.Remove(int number, boolean force) -> {
                Optional<Node> node = node(number);
                yield node.isEmpty() ? noSuchNode(number) : remove(node.get(), force, survey);
            }
            case ClusterAction.Rebalance(boolean dryRun) -> rebalance(dryRun, survey, conductor);
            case ClusterAction.Transfer(int shard, int node) -> transfer(shard, node, survey);
        };
    }

    private Optional<Node> node(int number) {
        return definitions.nodes().stream()
                .filter(node -> node.number() == number)
                .findFirst();
    }

    // ---- Nodes

    private static Refused noSuchNode(int number) {
        return new Refused(ClusterRefusal.NO_SUCH_NODE, "there is no node " + number + "; see: weir cluster status");
    }

    private static Refused notJoined(int number) {
        return new Refused(
                ClusterRefusal.NO_SUCH_NODE,
                "there is no node " + number + " yet: a node joins by itself when it is started with WEIR_NODE_ID="
                        + number + " and this cluster's WEIR_CLUSTER_SEEDS");
    }

    private static Refused notNow(String text) {
        return new Refused(ClusterRefusal.NOT_NOW, text);
    }

    private static String removedBefore(int number) {
        return "node " + number + " was removed, and its number is not used again; give the machine another"
                + " WEIR_NODE_ID and an empty data directory";
    }

    private ClusterAnswer drain(Node node, Survey survey) throws OutcomeUnknownException, InterruptedException {
        int number = node.number();
        switch (node.state()) {
            case REMOVED -> {
                return notNow(removedBefore(number));
            }
            case DRAINING -> {
                return new Done(List.of("node " + number + " is being drained already"));
            }
            case ACTIVE -> {
                // Goes on below.
            }
        }
        long left = survey.nodes().values().stream()
                .filter(other -> other.state() == NodeState.ACTIVE && other.number() != number)
                .count();
        if (left == 0) {
            return notNow("node " + number + " is the only active one: nobody could take over what it has");
        }
        List<String> lines = new ArrayList<>();
        lines.add("node " + number + " gives away its leaders, then its replicas; watch it with: weir cluster status");
        if (left < rules.replicas()) {
            lines.add("only " + count(left, "active node") + " will be left for " + rules.replicas()
                    + " replicas of each shard, so shards will have " + left
                    + (left < 3 ? ", and the loss of one more node stops them" : ""));
        }
        if (!survey.alive(number)) {
            lines.add("it is silent, so what it has is made anew from the other replicas");
        }
        return write(node.in(NodeState.DRAINING).define(), lines);
    }

    private ClusterAnswer undrain(Node node) throws OutcomeUnknownException, InterruptedException {
        int number = node.number();
        return switch (node.state()) {
            case ACTIVE -> new Done(List.of("node " + number + " is an active member already"));
            case REMOVED -> notNow(removedBefore(number));
            case DRAINING ->
                write(
                        node.in(NodeState.ACTIVE).define(),
                        List.of("node " + number + " is active again, and takes its share of replicas and leaders"));
        };
    }

    private ClusterAnswer remove(Node node, boolean force, Survey survey)
            throws OutcomeUnknownException, InterruptedException {
        int number = node.number();
        if (node.state() == NodeState.REMOVED) {
            return new Done(List.of("node " + number + " was removed already"));
        }
        if (survey.nodes().size() == 1) {
            return notNow("node " + number + " is the only one");
        }
        List<String> holds = survey.groups().values().stream()
                .filter(group -> !group.group().equals(GroupId.CATALOG))
                .filter(group ->
                        group.wanted().contains(number) || group.memberNumbers().contains(number) || group.isOn(number))
                .map(group -> group.group().toString())
                .toList();
        boolean alive = survey.alive(number);
        if (alive && (!holds.isEmpty() || node.state() != NodeState.DRAINING)) {
            return notNow("node " + number + " is alive and "
                    + (holds.isEmpty() ? "active" : "has replicas of " + String.join(", ", holds))
                    + "; drain it first (weir cluster drain " + number + ") and remove it when it has none"
                    + (force ? "; --force is for nodes that are dead" : ""));
        }
        if (number == self) {
            return notNow("node " + number + " leads the catalog and is about to hand that over, as it is being"
                    + " drained; repeat it in a few seconds");
        }
        if (!holds.isEmpty() && !force) {
            return notNow("node " + number + " is silent and has replicas of " + String.join(", ", holds)
                    + "; start it, or if it will not come back: weir cluster remove " + number + " --force");
        }
        List<String> lines = new ArrayList<>();
        lines.add("node " + number + " is removed: it leaves the catalog's group now, and is refused if it returns");
        if (!holds.isEmpty()) {
            lines.add("what it had is made anew from the other replicas: " + String.join(", ", holds));
        }
        survey.groups().values().stream()
                .filter(group -> group.leading() == null && group.wanted().contains(number))
                .forEach(group -> lines.add(group.group() + " has no leader now and stays as it is until a majority of"
                        + " nodes " + group.wanted() + " is back"));
        return write(node.in(NodeState.REMOVED).define(), lines);
    }

    // ---- Shards

    private ClusterAnswer rebalance(boolean dryRun, Survey survey, Conductor conductor) {
        List<String> lines = new ArrayList<>();
        boolean moving = survey.situation().shards().stream().anyMatch(Situation.ShardSeen::moving);
        List<ShardPlacement> outlook = Planner.outlook(survey.situation(), rules);
        for (ShardPlacement next : outlook) {
            lines.add("shard " + next.shard() + ": " + next.why());
        }
        if (outlook.isEmpty()) {
            lines.add(
                    moving
                            ? "nothing to add to what is under way already; see: weir cluster status"
                            : "nothing to move: replicas, bytes and leaders are as even as they can be");
        } else if (dryRun) {
            lines.addFirst("this would be done, " + PlacementLimits.MOVES_AT_A_TIME + " replicas at a time:");
        } else {
            conductor.beThorough();
            lines.addFirst("this is done now, " + PlacementLimits.MOVES_AT_A_TIME + " replicas at a time:");
        }
        return new Done(lines);
    }

    private ClusterAnswer transfer(int shard, int number, Survey survey)
            throws OutcomeUnknownException, InterruptedException {
        Optional<ShardPlacement> found = definitions.placements().stream()
                .filter(placement -> placement.shard() == shard)
                .findFirst();
        if (found.isEmpty()) {
            return new Refused(
                    ClusterRefusal.NO_SUCH_SHARD, "there is no shard " + shard + "; see: weir cluster status");
        }
        ShardPlacement was = found.get();
        if (!survey.nodes().containsKey(number)) {
            return noSuchNode(number);
        }
        if (!was.replicas().contains(number)) {
            return notNow(
                    "shard " + shard + " has no replica on node " + number + ", allowed is one of " + was.replicas());
        }
        if (!survey.alive(number) || !survey.active(number)) {
            return notNow("node " + number + (survey.active(number) ? " is silent" : " is being drained")
                    + ", so it cannot lead shard " + shard);
        }
        ShardPlacement next = new ShardPlacement(
                shard,
                was.replicas(),
                number,
                true,
                "node " + number + " leads, as the operator wished",
                was.revision());
        return write(
                next.define(),
                List.of("node " + number + " leads shard " + shard + " as soon as it has what the leader has, and goes"
                        + " on to until weir cluster rebalance"));
    }

    private ClusterAnswer write(CatalogCommand.Define define, List<String> lines)
            throws OutcomeUnknownException, InterruptedException {
        return switch (definitions.change(define)) {
            case CatalogReply.Defined _ -> new Done(lines);
            case CatalogReply.Refused _ ->
                notNow(define.kind() + " " + define.name() + " was changed in the meantime; look, and repeat it");
            case CatalogReply.Created _, CatalogReply.Updated _, CatalogReply.Deleted _, CatalogReply.Undefined _ ->
                throw new IllegalStateException("not an answer to a definition");
        };
    }

    private static String count(long number, String noun) {
        return number + " " + noun + (number == 1 ? "" : "s");
    }
}
