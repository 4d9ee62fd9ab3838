package weir.sqs.sns.filter;

/** What a filter policy, and a body that it looks into, may be made of. */
final class FilterLimits {
    /** AWS's figure. */
    static final int POLICY_BYTES_MAX = 256 * 1024;

    /** AWS's figure: names at the top of a policy. */
    static final int KEYS_MAX = 5;

    /** AWS's figure: the product of the numbers of values, each times its depth. */
    static final int COMBINATIONS_MAX = 150;

    /** Steps of a path, by nesting or by dots. AWS names no figure; this bounds the recursion, and no real policy comes near. */
    static final int PATH_STEPS_MAX = 100;

    /** Nesting of a body. A deeper one is taken for no JSON; this bounds the recursion. */
    static final int BODY_NESTING_MAX = 1_000;

    /** A wildcard pattern's asterisks times the value's length is what one match costs; AWS allows 3 in a policy's path. */
    static final int WILDCARDS_MAX = 100;

    /** Digits, and decimal exponent either way, of a number that is compared as a number. AWS compares five places. */
    static final int NUMBER_CHARS_MAX = 100;

    /** Characters of a policy that an error repeats; as many as AWS's own JSON reader repeats. */
    static final int SNIPPET_CHARS_MAX = 500;

    private FilterLimits() {}
}
