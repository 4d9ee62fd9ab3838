package weir.kafka.topic;

import java.util.Optional;
import org.apache.kafka.common.protocol.Errors;
import weir.core.broker.Broker;
import weir.core.broker.OutcomeUnknownException;
import weir.core.catalog.CatalogCommand;
import weir.core.catalog.CatalogRefusal;
import weir.core.catalog.CatalogReply;
import weir.core.catalog.Queue;
import weir.kafka.Front;

/** Changes what is configured of a topic, all or nothing, whoever else changes it at the same time. Safe for any thread. */
final class ConfigChange {
    /** Against others who change the same topic. */
    private static final int TRIES_MAX = 20;

    private final Front front;
    private final Broker broker;

    ConfigChange(Front front) {
        this.front = front;
        this.broker = front.broker();
    }

    /** What is made of what was configured. May be asked again, of what somebody else has made of it. */
    interface Change {
        TopicConfig of(TopicConfig before) throws TopicException;
    }

    void apply(String name, Change change, boolean onlyValidate)
            throws TopicException, OutcomeUnknownException, InterruptedException {
        for (int tries = 0; tries < TRIES_MAX; tries++) {
            Optional<Queue> topic = front.topics().findAnywhere(name);
            if (topic.isEmpty()) {
                throw new TopicException(Errors.UNKNOWN_TOPIC_OR_PARTITION, "There is no topic " + name);
            }
            TopicConfig changed = change.of(TopicConfig.of(topic.get()));
            if (onlyValidate) {
                return;
            }
            CatalogReply reply = broker.change(
                    new CatalogCommand.UpdateQueue(name, topic.get().revision(), changed.settings(), changed.labels()));
            if (!(reply instanceof CatalogReply.Refused(CatalogRefusal reason))) {
                return;
            }
            if (reason != CatalogRefusal.CHANGED) {
                throw new TopicException(TopicMaker.errorOf(reason), "The catalog refuses it: " + reason);
            }
            broker.catchUp();
        }
        throw new OutcomeUnknownException("topic " + name + " is changed by others again and again");
    }
}
