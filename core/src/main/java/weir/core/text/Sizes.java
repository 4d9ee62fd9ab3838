package weir.core.text;

import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sizes such as {@code 64MiB}: a whole number and a unit. */
public final class Sizes {
    /** For error messages, after "allowed is". */
    public static final String ALLOWED = "a whole number with B, KiB, MiB, GiB or TiB, such as 64MiB";

    private static final Pattern WRITTEN = Pattern.compile("(\\d{1,18})(B|KiB|MiB|GiB|TiB)");
    private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB"};

    private Sizes() {}

    /** The bytes; empty if the text is not {@link #ALLOWED}. */
    public static OptionalLong parse(String text) {
        Matcher match = WRITTEN.matcher(text);
        if (!match.matches()) {
            return OptionalLong.empty();
        }
        long number = Long.parseLong(match.group(1));
        for (int i = 0; i < UNITS.length; i++) {
            if (UNITS[i].equals(match.group(2))) {
                int shift = 10 * i;
                return number > Long.MAX_VALUE >> shift ? OptionalLong.empty() : OptionalLong.of(number << shift);
            }
        }
        throw new AssertionError("a unit of the pattern is not in the list: " + match.group(2));
    }

    /** In the largest unit that is exact. */
    public static String format(long bytes) {
        int unit = 0;
        long number = bytes;
        while (number != 0 && number % 1024 == 0 && unit < UNITS.length - 1) {
            number /= 1024;
            unit++;
        }
        return number + UNITS[unit];
    }
}
