package weir.amqp.topology;

import java.util.List;
import weir.core.catalog.Queue;

/**
 * Where a message goes: to each queue once, however many bindings lead there.
 *
 * @param queues that get it at once
 * @param later that get it after the delay, since it came to them through an exchange that delays; none of {@code queues}
 * @param delayMillis greater than 0 if there are any such
 * @param histories exchanges that keep it for who is bound later; some may though it goes to no queue
 */
public record Route(List<Queue> queues, List<Queue> later, long delayMillis, List<Exchange> histories) {
    public static final Route NOWHERE = new Route(List.of(), List.of(), 0, List.of());

    public Route {
        histories = List.copyOf(histories);
        queues = List.copyOf(queues);
        later = List.copyOf(later);
    }

    public boolean isNowhere() {
        return queues.isEmpty() && later.isEmpty();
    }
}
