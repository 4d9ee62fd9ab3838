package weir.core.broker;

import java.util.List;
import weir.core.shard.Refusal;

/** What a receive came to. */
public sealed interface Receipt {
    /**
     * @param deliveries in order; empty if none became ready in time
     * @param tooManyInFlight whether the queue's limit on leases kept messages back
     */
    record Received(List<Delivery> deliveries, boolean tooManyInFlight) implements Receipt {
        public Received {
            deliveries = List.copyOf(deliveries);
        }
    }

    record Refused(Refusal reason) implements Receipt {}
}
