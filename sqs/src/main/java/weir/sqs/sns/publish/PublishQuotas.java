package weir.sqs.sns.publish;

/** SNS's limits on what is published. Where AWS gives none, a bound of ours stands with its reason. */
final class PublishQuotas {
    /** Of one message, and of a batch together: text, attribute names, types and values. */
    static final int MESSAGE_BYTES_MAX = 256 * 1024;

    static final int BATCH_ENTRIES_MAX = 10;
    static final int BATCH_ENTRY_ID_CHARS_MAX = 80;
    static final int SUBJECT_CHARS_MAX = 100;
    static final int ATTRIBUTE_NAME_CHARS_MAX = 256;

    /** MessageGroupId and MessageDeduplicationId. */
    static final int ID_CHARS_MAX = 128;

    /** Ours: what a message for several protocols may nest. It is flat, but other members are skipped, whatever they are. */
    static final int STRUCTURE_NESTING_MAX = 100;

    private PublishQuotas() {}
}
