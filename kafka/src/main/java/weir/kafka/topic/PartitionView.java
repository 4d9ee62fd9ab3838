package weir.kafka.topic;

import java.util.List;
import org.apache.kafka.common.protocol.Errors;
import weir.core.broker.PartitionPlace;
import weir.core.catalog.Queue;
import weir.kafka.Front;

/**
 * Where clients find a partition. Any node serves any, but the one that leads it without a hop.
 *
 * @param leader -1 while nobody leads
 * @param replicas all of them count as in sync: who has what, the leader alone knows
 */
record PartitionView(int index, int leader, List<Integer> replicas) {
    private static final int NOBODY = -1;

    static PartitionView of(Front front, Queue topic, int index) {
        PartitionPlace place = front.broker().place(topic.partition(index));
        int self = front.nodes().self().id();
        if (place.replicas().isEmpty()) {
            return new PartitionView(index, self, List.of(self)); // There is but one node.
        }
        int leader = place.leader().isEmpty()
                ? NOBODY
                : front.nodes()
                        .find(place.leader().getAsInt())
                        .map(node -> node.id())
                        .orElse(self);
        return new PartitionView(index, leader, place.replicas());
    }

    Errors error() {
        return leader == NOBODY ? Errors.LEADER_NOT_AVAILABLE : Errors.NONE;
    }
}
