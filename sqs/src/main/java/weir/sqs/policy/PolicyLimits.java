package weir.sqs.policy;

/** The bounds of a policy: AWS's quotas of SQS, and ours where it has none. */
public final class PolicyLimits {
    /** AWS's figure. */
    public static final int STATEMENTS_MAX = 20;

    /** AWS's figure, for one statement. */
    public static final int ACTIONS_MAX = 7;

    /** AWS's figure, for one statement. */
    public static final int PRINCIPALS_MAX = 50;

    /** AWS's figure, for one statement: pairs of an operator and a key. */
    public static final int CONDITIONS_MAX = 10;

    /** A policy nests six levels; what is deeper is none. */
    static final int NESTING_MAX = 10;

    /** Ours: texts under one member, e.g. the addresses of a condition. Bounds the work of an evaluation. */
    static final int VALUES_MAX = 1_000;

    /** Ours, above what a queue or topic can hold as its attribute. */
    static final int TEXT_CHARS_MAX = 256 * 1024;

    /** Policies that are kept read; beyond this, all are dropped and read again. */
    static final int POLICIES_MAX = 1_024;

    private PolicyLimits() {}
}
