package weir.sqs.sns;

import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import weir.core.broker.Broker;
import weir.sqs.action.MessageIds;
import weir.sqs.action.QueueArns;
import weir.sqs.action.QueueNames;
import weir.sqs.policy.Policies;
import weir.sqs.sns.delivery.Deliveries;
import weir.sqs.sns.delivery.DeliveryCounts;
import weir.sqs.sns.delivery.Distributor;
import weir.sqs.sns.delivery.InternalQueues;
import weir.sqs.sns.delivery.QueueAccess;
import weir.sqs.sns.message.MessageForms;
import weir.sqs.sns.message.Signatures;
import weir.sqs.sns.message.SigningKey;
import weir.sqs.sns.publish.Publishing;

/** All of SNS, put together: what answers requests, and what delivers until it is closed. */
public final class Sns implements AutoCloseable {
    private final Signatures signatures;
    private final Deliveries deliveries;
    private final SnsActions actions;
    private final DeliveryCounts counts = new DeliveryCounts();

    /**
     * @param policies where the policies of topics are kept read
     * @param access which queues let which topics send
     * @param http whether anything is sent to HTTP endpoints
     */
    public Sns(
            Broker broker,
            QueueNames queueNames,
            MessageIds ids,
            InstantSource clock,
            Policies policies,
            QueueAccess access,
            boolean http) {
        TopicNames names = new TopicNames(queueNames.region(), queueNames.account());
        QueueArns queues = new QueueArns(broker, queueNames);
        Topics topics = new Topics(broker, names);
        Subscriptions subscriptions = new Subscriptions(broker, names);
        InternalQueues internal = new InternalQueues(broker);
        signatures = new Signatures(broker, clock);
        Distributor distributor =
                new Distributor(broker, queues, subscriptions, internal, signatures, access, counts, http);
        deliveries = new Deliveries(
                broker,
                queues,
                topics,
                subscriptions,
                distributor,
                internal,
                new MessageForms(signatures),
                ids,
                counts,
                clock,
                http);
        Publishing publishing = new Publishing(broker, topics, distributor, internal, ids, clock);
        actions = new SnsActions(broker, names, queues, topics, subscriptions, policies, clock, deliveries, publishing);
    }

    /** Begins to deliver what waits. */
    public void start() {
        deliveries.start();
    }

    public SnsActions actions() {
        return actions;
    }

    public DeliveryCounts counts() {
        return counts;
    }

    /** The certificate that is served at this path, in PEM; null if none is. */
    public @Nullable String certificateAt(String path) {
        return signatures
                .known()
                .filter(key -> key.certificatePath().equals(path))
                .map(SigningKey::certificate)
                .orElse(null);
    }

    @Override
    public void close() {
        deliveries.close();
    }
}
