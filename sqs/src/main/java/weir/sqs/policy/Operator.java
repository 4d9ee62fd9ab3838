package weir.sqs.policy;

import java.math.BigDecimal;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How a condition compares. Each has its opposite where AWS has one; {@code negated} is what the name begins or ends with
 * there.
 */
enum Operator {
    STRING_EQUALS("StringEquals", false),
    STRING_NOT_EQUALS("StringNotEquals", true),
    STRING_EQUALS_IGNORE_CASE("StringEqualsIgnoreCase", false),
    STRING_NOT_EQUALS_IGNORE_CASE("StringNotEqualsIgnoreCase", true),
    STRING_LIKE("StringLike", false),
    STRING_NOT_LIKE("StringNotLike", true),
    ARN_EQUALS("ArnEquals", false),
    ARN_NOT_EQUALS("ArnNotEquals", true),
    ARN_LIKE("ArnLike", false),
    ARN_NOT_LIKE("ArnNotLike", true),
    NUMERIC_EQUALS("NumericEquals", false),
    NUMERIC_NOT_EQUALS("NumericNotEquals", true),
    NUMERIC_LESS_THAN("NumericLessThan", false),
    NUMERIC_LESS_THAN_EQUALS("NumericLessThanEquals", false),
    NUMERIC_GREATER_THAN("NumericGreaterThan", false),
    NUMERIC_GREATER_THAN_EQUALS("NumericGreaterThanEquals", false),
    DATE_EQUALS("DateEquals", false),
    DATE_NOT_EQUALS("DateNotEquals", true),
    DATE_LESS_THAN("DateLessThan", false),
    DATE_LESS_THAN_EQUALS("DateLessThanEquals", false),
    DATE_GREATER_THAN("DateGreaterThan", false),
    DATE_GREATER_THAN_EQUALS("DateGreaterThanEquals", false),
    BOOL("Bool", false),
    BINARY_EQUALS("BinaryEquals", false),
    IP_ADDRESS("IpAddress", false),
    NOT_IP_ADDRESS("NotIpAddress", true);

    /** Longer ones would cost more to compare than they could mean. */
    private static final int NUMBER_CHARS_MAX = 40;

    private final String wireName;
    private final boolean negated;

    Operator(String wireName, boolean negated) {
        this.wireName = wireName;
        this.negated = negated;
    }

    /** AWS takes the name in any case. */
    static @Nullable Operator of(String name) {
        for (Operator operator : values()) {
            if (operator.wireName.equalsIgnoreCase(name)) {
                return operator;
            }
        }
        return null;
    }

    /** Whether it holds where none of the values is as said, and also where the request has no value. */
    boolean negated() {
        return negated;
    }

    /** Whether a policy may have such a value. Texts may be filled in later, so any will do for them. */
    boolean takes(String value) {
        return switch (this) {
            case STRING_EQUALS,
                    STRING_NOT_EQUALS,
                    STRING_EQUALS_IGNORE_CASE,
                    STRING_NOT_EQUALS_IGNORE_CASE,
                    STRING_LIKE,
                    STRING_NOT_LIKE,
                    ARN_EQUALS,
                    ARN_NOT_EQUALS,
                    ARN_LIKE,
                    ARN_NOT_LIKE -> true;
            case NUMERIC_EQUALS,
                    NUMERIC_NOT_EQUALS,
                    NUMERIC_LESS_THAN,
                    NUMERIC_LESS_THAN_EQUALS,
                    NUMERIC_GREATER_THAN,
                    NUMERIC_GREATER_THAN_EQUALS -> number(value) != null;
            case DATE_EQUALS,
                    DATE_NOT_EQUALS,
                    DATE_LESS_THAN,
                    DATE_LESS_THAN_EQUALS,
                    DATE_GREATER_THAN,
                    DATE_GREATER_THAN_EQUALS -> date(value) != null;
            case BOOL -> value.equalsIgnoreCase("true") || value.equalsIgnoreCase("false");
            case BINARY_EQUALS -> isBase64(value);
            case IP_ADDRESS, NOT_IP_ADDRESS -> AddressRange.parse(value) != null;
        };
    }

    /** Whether a value of the request is as the policy's value says; what a negated operator adds is the caller's part. */
    boolean holds(Template expected, String text, String value, AccessRequest request) {
        return switch (this) {
            case STRING_EQUALS, STRING_NOT_EQUALS, BINARY_EQUALS -> expected.equalTo(value, request);
            case STRING_EQUALS_IGNORE_CASE, STRING_NOT_EQUALS_IGNORE_CASE ->
                expected.equalToIgnoringCase(value, request);
            case STRING_LIKE, STRING_NOT_LIKE, ARN_EQUALS, ARN_NOT_EQUALS, ARN_LIKE, ARN_NOT_LIKE ->
                expected.matches(value, request);
            case NUMERIC_EQUALS, NUMERIC_NOT_EQUALS -> order(number(value), number(text)) == 0;
            case NUMERIC_LESS_THAN -> order(number(value), number(text)) == -1;
            case NUMERIC_LESS_THAN_EQUALS -> isAtMost(order(number(value), number(text)));
            case NUMERIC_GREATER_THAN -> order(number(value), number(text)) == 1;
            case NUMERIC_GREATER_THAN_EQUALS -> isAtLeast(order(number(value), number(text)));
            case DATE_EQUALS, DATE_NOT_EQUALS -> order(date(value), date(text)) == 0;
            case DATE_LESS_THAN -> order(date(value), date(text)) == -1;
            case DATE_LESS_THAN_EQUALS -> isAtMost(order(date(value), date(text)));
            case DATE_GREATER_THAN -> order(date(value), date(text)) == 1;
            case DATE_GREATER_THAN_EQUALS -> isAtLeast(order(date(value), date(text)));
            case BOOL -> text.equalsIgnoreCase(value);
            case IP_ADDRESS, NOT_IP_ADDRESS -> {
                AddressRange range = AddressRange.parse(text);
                yield range != null && range.contains(value);
            }
        };
    }

    /** What no order is answered with: it is neither less, nor equal, nor greater. */
    private static final int NONE = 2;

    private static <T extends Comparable<T>> int order(@Nullable T left, @Nullable T right) {
        return left == null || right == null ? NONE : Integer.signum(left.compareTo(right));
    }

    private static boolean isAtMost(int order) {
        return order == -1 || order == 0;
    }

    private static boolean isAtLeast(int order) {
        return order == 1 || order == 0;
    }

    private static @Nullable BigDecimal number(String text) {
        try {
            BigDecimal number = text.length() > NUMBER_CHARS_MAX ? null : new BigDecimal(text.strip());
            return number == null || Math.abs((long) number.scale()) > NUMBER_CHARS_MAX ? null : number;
        } catch (NumberFormatException _) {
            return null;
        }
    }

    /** ISO 8601, down to a day alone, or seconds since 1970. */
    private static @Nullable Instant date(String text) {
        String trimmed = text.strip().toUpperCase(Locale.ROOT);
        try {
            if (trimmed.matches("-?[0-9]{1,12}")) {
                return Instant.ofEpochSecond(Long.parseLong(trimmed));
            }
            return trimmed.contains("T")
                    ? OffsetDateTime.parse(trimmed).toInstant()
                    : LocalDate.parse(trimmed).atStartOfDay(ZoneOffset.UTC).toInstant();
        } catch (DateTimeException _) {
            return null;
        }
    }

    private static boolean isBase64(String text) {
        try {
            return Base64.getDecoder().decode(text).length > 0;
        } catch (IllegalArgumentException _) {
            return false;
        }
    }

    /** Addresses that have their first bits in common, as {@code 10.0.0.0/8}. */
    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    private record AddressRange(byte[] address, int bits) {
        static @Nullable AddressRange parse(String text) {
            int slash = text.indexOf('/');
            byte[] address = bytes(slash < 0 ? text : text.substring(0, slash));
            if (address == null) {
                return null;
            }
            String prefix = slash < 0 ? "" : text.substring(slash + 1);
            if (slash >= 0 && !prefix.matches("[0-9]{1,3}")) {
                return null;
            }
            int bits = slash < 0 ? address.length * 8 : Integer.parseInt(prefix);
            return bits > address.length * 8 ? null : new AddressRange(address, bits);
        }

        boolean contains(String value) {
            byte[] other = bytes(value);
            if (other == null || other.length != address.length) {
                return false;
            }
            for (int bit = 0; bit < bits; bit++) {
                int mask = 0x80 >> (bit % 8);
                if (((other[bit / 8] ^ address[bit / 8]) & mask) != 0) {
                    return false;
                }
            }
            return true;
        }

        /** Only what is written as an address: a name would be looked up in the network. */
        private static byte @Nullable [] bytes(String text) {
            if (!text.matches("[0-9]{1,3}(\\.[0-9]{1,3}){3}|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*")) {
                return null;
            }
            try {
                return InetAddress.getByName(text).getAddress();
            } catch (UnknownHostException _) {
                return null;
            }
        }
    }
}
