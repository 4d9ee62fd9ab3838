package weir.sqs.sns;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** How a subscription's endpoint is reached. Its name is stored, so a case is retired, never removed. */
public enum Protocol {
    /** A queue of this server, by its ARN. */
    SQS,
    HTTP,
    HTTPS;

    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    static @Nullable Protocol of(String wireName) {
        return switch (wireName) {
            case "sqs" -> SQS;
            case "http" -> HTTP;
            case "https" -> HTTPS;
            default -> null;
        };
    }
}
