package weir.sqs.policy;

/** Patterns of {@code *} (any number of characters) and {@code ?} (one), with those two told from themselves. */
final class Wildcards {
    static final int ANY_NUMBER = -1;
    static final int ANY_ONE = -2;

    private Wildcards() {}

    /** The pattern that a text is. */
    static int[] pattern(String text) {
        return text.chars().map(Wildcards::meaning).toArray();
    }

    static int meaning(int c) {
        return switch (c) {
            case '*' -> ANY_NUMBER;
            case '?' -> ANY_ONE;
            default -> c;
        };
    }

    /**
     * Whether all of {@code text} is as the pattern says. Takes time for the product of both lengths at worst: what lies
     * before the last star that was passed is never looked at again.
     */
    static boolean matches(int[] pattern, String text) {
        int star = -1;
        int resume = 0;
        int p = 0;
        int t = 0;
        while (t < text.length()) {
            if (p < pattern.length && pattern[p] == ANY_NUMBER) {
                star = p++;
                resume = t;
            } else if (p < pattern.length && (pattern[p] == ANY_ONE || pattern[p] == text.charAt(t))) {
                p++;
                t++;
            } else if (star >= 0) {
                p = star + 1;
                t = ++resume;
            } else {
                return false;
            }
        }
        while (p < pattern.length && pattern[p] == ANY_NUMBER) {
            p++;
        }
        return p == pattern.length;
    }
}
