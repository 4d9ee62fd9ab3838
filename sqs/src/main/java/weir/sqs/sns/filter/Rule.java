package weir.sqs.sns.filter;

import java.math.BigDecimal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What one value may be. */
sealed interface Rule {
    record Exactly(Datum.Value value) implements Rule {}

    record Prefix(String text, boolean ignoresCase) implements Rule {}

    record Suffix(String text, boolean ignoresCase) implements Rule {}

    record EqualsIgnoreCase(String text) implements Rule {}

    record Like(Wildcard wildcard) implements Rule {}

    /** Any value at all to which none of the rules applies. */
    record AnythingBut(List<Rule> rules) implements Rule {
        public AnythingBut {
            rules = List.copyOf(rules);
        }
    }

    /** Between the two bounds; null for no bound on that side. */
    record Range(
            @Nullable BigDecimal bottom,
            boolean bottomIncluded,
            @Nullable BigDecimal top,
            boolean topIncluded) implements Rule {
        boolean holds(BigDecimal value) {
            int fromBottom = bottom == null ? 1 : value.compareTo(bottom);
            int fromTop = top == null ? -1 : value.compareTo(top);
            return (fromBottom > 0 || (fromBottom == 0 && bottomIncluded))
                    && (fromTop < 0 || (fromTop == 0 && topIncluded));
        }
    }

    record InNetwork(Cidr network) implements Rule {}

    record Exists() implements Rule {}

    /** There is no value anywhere at this place of the message. No value meets this rule. */
    record Absent() implements Rule {}

    default boolean accepts(Datum.Value value) {
        return switch (this) {
            case Exactly(var wanted) -> wanted.equals(value);
            case Prefix(String prefix, boolean ignoresCase) ->
                value instanceof Datum.Text(String text)
                        && text.regionMatches(ignoresCase, 0, prefix, 0, prefix.length());
            case Suffix(String suffix, boolean ignoresCase) ->
                value instanceof Datum.Text(String text)
                        && text.regionMatches(ignoresCase, text.length() - suffix.length(), suffix, 0, suffix.length());
            case EqualsIgnoreCase(String wanted) ->
                value instanceof Datum.Text(String text) && text.equalsIgnoreCase(wanted);
            case Like(Wildcard wildcard) -> value instanceof Datum.Text(String text) && wildcard.matches(text);
            case AnythingBut(var rules) -> rules.stream().noneMatch(rule -> rule.accepts(value));
            case Range range -> value instanceof Datum.Decimal(BigDecimal number) && range.holds(number);
            case InNetwork(Cidr network) -> value instanceof Datum.Text(String text) && network.contains(text);
            case Exists() -> true;
            case Absent() -> false;
        };
    }
}
