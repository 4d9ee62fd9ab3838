package weir.sqs.sns;

/** Asks the endpoint of a subscription by HTTP whether it wants it. Returns at once; what cannot be delivered is retried. */
@FunctionalInterface
public interface ConfirmationSender {
    /**
     * Sends the token of a subscription that is pending.
     *
     * @param serviceEndpoint scheme, host and port of this server as the subscriber wrote them, for the link that confirms
     */
    void send(Topic topic, Subscription subscription, String serviceEndpoint);
}
