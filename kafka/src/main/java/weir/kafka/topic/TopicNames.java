package weir.kafka.topic;

import java.util.Set;
import java.util.regex.Pattern;

/** Kafka's rules for the names of topics. */
public final class TopicNames {
    private static final int CHARS_MAX = 249;

    private static final Pattern LEGAL = Pattern.compile("[a-zA-Z0-9._-]{1," + CHARS_MAX + "}");

    /** Directories once. */
    private static final Set<String> RESERVED = Set.of(".", "..");

    /** Kafka's own, which consumers of "all topics" leave out. */
    private static final Set<String> INTERNAL =
            Set.of("__consumer_offsets", "__transaction_state", "__share_group_state");

    private TopicNames() {}

    public static boolean isLegal(String name) {
        return LEGAL.matcher(name).matches() && !RESERVED.contains(name);
    }

    public static boolean isInternal(String name) {
        return INTERNAL.contains(name);
    }
}
