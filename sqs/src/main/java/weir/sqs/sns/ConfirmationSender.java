package weir.sqs.sns;

import weir.core.broker.OutcomeUnknownException;

/**
 * Tells endpoints of subscriptions by HTTP what concerns the subscription itself. Nothing waits for them to answer.
 */
public interface ConfirmationSender {
    /**
     * Asks whether it wants the subscription, which is pending: sends its token, durably, so it is sent until it was taken or
     * all retries were in vain.
     *
     * @param serviceEndpoint scheme, host and port of this server as the subscriber wrote them, for the link that confirms
     */
    void askToConfirm(Topic topic, Subscription subscription, String serviceEndpoint)
            throws OutcomeUnknownException, InterruptedException;

    /** Tells it, once, that the subscription was ended. */
    void tellUnsubscribed(Topic topic, Subscription subscription, String serviceEndpoint);

    /** Whether anything is sent by HTTP; if not, an endpoint cannot be subscribed. */
    boolean sendsHttp();
}
