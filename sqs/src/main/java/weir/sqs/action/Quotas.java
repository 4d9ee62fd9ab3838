package weir.sqs.action;

import java.time.Duration;

/** SQS's own limits, which it calls quotas. Where AWS gives none, a bound of ours stands with its reason. */
final class Quotas {
    static final int QUEUE_NAME_CHARS_MAX = 80;

    /** MessageGroupId, MessageDeduplicationId, ReceiveRequestAttemptId. */
    static final int ID_CHARS_MAX = 128;

    static final int BATCH_ENTRIES_MAX = 10;
    static final int BATCH_ENTRY_ID_CHARS_MAX = 80;

    /** Of one message, and of a batch together: body, attribute names, types and values. */
    static final int MESSAGE_BYTES_MAX = 1024 * 1024;

    static final int MESSAGE_ATTRIBUTES_MAX = 10;
    static final int ATTRIBUTE_NAME_CHARS_MAX = 256;
    static final int ATTRIBUTE_TYPE_CHARS_MAX = 256;

    /** Digits of a Number attribute: ours; AWS has 38 significant ones. Bounds the work of reading it. */
    static final int NUMBER_CHARS_MAX = 400;

    /** Ours: a trace header is not counted in a message's size, so it needs a bound of its own. */
    static final int TRACE_HEADER_BYTES_MAX = 16 * 1024;

    static final int RECEIVE_MESSAGES_MAX = 10;
    static final int RECEIVE_WAIT_SECONDS_MAX = 20;
    static final int VISIBILITY_SECONDS_MAX = 43_200;
    static final Duration HELD_MAX = Duration.ofHours(12);
    static final int DELAY_SECONDS_MAX = 900;

    /** Of a permission. */
    static final int LABEL_CHARS_MAX = 80;

    static final int LIST_RESULTS_MAX = 1000;

    static final int MOVES_PER_SECOND_MAX = 500;
    static final int MOVE_TASKS_LISTED_MAX = 10;

    static final int TAGS_MAX = 50;
    static final int TAG_KEY_CHARS_MAX = 128;
    static final int TAG_VALUE_CHARS_MAX = 256;

    /** Ours, below what the labels of a queue may come to; AWS allows 20 statements. */
    static final int POLICY_CHARS_MAX = 64 * 1024;

    /** Ours: an ARN and a number, or ten ARNs. */
    static final int REDRIVE_CHARS_MAX = 8 * 1024;

    static final int KMS_KEY_CHARS_MAX = 2048;

    /**
     * Ours: an empty receive waits up to a quarter of a second for dead letters to arrive. They take two commits, a few
     * milliseconds; if it takes longer the server is busy, and AWS promises nothing either.
     */
    static final int DEAD_LETTER_LOOKS = 50;

    static final Duration DEAD_LETTER_LOOK_PERIOD = Duration.ofMillis(5);

    /** Ours: how often a change is tried anew when others change the same queue meanwhile. */
    static final int CHANGE_TRIES = 20;

    /** Ours: what a look at a queue shows of it at most; its answer is made in memory. */
    static final int LOOK_MESSAGES_MAX = 1_000;

    static final int LOOK_BYTES_MAX = 16 * 1024 * 1024;

    /** Ours: messages that a look passes, shown or not, and those that it takes in at once. */
    static final int LOOKS_MAX = 100_000;

    static final int LOOK_PAGE = 20;

    private Quotas() {}
}
