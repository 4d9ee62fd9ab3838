package weir.sqs.policy;

import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A text of a policy that may name values of the request, as in <code>${aws:username}</code>. <code>${*}</code>,
 * <code>${?}</code> and <code>${$}</code> stand for those characters themselves.
 */
final class Template {
    private final String text;
    private final boolean fixed;
    private final int[] pattern;

    /** @param variables whether the policy's version has them; the older one has a dollar sign for a dollar sign */
    Template(String text, boolean variables) {
        this.text = text;
        this.fixed = !variables || !text.contains("${");
        this.pattern = fixed ? Wildcards.pattern(text) : new int[0];
    }

    /** Whether {@code value} is the text, a star in it being a star; not if the request has not what is named. */
    boolean equalTo(String value, AccessRequest request) {
        if (fixed) {
            return text.equals(value);
        }
        int[] filled = filled(request, false);
        return filled != null && value.equals(new String(filled, 0, filled.length));
    }

    boolean equalToIgnoringCase(String value, AccessRequest request) {
        if (fixed) {
            return text.equalsIgnoreCase(value);
        }
        int[] filled = filled(request, false);
        return filled != null && value.equalsIgnoreCase(new String(filled, 0, filled.length));
    }

    /** The same, with wildcards; those in a value that is filled in are none. */
    boolean matches(String value, AccessRequest request) {
        int[] filled = fixed ? pattern : filled(request, true);
        return filled != null && Wildcards.matches(filled, value);
    }

    private int @Nullable [] filled(AccessRequest request, boolean wildcards) {
        IntStream.Builder out = IntStream.builder();
        int at = 0;
        while (at < text.length()) {
            int end = text.startsWith("${", at) ? text.indexOf('}', at) : -1;
            if (end < 0) {
                int c = text.charAt(at++);
                out.add(wildcards ? Wildcards.meaning(c) : c);
            } else {
                String name = text.substring(at + 2, end);
                List<String> values =
                        switch (name) {
                            case "*", "?", "$" -> List.of(name);
                            default -> request.valuesOf(name);
                        };
                if (values.isEmpty()) {
                    return null;
                }
                values.getFirst().chars().forEach(out::add);
                at = end + 1;
            }
        }
        return out.build().toArray();
    }
}
