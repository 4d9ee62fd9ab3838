package weir.cluster;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import weir.cluster.damage.SetAside;
import weir.cluster.placement.ReplicaState;
import weir.cluster.replication.GroupId;

/** The replicas that this node has, or had, and that are not open; with the reason, so that its conductor does something about it. */
final class Unopened {
    private final SetAside aside;
    private final Set<GroupId> announced = ConcurrentHashMap.newKeySet();
    /** Damaged ones whose groups cannot make them anew, as these would need them for it; with what is wrong. */
    private final Map<GroupId, String> refused = new ConcurrentHashMap<>();
    /** Why a replica that was to be dropped is not gone yet: it is reported, so that it is asked for again. */
    private final Map<GroupId, String> leftOver = new ConcurrentHashMap<>();

    Unopened(SetAside aside) {
        this.aside = aside;
    }

    /** These are about to be opened: until then they are told of as there, for nobody is to take them for lost. */
    void announce(Set<GroupId> groups) {
        announced.addAll(groups);
    }

    boolean isAnnounced(GroupId group) {
        return announced.contains(group);
    }

    /** Whether it was opened or not, it is not about to be. */
    void tried(GroupId group) {
        announced.remove(group);
    }

    void opened(GroupId group) {
        refused.remove(group);
    }

    void refuse(GroupId group, String why) {
        refused.put(group, why);
    }

    /** What is wrong with a replica that is refused; null if it is not. */
    @Nullable
    String refusal(GroupId group) {
        return refused.get(group);
    }

    /** Its files are deleted, or were set aside. */
    void dropped(GroupId group) {
        refused.remove(group);
        announced.remove(group);
    }

    /** It was to be dropped, and something of it is still there. */
    void leave(GroupId group, String why) {
        leftOver.put(group, why);
    }

    boolean isLeftOver(GroupId group) {
        return leftOver.containsKey(group);
    }

    /** It was dropped, and nothing of it is left. */
    void gone(GroupId group) {
        leftOver.remove(group);
    }

    /** How each of them is told of. */
    List<ReplicaState> states(Predicate<GroupId> isOpen) {
        List<ReplicaState> states = new ArrayList<>();
        aside.waiting().forEach((group, why) -> states.add(state(group, why)));
        refused.forEach((group, why) -> states.add(state(group, why)));
        leftOver.forEach((group, why) -> {
            if (!isOpen.test(group) && aside.reason(group).isEmpty()) {
                states.add(state(group, why));
            }
        });
        for (GroupId group : announced) {
            if (aside.reason(group).isEmpty() && !isOpen.test(group)) {
                states.add(state(group, null));
            }
        }
        return states;
    }

    private static ReplicaState state(GroupId group, @Nullable String why) {
        return new ReplicaState(group, false, OptionalInt.empty(), 0, 0, 0, 0, 0, List.of(), List.of(), why);
    }
}
