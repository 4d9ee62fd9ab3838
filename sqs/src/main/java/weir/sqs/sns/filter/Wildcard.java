package weir.sqs.sns.filter;

import java.util.ArrayList;
import java.util.List;

/**
 * A pattern in which {@code *} stands for any text, and a backslash takes its meaning from an asterisk or a backslash.
 *
 * @param parts the literal texts between the asterisks; one more than there are asterisks
 */
record Wildcard(List<String> parts) {
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
            at = text.indexOf(part, at);
            if (at < 0) {
                return false;
            }
            at += part.length();
        }
        return text.length() - at >= parts.getLast().length() && text.endsWith(parts.getLast());
    }
}
