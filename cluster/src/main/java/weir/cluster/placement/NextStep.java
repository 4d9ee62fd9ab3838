package weir.cluster.placement;

import java.util.Comparator;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import weir.cluster.ClusterLimits;

/**
 * Decides the next step from what is wanted of a group and what is. Every step may be repeated, and each is found again by
 * whoever looks next: nothing has to be remembered of the steps before.
 *
 * <p>In this order: damaged and lost replicas leave the group and are put away, members that have moved are given their new
 * addresses, missing ones are opened and added, one at a time; then those that are not wanted leave, the leader only after it has
 * handed over; then their files go; then the preferred member leads, or another while its disk is nearly full, since only
 * leaders refuse messages. So there never are fewer healthy members than before or than wanted, and never two changes at once.
 */
final class NextStep {
    private static final Step NOTHING = new Step.Wait("");

    private final Survey survey;
    private final GroupPicture group;
    private final SortedSet<Integer> members;
    /** Of the members; only the catalog's group may have others. */
    private final SortedSet<Integer> voters;

    private NextStep(Survey survey, GroupPicture group) {
        this.survey = survey;
        this.group = group;
        members = group.memberNumbers();
        voters = group.voters();
    }

    static Step of(Survey survey, GroupPicture group) {
        return new NextStep(survey, group).decide();
    }

    private Step decide() {
        ReplicaReport leading = group.leading();
        if (leading == null) {
            return new Step.Wait("no member is known to lead it");
        }
        if (leading.changing()) {
            return new Step.Wait("its members are being changed, or its leader");
        }
        if (!majority(members)) {
            return new Step.Wait("it lacks a majority");
        }
        return damaged()
                .or(this::moved)
                .or(this::coming)
                .or(this::leaving)
                .or(this::promotion)
                .or(this::leftOver)
                .or(this::handOver)
                .orElse(NOTHING);
    }

    private boolean majority(Set<Integer> of) {
        Set<Integer> deciding = votersOf(of);
        return healthy(deciding) * 2 > deciding.size();
    }

    private Set<Integer> votersOf(Set<Integer> of) {
        Set<Integer> deciding = new TreeSet<>(of);
        deciding.retainAll(voters);
        return deciding;
    }

    /** Who has a vote keeps it, and who has none gets none by this. */
    private Step.Members change(Set<Integer> next) {
        Set<Integer> listeners = new TreeSet<>(next);
        listeners.removeAll(voters);
        listeners.removeIf(node -> !members.contains(node) && survey.votes(group, node));
        return new Step.Members(next, listeners);
    }

    private long healthy(Set<Integer> of) {
        return of.stream().filter(node -> survey.healthy(group, node)).count();
    }

    private Optional<Step> damaged() {
        Set<Integer> all = new TreeSet<>(members);
        all.addAll(group.replicas().keySet());
        for (int node : all) {
            if (!group.damaged(node) && !survey.without(group, node)) {
                continue;
            }
            if (!members.contains(node)) {
                return Optional.of(
                        changing(node)
                                ? new Step.Wait("node " + node + " is putting away its replica")
                                : new Step.Drop(node));
            }
            Set<Integer> others = without(node);
            if (healthy(votersOf(others)) * 2 > voters.size()) { // It has to be agreed on without the damaged one.
                return Optional.of(change(others));
            }
        }
        return Optional.empty();
    }

    /** Nobody else changes the addresses in a group's configuration; two writers would undo each other's changes. */
    private Optional<Step> moved() {
        boolean elsewhere = group.members().stream().anyMatch(member -> {
            Node node = survey.nodes().get(member.node());
            return node != null && !node.member().voting(member.votes()).equals(member);
        });
        return elsewhere ? Optional.of(change(members)) : Optional.empty();
    }

    /** Where a voter has left, one that followed without a vote is given one: from another rack, if there is one. */
    private Optional<Step> promotion() {
        if (!members.equals(group.wanted()) || voters.size() >= ClusterLimits.CATALOG_VOTERS_MAX) {
            return Optional.empty();
        }
        return members.stream()
                .filter(node -> !voters.contains(node))
                .filter(node ->
                        survey.active(node) && survey.settled(node) && survey.healthy(group, node) && near(node))
                .min(Comparator.<Integer>comparingLong(node -> survey.sameRack(node, voters))
                        .thenComparingInt(node -> node))
                .map(node -> {
                    Set<Integer> listeners = new TreeSet<>(members);
                    listeners.removeAll(voters);
                    listeners.remove(node);
                    return new Step.Members(members, listeners);
                });
    }

    private Optional<Step> coming() {
        for (int node : group.wanted()) {
            if (members.contains(node) || !survey.alive(node)) {
                continue;
            }
            ReplicaReport replica = group.replicas().get(node);
            if (changing(node)) {
                return Optional.of(new Step.Wait("node " + node + " is opening its replica"));
            }
            if (replica == null || replica.openedFor() != group.revision()) {
                return Optional.of(new Step.Open(node));
            }
            Set<Integer> more = new TreeSet<>(members);
            more.add(node);
            return Optional.of(change(more));
        }
        return Optional.empty();
    }

    /** The silent ones first: they only make the majority larger. */
    private Optional<Step> leaving() {
        if (!members.containsAll(group.wanted())) {
            return Optional.empty(); // Who is to come instead is not there yet.
        }
        Optional<Integer> leaves = members.stream()
                .filter(node -> !group.wanted().contains(node))
                .min(Comparator.<Integer>comparingInt(node -> survey.alive(node) ? 1 : 0)
                        .thenComparingInt(node -> node == group.leader().orElse(0) ? 1 : 0)
                        .thenComparingInt(node -> node));
        if (leaves.isEmpty()) {
            return Optional.empty();
        }
        if (leaves.get() == group.leader().orElse(0)) {
            return Optional.of(successor()
                    .<Step>map(Step.Transfer::new)
                    .orElse(new Step.Wait("no other member is near enough to its leader to take over from it")));
        }
        Set<Integer> rest = without(leaves.get());
        return majority(rest) ? Optional.of(change(rest)) : Optional.empty();
    }

    /** What is left on a node that is neither wanted nor a member. */
    private Optional<Step> leftOver() {
        return group.replicas().keySet().stream()
                .filter(node -> !group.wanted().contains(node) && !members.contains(node) && !changing(node))
                .findFirst()
                .map(Step.Drop::new);
    }

    private boolean changing(int node) {
        ReplicaReport replica = group.replicas().get(node);
        return replica != null && replica.changing();
    }

    private Optional<Step> handOver() {
        int leader = group.leader().orElseThrow();
        boolean preferredIsIt =
                group.preferred().isPresent() && group.preferred().getAsInt() == leader;
        if (isShort(leader)) {
            return roomier().map(Step.Transfer::new);
        }
        if (preferredIsIt || (group.preferred().isEmpty() && survey.active(leader))) {
            return Optional.empty();
        }
        return successor().filter(node -> survey.active(node)).map(Step.Transfer::new);
    }

    private boolean isShort(int node) {
        return survey.shortOfRoom().contains(node);
    }

    /** Who can lead at once, and has room. */
    private Optional<Integer> roomier() {
        int leader = group.leader().orElseThrow();
        return voters.stream()
                .filter(node -> node != leader && group.wanted().contains(node) && survey.active(node))
                .filter(node -> survey.healthy(group, node) && near(node) && !isShort(node))
                .min(Comparator.<Integer>comparingInt(node -> isPreferred(node) ? 0 : 1)
                        .thenComparingInt(node -> node));
    }

    /** Who is to lead, and can at once. A leader that has to go does not wait for the preferred one. */
    private Optional<Integer> successor() {
        int leader = group.leader().orElseThrow();
        boolean mustGo = !group.wanted().contains(leader) || !survey.active(leader);
        return voters.stream()
                .filter(node -> node != leader && group.wanted().contains(node))
                .filter(node -> survey.healthy(group, node) && near(node))
                .filter(node -> mustGo || (isPreferred(node) && survey.settled(node) && !isShort(node)))
                .min(Comparator.<Integer>comparingInt(node -> isPreferred(node) ? 0 : survey.active(node) ? 1 : 2)
                        .thenComparingInt(node -> node));
    }

    private boolean isPreferred(int node) {
        return group.preferred().isPresent() && group.preferred().getAsInt() == node;
    }

    private boolean near(int node) {
        ReplicaReport leading = Objects.requireNonNull(group.leading());
        OptionalLong lag = leading.lagOf(node);
        return leading.hears(node) && lag.isPresent() && lag.getAsLong() <= PlacementLimits.TRANSFER_LAG_MAX;
    }

    private Set<Integer> without(int less) {
        Set<Integer> rest = new TreeSet<>(members);
        rest.remove(less);
        return rest;
    }
}
