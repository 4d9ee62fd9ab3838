package weir.sqs.sns;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.SortedMap;
import java.util.TreeMap;
import weir.sqs.wire.Fields;
import weir.sqs.wire.SnsError;
import weir.sqs.wire.Value;

/** A topic's tags as requests bring them and answers show them. */
final class TopicTags {
    private TopicTags() {}

    /** The tags of a request, checked. */
    static SequencedMap<String, String> of(Fields input) {
        SequencedMap<String, String> tags = new LinkedHashMap<>();
        for (Fields tag : input.structures("Tags")) {
            String key = tag.text("Key");
            String value = tag.text("Value");
            if (key == null || key.isEmpty() || key.length() > SnsQuotas.TAG_KEY_CHARS_MAX) {
                throw SnsError.invalidParameter(
                        "Tags Reason: a tag's key must be 1 to " + SnsQuotas.TAG_KEY_CHARS_MAX + " characters long");
            }
            if (value == null || value.length() > SnsQuotas.TAG_VALUE_CHARS_MAX) {
                throw SnsError.invalidParameter("Tags Reason: a tag's value must be 0 to "
                        + SnsQuotas.TAG_VALUE_CHARS_MAX + " characters long");
            }
            if (tags.put(key, value) != null) {
                throw SnsError.invalidParameter("Duplicated keys are not allowed.");
            }
        }
        return tags;
    }

    static SortedMap<String, String> with(SortedMap<String, String> tags, Map<String, String> added) {
        SortedMap<String, String> changed = new TreeMap<>(tags);
        changed.putAll(added);
        if (changed.size() > SnsQuotas.TAGS_MAX) {
            throw SnsError.TAG_LIMIT_EXCEEDED.because("Could not complete request: tag quota of per resource exceeded");
        }
        return changed;
    }

    static SortedMap<String, String> without(SortedMap<String, String> tags, List<String> keys) {
        SortedMap<String, String> changed = new TreeMap<>(tags);
        for (String key : keys) {
            changed.remove(key);
        }
        return changed;
    }

    static Value shown(SortedMap<String, String> tags) {
        List<Fields> shown = new ArrayList<>();
        tags.forEach((key, value) -> shown.add(new Fields().put("Key", key).put("Value", value)));
        return new Value.Items(shown);
    }
}
