package weir.sqs.sns.filter;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Holds one message against conditions. Each pair of a condition and a datum is looked at once.
 *
 * <p>What a policy says of a list, one element has to meet alone: {@code {"a": {"b": ["x"], "c": ["y"]}}} does not match
 * {@code {"a": [{"b": "x"}, {"c": "y"}]}}. But what is to be absent must be absent from the whole message.
 */
record Matching(Candidates message) {
    boolean matches(Condition policy) {
        return holds(policy, message.root());
    }

    private boolean anyHolds(Condition condition, List<Datum> data) {
        boolean none = true;
        for (Datum datum : data) {
            if (datum instanceof Datum.Items(var items)) {
                none &= items.isEmpty();
                if (!items.isEmpty() && anyHolds(condition, items)) {
                    return true;
                }
            } else {
                none = false;
                if (holds(condition, datum)) {
                    return true;
                }
            }
        }
        return none && holds(condition, null);
    }

    /** @param datum null if the message has nothing at this place */
    private boolean holds(Condition condition, @Nullable Datum datum) {
        List<Rule> rules = condition.values();
        if (rules != null && !accepts(rules, condition.place(), datum)) {
            return false;
        }
        for (var within : condition.within().entrySet()) {
            List<Datum> data = datum instanceof Datum.Members members ? members.named(within.getKey()) : List.of();
            if (!anyHolds(within.getValue(), data)) {
                return false;
            }
        }
        for (List<Condition> alternatives : condition.anyOf()) {
            if (alternatives.stream().noneMatch(alternative -> holds(alternative, datum))) {
                return false;
            }
        }
        return true;
    }

    private boolean accepts(List<Rule> rules, PathStep place, @Nullable Datum datum) {
        for (Rule rule : rules) {
            boolean accepted = rule instanceof Rule.Absent
                    ? !message.hasValueAt(place)
                    : datum instanceof Datum.Value value && rule.accepts(value);
            if (accepted) {
                return true;
            }
        }
        return false;
    }
}
