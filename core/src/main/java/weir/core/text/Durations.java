package weir.core.text;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations such as {@code 30s}: a whole number and a unit. */
public final class Durations {
    /** For error messages, after "allowed is". */
    public static final String ALLOWED = "a whole number with ms, s, m, h or d, such as 30s";

    // 15 digits of days in milliseconds would overflow a long; the multiplication below is checked.
    private static final Pattern WRITTEN = Pattern.compile("(\\d{1,15})(ms|s|m|h|d)");

    private enum Unit {
        D("d", 86_400_000),
        H("h", 3_600_000),
        M("m", 60_000),
        S("s", 1_000),
        MS("ms", 1);

        private final String suffix;
        private final long millis;

        Unit(String suffix, long millis) {
            this.suffix = suffix;
            this.millis = millis;
        }
    }

    private Durations() {}

    /** Empty if the text is not {@link #ALLOWED}. */
    public static Optional<Duration> parse(String text) {
        Matcher match = WRITTEN.matcher(text);
        if (!match.matches()) {
            return Optional.empty();
        }
        long number = Long.parseLong(match.group(1));
        for (Unit unit : Unit.values()) {
            if (unit.suffix.equals(match.group(2))) {
                return number > Long.MAX_VALUE / unit.millis
                        ? Optional.empty()
                        : Optional.of(Duration.ofMillis(number * unit.millis));
            }
        }
        throw new AssertionError("a unit of the pattern has no constant: " + match.group(2));
    }

    /** In the largest unit that is exact, down to milliseconds. */
    public static String format(Duration duration) {
        long millis = duration.toMillis();
        if (millis == 0) {
            return "0s";
        }
        for (Unit unit : Unit.values()) {
            if (millis % unit.millis == 0) {
                return millis / unit.millis + unit.suffix;
            }
        }
        throw new AssertionError("milliseconds divide every duration");
    }
}
