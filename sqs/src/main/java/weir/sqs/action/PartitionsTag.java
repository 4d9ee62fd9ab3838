package weir.sqs.action;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import weir.core.Limits;
import weir.core.catalog.Queue;
import weir.sqs.wire.Fields;
import weir.sqs.wire.SqsError;
import weir.sqs.wire.SqsException;

/**
 * How a client of SQS says that a queue is to have several partitions: by a tag at its creation, since AWS's rules refuse an
 * attribute that they do not know, and every SDK and tool can give a tag. It is shown as long as the queue is there, and is
 * not one of those that can be changed.
 */
final class PartitionsTag {
    static final String NAME = "weir:partitions";

    private static final Pattern NUMBER = Pattern.compile("[1-9][0-9]?");

    private PartitionsTag() {}

    private static @Nullable Integer given(Map<String, String> tags) {
        String value = tags.get(NAME);
        if (value == null) {
            return null;
        }
        if (!NUMBER.matcher(value).matches() || Integer.parseInt(value) > Limits.PARTITIONS_MAX) {
            throw invalid("is \"" + value + "\"; allowed is 1 to " + Limits.PARTITIONS_MAX + ".");
        }
        return Integer.valueOf(value);
    }

    /** How many a queue is to have that is created with these. */
    static int partitions(Map<String, String> tags) {
        Integer given = given(tags);
        return given == null ? 1 : given;
    }

    /** Whether the tags say something else of the queue than it is. */
    static boolean differs(Map<String, String> tags, Queue queue) {
        Integer given = given(tags);
        return given != null && given != queue.partitions();
    }

    /** Those that are nothing but tags. */
    static Map<String, String> without(Map<String, String> tags) {
        Map<String, String> others = new TreeMap<>(tags);
        others.remove(NAME);
        return others;
    }

    static void checkUnchanged(Map<String, String> tags, Queue queue) {
        if (differs(tags, queue)) {
            throw fixed(queue);
        }
    }

    static void checkKept(List<String> keysToRemove, Queue queue) {
        if (keysToRemove.contains(NAME) && queue.partitions() > 1) {
            throw fixed(queue);
        }
    }

    static void show(Queue queue, Fields tags) {
        if (queue.partitions() > 1) {
            tags.put(NAME, Integer.toString(queue.partitions()));
        }
    }

    private static SqsException fixed(Queue queue) {
        return invalid(
                "cannot be changed: the queue " + queue.name() + " was created with " + queue.partitions() + ".");
    }

    private static SqsException invalid(String why) {
        return SqsError.INVALID_PARAMETER_VALUE.because("The tag " + NAME + " " + why);
    }
}
