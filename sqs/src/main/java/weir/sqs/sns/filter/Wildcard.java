package weir.sqs.sns.filter;

import java.util.ArrayList;
import java.util.List;

/**
 * A pattern in which {@code *} stands for any text, and a backslash takes its meaning from an asterisk or a backslash.
 *
 * @param parts the literal texts between the asterisks; one more than there are asterisks
 */
record Wildcard(List<String> parts) {
    /** Up to here, the simplest search is the fastest. */
    private static final int SHORT_PART = 32;

    Wildcard {
        parts = List.copyOf(parts);
    }

    /** @throws IllegalArgumentException saying what is wrong, and where */
    static Wildcard of(String pattern) {
        List<String> parts = new ArrayList<>();
        var part = new StringBuilder();
        for (int i = 0; i < pattern.length(); i++) {
            char c = pattern.charAt(i);
            if (c == '*') {
                if (i + 1 < pattern.length() && pattern.charAt(i + 1) == '*') {
                    throw new IllegalArgumentException("Consecutive wildcard characters at pos " + i);
                }
                parts.add(part.toString());
                part.setLength(0);
            } else if (c == '\\') {
                i++;
                if (i == pattern.length() || (pattern.charAt(i) != '*' && pattern.charAt(i) != '\\')) {
                    throw new IllegalArgumentException("Invalid escape character at pos " + (i - 1));
                }
                part.append(pattern.charAt(i));
            } else {
                part.append(c);
            }
        }
        parts.add(part.toString());
        if (parts.size() > FilterLimits.WILDCARDS_MAX) {
            throw new IllegalArgumentException("Rule is too complex - try using fewer wildcard characters");
        }
        return new Wildcard(parts);
    }

    /** The first place of each part is as good as any later one, so nothing is tried twice. */
    boolean matches(String text) {
        if (parts.size() == 1) {
            return text.equals(parts.getFirst());
        }
        if (!text.startsWith(parts.getFirst())) {
            return false;
        }
        int at = parts.getFirst().length();
        for (String part : parts.subList(1, parts.size() - 1)) {
            at = find(part, text, at);
            if (at < 0) {
                return false;
            }
            at += part.length();
        }
        return text.length() - at >= parts.getLast().length() && text.endsWith(parts.getLast());
    }

    /**
     * The first place of a part at or behind {@code from}; -1 if there is none. What is long is searched for in time linear in
     * both lengths (Knuth, Morris and Pratt): {@link String#indexOf} takes their product at worst, which is minutes for texts as
     * long as a message and a policy can be.
     */
    private static int find(String part, String text, int from) {
        if (part.length() <= SHORT_PART) {
            return text.indexOf(part, from);
        }
        int[] borders = borders(part);
        int matched = 0;
        for (int i = from; i < text.length(); i++) {
            matched = longer(part, borders, matched, text.charAt(i));
            if (matched == part.length()) {
                return i + 1 - matched;
            }
        }
        return -1;
    }

    /** Of each beginning of the part, by its length: how much of its end is a beginning of the part, too. */
    private static int[] borders(String part) {
        int[] borders = new int[part.length()];
        int matched = 0;
        for (int i = 1; i < part.length(); i++) {
            borders[i] = matched;
            matched = longer(part, borders, matched, part.charAt(i));
        }
        return borders;
    }

    /** How much of the part ends with the next character, if {@code matched} ended with the one before. */
    private static int longer(String part, int[] borders, int matched, char next) {
        int shorter = matched;
        while (shorter > 0 && part.charAt(shorter) != next) {
            shorter = borders[shorter];
        }
        return part.charAt(shorter) == next ? shorter + 1 : shorter;
    }
}
