package weir.amqp.queue;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import weir.amqp.topology.Age;
import weir.amqp.wire.AmqpException;
import weir.amqp.wire.ErrorCode;
import weir.amqp.wire.FieldTable;
import weir.amqp.wire.TypeWords;

/**
 * The arguments that a queue was declared with: read, checked and compared as RabbitMQ does it, in its words. Arguments that
 * nobody knows are kept and mean nothing; of the known ones, {@code x-queue-mode}, {@code x-queue-version}, locators and
 * group sizes mean nothing here either.
 */
public record QueueArguments(FieldTable table) {
    public static final QueueArguments NONE = new QueueArguments(FieldTable.EMPTY);

    static final String EXPIRES = "x-expires";
    static final String MESSAGE_TTL = "x-message-ttl";
    static final String DEAD_LETTER_EXCHANGE = "x-dead-letter-exchange";
    static final String DEAD_LETTER_ROUTING_KEY = "x-dead-letter-routing-key";
    static final String DEAD_LETTER_STRATEGY = "x-dead-letter-strategy";
    static final String MAX_LENGTH = "x-max-length";
    static final String MAX_LENGTH_BYTES = "x-max-length-bytes";
    static final String MAX_PRIORITY = "x-max-priority";
    static final String OVERFLOW = "x-overflow";
    static final String SINGLE_ACTIVE_CONSUMER = "x-single-active-consumer";
    static final String DELIVERY_LIMIT = "x-delivery-limit";
    static final String MAX_AGE = "x-max-age";
    static final String MAX_SEGMENT_BYTES = "x-stream-max-segment-size-bytes";
    static final String FILTER_BYTES = "x-stream-filter-size-bytes";
    static final String INITIAL_CLUSTER_SIZE = "x-initial-cluster-size";

    /** Ours: {@code bounded}, the default, or {@code strict}. */
    static final String PRIORITY_MODE = "x-priority-mode";

    /** Ours: true to handle the messages of one {@code x-group-id} in order, or {@code routing-key} to group by that. */
    static final String GROUP_ID = "x-group-id";

    static final String GROUP_BY_ROUTING_KEY = "routing-key";

    /** As the plugin of that name has it: true to take a message of one {@code x-deduplication-header} once. */
    static final String DEDUPLICATION = "x-message-deduplication";

    /** Ours: for how many milliseconds an id is remembered. */
    static final String DEDUPLICATION_WINDOW = "x-deduplication-window";

    static final String CONSUMER_TIMEOUT = "x-consumer-timeout";
    static final String RETRY_TYPE = "x-delayed-retry-type";
    static final String RETRY_MIN = "x-delayed-retry-min";
    static final String RETRY_MAX = "x-delayed-retry-max";

    /** What a second declaration has to give as the first, in the order in which RabbitMQ looks at them. */
    private static final List<String> COMPARED = List.of(
            EXPIRES,
            MESSAGE_TTL,
            DEAD_LETTER_EXCHANGE,
            DEAD_LETTER_ROUTING_KEY,
            DEAD_LETTER_STRATEGY,
            MAX_LENGTH,
            MAX_LENGTH_BYTES,
            MAX_PRIORITY,
            OVERFLOW,
            SINGLE_ACTIVE_CONSUMER,
            QueueType.ARGUMENT,
            DELIVERY_LIMIT,
            MAX_AGE,
            MAX_SEGMENT_BYTES,
            FILTER_BYTES,
            INITIAL_CLUSTER_SIZE,
            PRIORITY_MODE,
            GROUP_ID,
            DEDUPLICATION,
            DEDUPLICATION_WINDOW,
            RETRY_TYPE,
            RETRY_MIN,
            RETRY_MAX,
            CONSUMER_TIMEOUT);

    private static final List<String> OVERFLOWS = List.of("drop-head", "reject-publish", "reject-publish-dlx");
    private static final List<String> STRATEGIES = List.of("at-most-once", "at-least-once");
    private static final List<String> MODES = List.of("bounded", "strict");
    private static final List<String> RETRY_TYPES = List.of("disabled", "all", "failed", "returned");

    // ---- What they say. Checked before they are asked

    public QueueType type() {
        return text(QueueType.ARGUMENT).flatMap(QueueType::named).orElse(QueueType.CLASSIC);
    }

    /** Empty if there is none, or if it is no text. */
    Optional<String> text(String name) {
        return table.get(name) instanceof String text ? Optional.of(text) : Optional.empty();
    }

    OptionalLong number(String name) {
        return isWhole(table.get(name)) && table.get(name) instanceof Number number
                ? OptionalLong.of(number.longValue())
                : OptionalLong.empty();
    }

    boolean flag(String name) {
        return Boolean.TRUE.equals(table.get(name));
    }

    private static boolean isWhole(@Nullable Object value) {
        return value instanceof Byte || value instanceof Short || value instanceof Integer || value instanceof Long;
    }

    // ---- Whether they may be

    /** @throws AmqpException with RabbitMQ's text if it would refuse them for a new queue, or they make no sense together */
    void check(QueueName queue) throws AmqpException {
        if (table.size() > QueueLimits.ARGUMENTS_MAX) {
            throw failed(
                    "too many arguments for " + queue + ": " + table.size() + ", at most " + QueueLimits.ARGUMENTS_MAX);
        }
        Object type = table.get(QueueType.ARGUMENT);
        if (type instanceof String name && QueueType.named(name).isEmpty()) {
            throw invalid(QueueType.ARGUMENT, queue, quoted("unsupported queue type '" + name + "'"));
        }
        ofText(QueueType.ARGUMENT, queue);
        List<String> foreign = type().foreign();
        for (String name : COMPARED) {
            if (table.has(name) && !foreign.contains(name)) {
                checkValue(name, queue);
            }
        }
        for (String name : table.asMap().keySet()) {
            if (foreign.contains(name)) {
                throw failed("invalid arg '" + name + "' for " + queue + " of queue type " + type().module());
            }
        }
        checkCombination(queue);
    }

    private void checkValue(String name, QueueName queue) throws AmqpException {
        switch (name) {
            case EXPIRES -> ofExpiry(name, queue, 1);
            case MESSAGE_TTL -> ofExpiry(name, queue, 0);
            case DEAD_LETTER_EXCHANGE -> ofText(name, queue);
            case DEAD_LETTER_ROUTING_KEY -> {
                ofText(name, queue);
                if (!table.has(DEAD_LETTER_EXCHANGE)) {
                    throw invalid(name, queue, "routing_key_but_no_dlx_defined");
                }
            }
            case DEAD_LETTER_STRATEGY -> oneOf(name, queue, STRATEGIES, "invalid_dlx_strategy");
            case MAX_LENGTH, MAX_LENGTH_BYTES, CONSUMER_TIMEOUT -> ofNumber(name, queue, 0);
            case MAX_PRIORITY -> {
                long most = ofNumber(name, queue, 0);
                if (most > QueueLimits.PRIORITY_MAX) {
                    throw invalid(name, queue, "{max_value_exceeded," + most + "}");
                }
            }
            case OVERFLOW -> oneOf(name, queue, OVERFLOWS, "invalid_overflow");
            case SINGLE_ACTIVE_CONSUMER, DEDUPLICATION -> {
                if (!(table.get(name) instanceof Boolean)) {
                    throw unacceptable(name, queue);
                }
            }
            case DELIVERY_LIMIT -> ofNumber(name, queue, Long.MIN_VALUE);
            case MAX_AGE -> {
                if (Age.of(ofText(name, queue)).isEmpty()) {
                    throw invalid(name, queue, "invalid_max_age");
                }
            }
            case MAX_SEGMENT_BYTES -> {
                if (ofNumber(name, queue, 0) > QueueLimits.SEGMENT_BYTES_MAX) {
                    throw failed("Exceeded max value for " + name);
                }
            }
            case FILTER_BYTES -> {
                long bytes = ofNumber(name, queue, 0);
                if (bytes < QueueLimits.FILTER_BYTES_MIN || bytes > QueueLimits.FILTER_BYTES_MAX) {
                    throw failed("Invalid value for  " + name);
                }
            }
            case INITIAL_CLUSTER_SIZE -> ofNumber(name, queue, 1);
            case PRIORITY_MODE -> oneOf(name, queue, MODES, "invalid_priority_mode");
            case GROUP_ID -> {
                boolean known = table.get(name) instanceof Boolean || GROUP_BY_ROUTING_KEY.equals(table.get(name));
                if (!known) {
                    throw invalid(name, queue, "invalid_group_id");
                }
            }
            case DEDUPLICATION_WINDOW -> {
                long millis = ofNumber(name, queue, 1);
                if (millis > weir.core.Limits.DEDUPLICATION_WINDOW_MAX.toMillis()) {
                    throw invalid(name, queue, "{value_too_big," + millis + "}");
                }
            }
            case RETRY_TYPE -> oneOf(name, queue, RETRY_TYPES, "invalid_delayed_retry_type");
            case RETRY_MIN, RETRY_MAX -> ofExpiry(name, queue, 0);
            default -> {}
        }
    }

    private void checkCombination(QueueName queue) throws AmqpException {
        if (isOrdered() && (table.has(MAX_PRIORITY) || table.has(PRIORITY_MODE))) {
            throw failed("x-max-priority conflicts with x-group-id for " + queue
                    + ": a queue has priorities or the order of its groups");
        }
    }

    boolean isOrdered() {
        return flag(GROUP_ID) || text(GROUP_ID).isPresent();
    }

    private String ofText(String name, QueueName queue) throws AmqpException {
        if (table.has(name) && !(table.get(name) instanceof String)) {
            throw unacceptable(name, queue);
        }
        return text(name).orElse("");
    }

    private void oneOf(String name, QueueName queue, List<String> choices, String otherwise) throws AmqpException {
        if (!choices.contains(ofText(name, queue))) {
            throw invalid(name, queue, otherwise);
        }
    }

    private long ofNumber(String name, QueueName queue, long least) throws AmqpException {
        Object value = table.get(name);
        if (!isWhole(value)) {
            throw invalid(name, queue, quoted("expected integer, got " + TypeWords.of(value)));
        }
        long number = number(name).orElseThrow();
        if (least >= 0 && number < 0) {
            throw invalid(name, queue, "{value_negative," + number + "}");
        }
        if (number < least) {
            throw invalid(name, queue, "{value_zero," + number + "}");
        }
        return number;
    }

    private void ofExpiry(String name, QueueName queue, long least) throws AmqpException {
        long millis = ofNumber(name, queue, least);
        if (millis > QueueLimits.EXPIRY_MILLIS_MAX) {
            throw invalid(name, queue, "{value_too_big," + millis + "}");
        }
    }

    private AmqpException unacceptable(String name, QueueName queue) {
        return invalid(name, queue, "{unacceptable_type," + TypeWords.of(table.get(name)) + "}");
    }

    private static AmqpException invalid(String name, QueueName queue, String reason) {
        return failed("invalid arg '" + name + "' for " + queue + ": " + reason);
    }

    private static String quoted(String text) {
        return '"' + text + '"';
    }

    static AmqpException failed(String text) {
        return new AmqpException(ErrorCode.PRECONDITION_FAILED, text);
    }

    // ---- Whether a second declaration means the same queue

    /**
     * @param received what the second declaration gives
     * @param typed whether the queue has a type; one that another front has made is of whichever is asked for
     * @throws AmqpException with RabbitMQ's text if an argument that means something is another
     */
    void checkEquivalent(QueueArguments received, QueueName queue, boolean typed) throws AmqpException {
        for (String name : COMPARED) {
            boolean type = name.equals(QueueType.ARGUMENT);
            if (type && (!typed || (type() == received.type() && received.table.get(name) instanceof String))) {
                continue;
            }
            checkEquivalent(name, table.get(name), received.table.get(name), queue);
        }
    }

    private void checkEquivalent(String name, @Nullable Object current, @Nullable Object received, QueueName queue)
            throws AmqpException {
        if (current != null && received != null) {
            if (!ArgumentValues.sameValue(current, received)) {
                throw inequivalent(name, queue, valueAlone(received), valueAlone(current));
            }
            return;
        }
        boolean classicEitherWay = name.equals(QueueType.ARGUMENT)
                && type() == QueueType.CLASSIC
                && (received == null || received.equals(QueueType.CLASSIC.toString()));
        boolean neither = current == null && received == null;
        if (!neither && !classicEitherWay) {
            throw inequivalent(name, queue, valueAndType(received), valueAndType(current));
        }
    }

    static AmqpException inequivalent(String what, QueueName queue, String received, String current) {
        return failed("inequivalent arg '" + what + "' for " + queue + ": received " + received + " but current is "
                + current);
    }

    static String valueAlone(Object value) {
        return "'" + ArgumentValues.valueOf(value) + "'";
    }

    private static String valueAndType(@Nullable Object value) {
        return value == null
                ? "none"
                : "the value '" + ArgumentValues.valueOf(value) + "' of type '" + TypeWords.of(value) + "'";
    }
}
