package weir.sqs.sns.filter;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What stands at one place of a message, as far as the policy asks. */
sealed interface Datum {
    /** A value as opposed to something that holds values. */
    sealed interface Value extends Datum {}

    record Text(String text) implements Value {}

    /** Compared by value: 1 and 1.0 and 1e0 are one number. */
    record Decimal(BigDecimal value) implements Value {}

    /** A number with so many digits that it is only compared as it was written. */
    record LongDecimal(String digits) implements Value {}

    enum Constant implements Value {
        TRUE,
        FALSE,
        NULL
    }

    /** Of a list, one element has to meet everything that the policy says of the list's place. */
    record Items(List<Datum> items) implements Datum {}

    /** Members by name; there may be several of a name, by dots or by repetition. Written only while it is read in. */
    record Members(Map<String, List<Datum>> byName) implements Datum {
        Members() {
            this(new HashMap<>());
        }

        void add(String name, Datum datum) {
            byName.computeIfAbsent(name, _ -> new ArrayList<>(1)).add(datum);
        }

        List<Datum> named(String name) {
            return byName.getOrDefault(name, List.of());
        }

        /** The members within the member of that name, for more to be added. */
        Members into(String name) {
            for (Datum datum : named(name)) {
                if (datum instanceof Members members) {
                    return members;
                }
            }
            Members members = new Members();
            add(name, members);
            return members;
        }
    }

    /** A number in the form that fits it; null if the text is none. */
    static @Nullable Value number(String text) {
        if (text.isEmpty() || text.length() > FilterLimits.NUMBER_CHARS_MAX) {
            return isNumeric(text) ? new LongDecimal(text) : null;
        }
        try {
            BigDecimal value = new BigDecimal(text.strip());
            return Math.abs((long) value.scale()) > FilterLimits.NUMBER_CHARS_MAX
                    ? new LongDecimal(text)
                    : new Decimal(value.stripTrailingZeros()); // So that equal numbers are equal.
        } catch (NumberFormatException _) {
            return null;
        }
    }

    private static boolean isNumeric(String text) {
        boolean digit = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            digit |= c >= '0' && c <= '9';
            if ((c < '0' || c > '9') && "+-.eE".indexOf(c) < 0) {
                return false;
            }
        }
        return digit;
    }
}
