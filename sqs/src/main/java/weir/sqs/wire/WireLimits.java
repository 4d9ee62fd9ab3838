package weir.sqs.wire;

/** What a request may be made of, before any action looks at it. */
final class WireLimits {
    /** The deepest request that SQS knows nests six levels. */
    static final int NESTING_MAX = 16;

    /** Values in one request; ten entries with ten attributes each come to 500. Bounds what small text can grow into. */
    static final int VALUES_MAX = 10_000;

    /** A batch may be one string of 1 MiB, and a Policy 64 KiB; more than a whole request cannot come anyway. */
    static final int STRING_CHARS_MAX = 8 * 1024 * 1024;

    /** Names of attributes and tags are 256 at most; longer ones are to reach the check that says so. */
    static final int NAME_CHARS_MAX = 64 * 1024;

    /** Digits of a number; every number of SQS fits a long. */
    static final int NUMBER_CHARS_MAX = 100;

    private WireLimits() {}
}
