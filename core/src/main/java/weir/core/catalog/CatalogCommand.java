package weir.core.catalog;

import java.util.SortedMap;
import weir.core.Check;
import weir.core.Limits;
import weir.core.QueueSettings;

/** A change of the definitions. Replicated and kept in the log, so a case is retired, never removed. */
public sealed interface CatalogCommand {
    /** The queue concerned. */
    String name();

    /** Creates a queue, or answers with the one of that name, changed in nothing, for the front to compare. */
    record CreateQueue(String name, QueueSettings settings, SortedMap<String, String> labels)
            implements CatalogCommand {
        public CreateQueue {
            checkName(name);
            labels = checked(labels);
        }
    }

    /**
     * Replaces settings and labels, if the queue still is at {@code revision}; else {@link CatalogRefusal#CHANGED}, and
     * the caller reads it anew.
     */
    record UpdateQueue(String name, long revision, QueueSettings settings, SortedMap<String, String> labels)
            implements CatalogCommand {
        public UpdateQueue {
            checkName(name);
            labels = checked(labels);
        }
    }

    record DeleteQueue(String name) implements CatalogCommand {
        public DeleteQueue {
            checkName(name);
        }
    }

    private static void checkName(String name) {
        Check.inRange("queue name length", name.length(), 1, Limits.QUEUE_NAME_CHARS_MAX);
    }

    private static SortedMap<String, String> checked(SortedMap<String, String> labels) {
        Check.inRange("labels", labels.size(), 0, Limits.LABELS_MAX);
        long chars = 0;
        for (var label : labels.entrySet()) {
            chars += label.getKey().length() + label.getValue().length();
        }
        Check.inRange("characters in all labels", chars, 0, Limits.LABEL_BYTES_MAX);
        return Queue.sorted(labels);
    }
}
