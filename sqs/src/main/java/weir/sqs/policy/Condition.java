package weir.sqs.policy;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One thing that must hold for a statement to apply: a key of the request, compared with some values. */
sealed interface Condition {
    boolean holds(AccessRequest request);

    /** Whether the request has the key at all. */
    record Absent(String key, boolean absent) implements Condition {
        @Override
        public boolean holds(AccessRequest request) {
            return request.valuesOf(key).isEmpty() == absent;
        }
    }

    /** A value as written, and ready to be compared with. */
    record Expected(String text, Template template) {}

    /**
     * @param set how several values of the request count; null where there is one
     * @param ifExists whether it holds where the request has not the key
     */
    record Compared(Operator operator, @Nullable Quantity set, boolean ifExists, String key, List<Expected> expected)
            implements Condition {
        @Override
        public boolean holds(AccessRequest request) {
            List<String> values = request.valuesOf(key);
            if (values.isEmpty()) {
                return ifExists || set == Quantity.ALL || (set == null && operator.negated());
            }
            return set == Quantity.ALL
                    ? values.stream().allMatch(value -> holds(value, request))
                    : values.stream().anyMatch(value -> holds(value, request));
        }

        private boolean holds(String value, AccessRequest request) {
            boolean found = false;
            for (Expected one : expected) {
                found |= operator.holds(one.template, one.text, value, request);
            }
            return found != operator.negated();
        }
    }

    /** Of the values that a key has in the request. */
    enum Quantity {
        ALL("ForAllValues:"),
        ANY("ForAnyValue:");

        private final String prefix;

        Quantity(String prefix) {
            this.prefix = prefix;
        }
    }

    /**
     * @param name of the operator, with what stands before and behind it
     * @throws PolicyException if there is no such operator, or it does not take such a value
     */
    static Condition parse(String name, String key, List<String> values, boolean variables) throws PolicyException {
        Quantity set = null;
        String rest = name;
        for (Quantity quantity : Quantity.values()) {
            if (rest.regionMatches(true, 0, quantity.prefix, 0, quantity.prefix.length())) {
                set = quantity;
                rest = rest.substring(quantity.prefix.length());
                break;
            }
        }
        if (set == null && rest.equalsIgnoreCase("Null")) {
            return absent(key, values);
        }
        boolean ifExists =
                rest.regionMatches(true, rest.length() - IF_EXISTS.length(), IF_EXISTS, 0, IF_EXISTS.length());
        Operator operator = Operator.of(ifExists ? rest.substring(0, rest.length() - IF_EXISTS.length()) : rest);
        if (operator == null) {
            throw new PolicyException("there is no operator " + name);
        }
        List<Expected> expected = new ArrayList<>();
        for (String value : values) {
            if (!operator.takes(value)) {
                throw new PolicyException(name + " does not take the value " + value);
            }
            expected.add(new Expected(value, new Template(value, variables)));
        }
        return new Compared(operator, set, ifExists, key, List.copyOf(expected));
    }

    String IF_EXISTS = "IfExists";

    private static Condition absent(String key, List<String> values) throws PolicyException {
        if (values.size() == 1 && values.getFirst().equalsIgnoreCase("true")) {
            return new Absent(key, true);
        }
        if (values.size() == 1 && values.getFirst().equalsIgnoreCase("false")) {
            return new Absent(key, false);
        }
        throw new PolicyException("Null takes true or false");
    }
}
