package weir.kafka.topic;

import java.util.Map;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;
import weir.core.Limits;
import weir.core.broker.Broker;
import weir.core.broker.OutcomeUnknownException;
import weir.core.catalog.CatalogCommand;
import weir.core.catalog.CatalogRefusal;
import weir.core.catalog.CatalogReply;
import weir.core.catalog.Queue;
import weir.kafka.Front;

/** Makes topics, for who asks for it and for who uses one that is not there. Safe for any thread. */
final class TopicMaker {
    private static final int DEFAULT = -1;

    private final Front front;
    private final Broker broker;

    TopicMaker(Front front) {
        this.front = front;
        this.broker = front.broker();
    }

    /**
     * What was asked for, held against the rules.
     *
     * @param partitions how many
     */
    record Plan(String name, int partitions, TopicConfig config) {}

    /** @param partitions and {@code replicas}: -1 for what is usual here */
    Plan plan(String name, int partitions, int replicas, Map<String, @Nullable String> configs)
            throws TopicException, OutcomeUnknownException, InterruptedException {
        if (!TopicNames.isLegal(name)) {
            throw new TopicException(
                    Errors.INVALID_TOPIC_EXCEPTION,
                    "Topic name is invalid: '" + name
                            + "'; allowed are 1 to 249 ASCII letters, digits, '.', '_' and '-',"
                            + " but not '.' and '..'");
        }
        int many = partitions == DEFAULT ? front.settings().partitions() : partitions;
        if (many < 1 || many > Limits.PARTITIONS_MAX) {
            throw new TopicException(
                    Errors.INVALID_PARTITIONS,
                    "Number of partitions is " + partitions + ", allowed is 1 to " + Limits.PARTITIONS_MAX);
        }
        int nodes = front.nodes().all().size();
        if (replicas != DEFAULT && (replicas < 1 || replicas > nodes)) {
            throw new TopicException(
                    Errors.INVALID_REPLICATION_FACTOR,
                    "Replication factor is " + replicas + ", and there are " + nodes + " nodes");
        }
        TopicConfig config = TopicConfig.byDefault().with(configs);
        if (broker.findAnywhere(name).isPresent()) {
            throw taken(name);
        }
        return new Plan(name, many, config);
    }

    /** When this returns, it can be used. */
    Queue make(Plan plan) throws TopicException, OutcomeUnknownException, InterruptedException {
        CatalogReply reply = broker.change(new CatalogCommand.CreateQueue(
                plan.name(), plan.config().settings(), plan.config().labels(), 0, plan.partitions()));
        return switch (reply) {
            case CatalogReply.Created(Queue queue, boolean existed) when !existed -> queue;
            case CatalogReply.Created _ -> throw taken(plan.name());
            case CatalogReply.Refused(CatalogRefusal reason) ->
                throw new TopicException(errorOf(reason), "The catalog refuses it: " + reason);
            case CatalogReply.Updated _, CatalogReply.Deleted _, CatalogReply.Defined _, CatalogReply.Undefined _ ->
                throw new IllegalStateException("a creation was answered by " + reply);
        };
    }

    /** A topic that a client uses, if such are made here. */
    Queue makeForUse(String name) throws TopicException, OutcomeUnknownException, InterruptedException {
        return make(plan(name, DEFAULT, DEFAULT, Map.of()));
    }

    private static TopicException taken(String name) {
        return new TopicException(Errors.TOPIC_ALREADY_EXISTS, "Topic '" + name + "' already exists.");
    }

    /** Has no default branch on purpose: whoever adds a reason is asked by the compiler for its code. */
    static Errors errorOf(CatalogRefusal reason) {
        return switch (reason) {
            case NO_SUCH_QUEUE, NO_SUCH_DEFINITION -> Errors.UNKNOWN_TOPIC_OR_PARTITION;
            case CHANGED -> Errors.CONCURRENT_TRANSACTIONS; // Not told: whoever meets it tries again.
            case FIXED_AT_CREATION, DEDUPLICATION_SCOPE_TOO_WIDE -> Errors.INVALID_CONFIG;
            case TOO_MANY_QUEUES, TOO_MANY_DEFINITIONS, DELETED_RECENTLY -> Errors.POLICY_VIOLATION;
        };
    }
}
