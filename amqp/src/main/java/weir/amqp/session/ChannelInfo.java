package weir.amqp.session;

import java.util.List;

/**
 * A channel as it was a moment ago.
 *
 * @param prefetch of consumers that begin now; 0 for no limit
 * @param globalPrefetch of all consumers together; 0 for no limit
 * @param unacknowledged deliveries that its client has not settled
 * @param unconfirmed publishes that its client has not been answered yet
 */
public record ChannelInfo(
        int number,
        boolean confirming,
        boolean transactional,
        int prefetch,
        int globalPrefetch,
        int unacknowledged,
        int unconfirmed,
        List<ConsumerInfo> consumers) {
    public ChannelInfo {
        consumers = List.copyOf(consumers);
    }
}
