package weir.chaos.history;

import java.util.List;

/** What a client does, in words that every front has. */
public sealed interface Act {
    /**
     * Sends a message.
     *
     * @param id unique in the run; of a repeat the same, which is sent with the same deduplication id
     * @param group its message group, empty for none
     * @param checksum of the body
     * @param delayMicros before it may be delivered
     * @param place what the server answered that it is called; empty without an answer
     */
    record Publish(String id, String group, String checksum, long delayMicros, String place) implements Act {}

    /**
     * Asks for messages.
     *
     * @param waitMicros how long the server may wait for some before it answers that there are none
     */
    record Receive(long waitMicros, List<Delivery> deliveries) implements Act {
        public Receive {
            deliveries = List.copyOf(deliveries);
        }
    }

    /** Ends a lease for good: the message is done. */
    record Acknowledge(String id, String lease) implements Act {}

    /** Sets a lease to end so long from now; at once, which releases the message, if that is 0. */
    record Extend(String id, String lease, long visibilityMicros) implements Act {}
}
