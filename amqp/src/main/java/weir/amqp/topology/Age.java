package weir.amqp.topology;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import weir.core.Limits;

/** How RabbitMQ writes the age of messages in a stream: a number, and {@code Y}, {@code M}, {@code D}, {@code h}, {@code m} or {@code s}. */
public final class Age {
    private static final Pattern TEXT = Pattern.compile("0*([1-9][0-9]{0,8})([YMDhms])");

    private Age() {}

    /** No longer than anything can be kept here; empty if it says nothing. A month has 30 days, and a year 365. */
    public static Optional<Duration> of(String text) {
        Matcher age = TEXT.matcher(text);
        if (!age.matches()) {
            return Optional.empty();
        }
        long number = Long.parseLong(age.group(1));
        Duration duration =
                switch (age.group(2)) {
                    case "Y" -> Duration.ofDays(365 * number);
                    case "M" -> Duration.ofDays(30 * number);
                    case "D" -> Duration.ofDays(number);
                    case "h" -> Duration.ofHours(number);
                    case "m" -> Duration.ofMinutes(number);
                    default -> Duration.ofSeconds(number);
                };
        return Optional.of(duration.compareTo(Limits.RETENTION_MAX) < 0 ? duration : Limits.RETENTION_MAX);
    }
}
