package weir.sqs.action;

import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import weir.core.catalog.Queue;
import weir.sqs.wire.Fields;
import weir.sqs.wire.SqsError;

/** A queue's tags, which lie among its labels. */
final class Tags {
    private static final String LABEL = "tag:";

    private Tags() {}

    static Fields of(Queue queue) {
        Fields tags = new Fields();
        for (Map.Entry<String, String> label : queue.labels().tailMap(LABEL).entrySet()) {
            if (!label.getKey().startsWith(LABEL)) {
                break;
            }
            tags.put(label.getKey().substring(LABEL.length()), label.getValue());
        }
        PartitionsTag.show(queue, tags);
        return tags;
    }

    static SortedMap<String, String> with(String queue, SortedMap<String, String> labels, Map<String, String> added) {
        SortedMap<String, String> changed = new TreeMap<>(labels);
        for (Map.Entry<String, String> tag : added.entrySet()) {
            if (tag.getKey().isEmpty() || tag.getKey().length() > Quotas.TAG_KEY_CHARS_MAX) {
                throw SqsError.INVALID_PARAMETER_VALUE.because(
                        "Tag keys must be between 1 and " + Quotas.TAG_KEY_CHARS_MAX + " characters in length.");
            }
            if (tag.getValue().length() > Quotas.TAG_VALUE_CHARS_MAX) {
                throw SqsError.INVALID_PARAMETER_VALUE.because(
                        "Tag values must be between 0 and " + Quotas.TAG_VALUE_CHARS_MAX + " characters in length.");
            }
            changed.put(LABEL + tag.getKey(), tag.getValue());
        }
        if (changed.keySet().stream().filter(key -> key.startsWith(LABEL)).count() > Quotas.TAGS_MAX) {
            throw SqsError.INVALID_PARAMETER_VALUE.because("Too many tags added for queue " + queue + ".");
        }
        return changed;
    }

    static SortedMap<String, String> without(SortedMap<String, String> labels, List<String> keys) {
        SortedMap<String, String> changed = new TreeMap<>(labels);
        for (String key : keys) {
            changed.remove(LABEL + key);
        }
        return changed;
    }
}
