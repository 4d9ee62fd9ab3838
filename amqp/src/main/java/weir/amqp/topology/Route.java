package weir.amqp.topology;

import java.util.List;
import weir.core.catalog.Queue;

/**
 * Where a message goes: to each queue once, however many bindings lead there.
 *
 * @param queues that get it at once
 * @param later that get it after the delay, since it came to them through an exchange that delays; none of {@code queues}
 * @param delayMillis greater than 0 if there are any such
 */
public record Route(List<Queue> queues, List<Queue> later, long delayMillis) {
    public static final Route NOWHERE = new Route(List.of(), List.of(), 0);

    public Route {
        queues = List.copyOf(queues);
        later = List.copyOf(later);
    }

    public boolean isNowhere() {
        return queues.isEmpty() && later.isEmpty();
    }
}
