package weir.sqs.action;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import weir.core.DeadLetterPolicy;
import weir.core.DeduplicationScope;
import weir.core.Limits;
import weir.core.Ordering;
import weir.core.QueueSettings;
import weir.core.catalog.Queue;
import weir.sqs.wire.SqsError;
import weir.sqs.wire.SqsException;

/**
 * A queue's attributes: settings where the engine acts on them, labels where only SQS does.
 *
 * <p>Every reading is derived from the settings where there are any, so that a queue that another front made or changed has
 * sensible attributes too; a label only adds the client's own wording to it.
 */
public final class QueueAttributes {
    private static final String LABEL = "sqs:";

    /** Not what {@link Long#parseLong} would take besides: a plus, and the digits of other scripts. */
    private static final Pattern WHOLE = Pattern.compile("[0-9]{1,18}");

    /** What the engine may add to a message beyond what SQS counts: lengths, and a trace header. */
    private static final int STORED_BYTES_EXTRA = 64 * 1024;

    private static final QueueSettings DEFAULT = QueueSettings.DEFAULT
            .change()
            .messageBytesMax(Quotas.MESSAGE_BYTES_MAX + STORED_BYTES_EXTRA)
            .build();

    /** A definition to be. */
    record Plan(QueueSettings settings, SortedMap<String, String> labels) {}

    /** What a RedrivePolicy needs to know of other queues. */
    interface DeadLetterQueues {
        @Nullable
        Queue find(String arn);
    }

    private final String name;
    private final boolean fifo;
    private final DeadLetterQueues deadLetterQueues;
    private final QueueSettings.Builder settings;
    private final SortedMap<String, String> labels;

    private QueueAttributes(String name, boolean fifo, DeadLetterQueues deadLetterQueues, Plan base) {
        this.name = name;
        this.fifo = fifo;
        this.deadLetterQueues = deadLetterQueues;
        this.settings = base.settings.change();
        this.labels = new TreeMap<>(base.labels);
    }

    /** The definition of a new queue. */
    static Plan create(String name, Map<String, String> given, DeadLetterQueues deadLetterQueues) {
        boolean fifo = "true".equalsIgnoreCase(given.get("FifoQueue"));
        QueueNames.check(name, fifo);
        var plan = new QueueAttributes(
                name,
                fifo,
                deadLetterQueues,
                new Plan(fifo ? DEFAULT.change().ordering(Ordering.GROUP).build() : DEFAULT, new TreeMap<>()));
        return plan.with(given);
    }

    /** The definition of a queue that is there, changed in what is given. */
    static Plan change(Queue queue, Map<String, String> given, DeadLetterQueues deadLetterQueues) {
        return new QueueAttributes(
                        queue.name(),
                        Queues.isFifo(queue),
                        deadLetterQueues,
                        new Plan(queue.settings(), queue.labels()))
                .with(given);
    }

    private Plan with(Map<String, String> given) {
        if (!given.getOrDefault("KmsMasterKeyId", "").isEmpty()
                && "true".equalsIgnoreCase(given.get("SqsManagedSseEnabled"))) {
            throw SqsError.INVALID_ATTRIBUTE_NAME.because("You can use one type of server-side encryption (SSE) at one"
                    + " time. You can either enable KMS SSE or SQS SSE.");
        }
        given.forEach(this::set);
        QueueSettings result = settings.build();
        if ("perMessageGroupId".equals(labels.get(LABEL + "FifoThroughputLimit"))
                && result.deduplicationScope() != DeduplicationScope.GROUP) {
            throw SqsError.INVALID_ATTRIBUTE_VALUE.because("The perMessageGroupId value for FifoThroughputLimit is"
                    + " allowed only when the value for DeduplicationScope is messageGroup.");
        }
        return new Plan(result, labels);
    }

    private void set(String attribute, String value) {
        switch (attribute) {
            case "VisibilityTimeout" -> settings.lease(seconds(attribute, value, 0, 43_200));
            case "DelaySeconds" -> settings.delay(seconds(attribute, value, 0, 900));
            case "MessageRetentionPeriod" -> settings.retention(seconds(attribute, value, 60, 1_209_600));
            case "MaximumMessageSize" -> {
                int bytes = (int) number(attribute, value, 1024, Quotas.MESSAGE_BYTES_MAX);
                settings.messageBytesMax(bytes + STORED_BYTES_EXTRA);
                label(attribute, Integer.toString(bytes), Integer.toString(Quotas.MESSAGE_BYTES_MAX));
            }
            case "ReceiveMessageWaitTimeSeconds" ->
                label(attribute, Long.toString(number(attribute, value, 0, 20)), "0");
            case "Policy" -> {
                label(attribute, text(attribute, value, Quotas.POLICY_CHARS_MAX), "");
                if (!value.isEmpty()) {
                    QueuePolicy.check(value);
                }
            }
            case "RedrivePolicy" -> {
                settings.deadLetter(
                        value.isEmpty() ? null : deadLetterPolicy(text(attribute, value, Quotas.REDRIVE_CHARS_MAX)));
                label(attribute, value, "");
            }
            case "RedriveAllowPolicy" -> {
                label(attribute, text(attribute, value, Quotas.REDRIVE_CHARS_MAX), "");
                RedriveAllowPolicy.check(value);
            }
            case "KmsMasterKeyId" -> {
                label(attribute, text(attribute, value, Quotas.KMS_KEY_CHARS_MAX), "");
                if (!value.isEmpty()) {
                    labels.put(LABEL + "SqsManagedSseEnabled", "false");
                }
            }
            case "KmsDataKeyReusePeriodSeconds" ->
                label(attribute, Long.toString(number(attribute, value, 60, 86_400)), "300");
            case "SqsManagedSseEnabled" -> {
                boolean on = flag(attribute, value);
                labels.put(LABEL + attribute, Boolean.toString(on));
                if (on) {
                    labels.remove(LABEL + "KmsMasterKeyId");
                }
            }
            case "FifoQueue" -> {
                if (!fifo) {
                    throw unknown(attribute);
                }
                if (!"true".equalsIgnoreCase(value)) {
                    throw SqsError.INVALID_ATTRIBUTE_VALUE.because("Invalid value for the parameter FifoQueue. Reason:"
                            + " Modifying queue type is not supported.");
                }
            }
            case "ContentBasedDeduplication" -> {
                if (!fifo) {
                    throw unknown(attribute);
                }
                label(attribute, Boolean.toString(flag(attribute, value)), "false");
            }
            case "DeduplicationScope" -> {
                fifoOnly(attribute);
                settings.deduplicationScope(
                        switch (value) {
                            case "queue" -> DeduplicationScope.QUEUE;
                            case "messageGroup" -> DeduplicationScope.GROUP;
                            default -> throw invalid(attribute);
                        });
            }
            case "FifoThroughputLimit" -> {
                fifoOnly(attribute);
                if (!value.equals("perQueue") && !value.equals("perMessageGroupId")) {
                    throw invalid(attribute);
                }
                label(attribute, value, "perQueue");
            }
            default -> throw unknown(attribute);
        }
    }

    /** A label that says no more than its absence is left out. */
    private void label(String attribute, String value, String absent) {
        if (value.equals(absent)) {
            labels.remove(LABEL + attribute);
        } else {
            labels.put(LABEL + attribute, value);
        }
    }

    private DeadLetterPolicy deadLetterPolicy(String policy) {
        RedrivePolicy parsed = RedrivePolicy.parse(policy);
        String arn = parsed.targetArn();
        int nameAt = arn.lastIndexOf(':') + 1;
        String targetName = arn.substring(nameAt);
        if (!arn.startsWith("arn:")) {
            throw RedrivePolicy.invalid(policy, "Dead-letter target ARN should be fully qualified ARN.");
        }
        Queue target = deadLetterQueues.find(arn);
        if ((target == null ? QueueNames.isFifo(targetName) : Queues.isFifo(target)) != fifo) {
            throw RedrivePolicy.invalid(policy, "Dead-letter queue must be same type of queue as the source..");
        }
        if (target == null) {
            if (targetName.equals(name)) { // AWS accepts it, of a queue that is being created too.
                return new DeadLetterPolicy(name, parsed.maxReceiveCount(), false);
            }
            throw RedrivePolicy.invalid(policy, "Dead letter target does not exist.");
        }
        RedriveAllowPolicy allowed = RedriveAllowPolicy.of(target.labels().get(LABEL + "RedriveAllowPolicy"));
        if (!targetName.equals(name) && !allowed.allows(arn.substring(0, nameAt) + name)) {
            throw RedrivePolicy.invalid(
                    policy, "The redrive allow policy of the dead-letter queue does not permit this source queue.");
        }
        return new DeadLetterPolicy(target.name(), parsed.maxReceiveCount(), false);
    }

    private void fifoOnly(String attribute) {
        if (!fifo) {
            throw SqsError.INVALID_ATTRIBUTE_NAME.because(
                    "You can specify the " + attribute + " only when FifoQueue is set to true.");
        }
    }

    private static Duration seconds(String attribute, String value, long least, long most) {
        return Duration.ofSeconds(number(attribute, value, least, most));
    }

    private static long number(String attribute, String value, long least, long most) {
        String digits = value.strip();
        if (WHOLE.matcher(digits).matches()) {
            long number = Long.parseLong(digits);
            if (number >= least && number <= most) {
                return number;
            }
        }
        throw invalid(attribute);
    }

    private static boolean flag(String attribute, String value) {
        return switch (value.toLowerCase(Locale.ROOT)) {
            case "true" -> true;
            case "false" -> false;
            default -> throw invalid(attribute);
        };
    }

    private static String text(String attribute, String value, int charsMax) {
        if (value.length() > charsMax) {
            throw invalid(attribute);
        }
        return value;
    }

    static SqsException invalid(String attribute) {
        return SqsError.INVALID_ATTRIBUTE_VALUE.because("Invalid value for the parameter " + attribute + ".");
    }

    static SqsException unknown(String attribute) {
        return SqsError.INVALID_ATTRIBUTE_NAME.because("Unknown Attribute " + attribute + ".");
    }

    /** All of a queue's attributes but its counters, by name. */
    static SequencedMap<String, String> read(Queue queue, QueueNames names) {
        QueueSettings settings = queue.settings();
        SequencedMap<String, String> read = new LinkedHashMap<>();
        read.put("QueueArn", names.arn(queue.name()));
        read.put("CreatedTimestamp", Long.toString(queue.createdAtMillis() / 1000));
        read.put("LastModifiedTimestamp", Long.toString(queue.modifiedAtMillis() / 1000));
        read.put("VisibilityTimeout", Long.toString(settings.lease().toSeconds()));
        read.put("MaximumMessageSize", Integer.toString(messageBytesMax(queue)));
        read.put("MessageRetentionPeriod", Long.toString(settings.retention().toSeconds()));
        read.put("DelaySeconds", Long.toString(settings.delay().toSeconds()));
        read.put("ReceiveMessageWaitTimeSeconds", labelOf(queue, "ReceiveMessageWaitTimeSeconds", "0"));
        read.put("SqsManagedSseEnabled", labelOf(queue, "SqsManagedSseEnabled", "true"));
        copy(queue, "KmsMasterKeyId", read);
        copy(queue, "KmsDataKeyReusePeriodSeconds", read);
        copy(queue, "Policy", read);
        copy(queue, "RedriveAllowPolicy", read);
        DeadLetterPolicy deadLetter = settings.deadLetter();
        if (deadLetter != null && !QueueNames.isInternal(deadLetter.queue())) {
            read.put("RedrivePolicy", redrivePolicy(queue, deadLetter, names));
        }
        if (Queues.isFifo(queue)) {
            read.put("FifoQueue", "true");
            read.put("ContentBasedDeduplication", labelOf(queue, "ContentBasedDeduplication", "false"));
            read.put(
                    "DeduplicationScope",
                    switch (settings.deduplicationScope()) {
                        case QUEUE -> "queue";
                        case GROUP -> "messageGroup";
                    });
            read.put("FifoThroughputLimit", labelOf(queue, "FifoThroughputLimit", "perQueue"));
        }
        return read;
    }

    /** The client's own text, as long as it still says what the settings say. */
    private static String redrivePolicy(Queue queue, DeadLetterPolicy deadLetter, QueueNames names) {
        String text = queue.labels().get(LABEL + "RedrivePolicy");
        RedrivePolicy inForce = new RedrivePolicy(names.arn(deadLetter.queue()), deadLetter.maxAttempts());
        return text != null && RedrivePolicy.parse(text).equals(inForce) ? text : inForce.toJson();
    }

    private static void copy(Queue queue, String attribute, Map<String, String> to) {
        String value = queue.labels().get(LABEL + attribute);
        if (value != null) {
            to.put(attribute, value);
        }
    }

    private static String labelOf(Queue queue, String attribute, String absent) {
        return queue.labels().getOrDefault(LABEL + attribute, absent);
    }

    /** What SQS counts of a message may come to this; the settings rule, if another front set them since. */
    public static int messageBytesMax(Queue queue) {
        int stored = queue.settings().messageBytesMax();
        String label = queue.labels().get(LABEL + "MaximumMessageSize");
        if (label != null && Integer.parseInt(label) + STORED_BYTES_EXTRA == stored) {
            return stored - STORED_BYTES_EXTRA;
        }
        return Math.min(stored, Quotas.MESSAGE_BYTES_MAX);
    }

    /** As its owner wrote it; null if there is none. */
    static @Nullable String policy(Queue queue) {
        return queue.labels().get(LABEL + "Policy");
    }

    static Duration receiveWait(Queue queue) {
        return Duration.ofSeconds(Long.parseLong(labelOf(queue, "ReceiveMessageWaitTimeSeconds", "0")));
    }

    static boolean deduplicatesByContent(Queue queue) {
        return labelOf(queue, "ContentBasedDeduplication", "false").equals("true");
    }

    /** The attribute of an existing queue that differs from what a repeated creation asks for; null if none does. */
    static @Nullable String difference(
            Queue queue, Map<String, String> given, QueueNames names, DeadLetterQueues others) {
        Plan asked = change(queue, given, others);
        Queue changed = new Queue(
                queue.id(),
                queue.name(),
                queue.shard(),
                asked.settings,
                asked.labels,
                queue.createdAtMillis(),
                queue.modifiedAtMillis(),
                queue.revision());
        Map<String, String> before = read(queue, names);
        Map<String, String> after = read(changed, names);
        for (String attribute : given.keySet()) {
            String was = before.getOrDefault(attribute, "");
            if (!was.equals(after.getOrDefault(attribute, "")) && !sameRedrive(attribute, queue, changed)) {
                return attribute;
            }
        }
        return null;
    }

    private static boolean sameRedrive(String attribute, Queue before, Queue after) {
        return attribute.equals("RedrivePolicy")
                && Objects.equals(
                        before.settings().deadLetter(), after.settings().deadLetter());
    }

    static {
        if (Quotas.MESSAGE_BYTES_MAX + STORED_BYTES_EXTRA > Limits.MESSAGE_BYTES_MAX) {
            throw new AssertionError("the engine does not take SQS's largest message");
        }
    }
}
