package weir.sqs.sns;

/** SNS's own limits, which it calls quotas. Where AWS gives none, a bound of ours stands with its reason. */
final class SnsQuotas {
    /** With the suffix of a FIFO topic. */
    static final int TOPIC_NAME_CHARS_MAX = 256;

    static final int DISPLAY_NAME_CHARS_MAX = 100;

    /** Topics or subscriptions in one answer. */
    static final int LIST_RESULTS_MAX = 100;

    static final int TAGS_MAX = 50;
    static final int TAG_KEY_CHARS_MAX = 128;
    static final int TAG_VALUE_CHARS_MAX = 256;

    static final int DATA_PROTECTION_POLICY_CHARS_MAX = 30_720;

    /** Ours, twice what AWS allows in bytes. Like the next, well below what a definition may come to with all the others. */
    static final int POLICY_CHARS_MAX = 64 * 1024;

    /** AWS's figure, in characters. */
    static final int FILTER_POLICY_CHARS_MAX = 256 * 1024;

    /** AWS's figures: filter policies of one topic, and of all. */
    static final int FILTER_POLICIES_OF_TOPIC_MAX = 200;

    static final int FILTER_POLICIES_MAX = 10_000;

    /** Ours: delivery and redrive policies, ARNs, key ids; AWS's own documents take a few hundred. */
    static final int ATTRIBUTE_CHARS_MAX = 4 * 1024;

    /** Ours: a URL with anything in its query that a server is likely to take. */
    static final int ENDPOINT_CHARS_MAX = 2_048;

    /**
     * Ours, of one topic: bounds what one publish may set in motion, and what counting them costs. AWS has 12 500 000 for
     * standard topics and 100 for FIFO ones.
     */
    static final int SUBSCRIPTIONS_MAX = 10_000;

    /** Ours: how often a change is tried anew when others change the same definition meanwhile. */
    static final int CHANGE_TRIES = 20;

    private SnsQuotas() {}
}
