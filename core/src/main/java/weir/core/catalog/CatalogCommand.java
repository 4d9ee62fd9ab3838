package weir.core.catalog;

import java.util.SortedMap;
import weir.core.Check;
import weir.core.Limits;
import weir.core.QueueSettings;

/** A change of the definitions. Replicated and kept in the log, so a case is retired, never removed. */
public sealed interface CatalogCommand {
    /** What is concerned. */
    String name();

    /**
     * Creates a queue, or answers with the one of that name, changed in nothing, for the front to compare. Refused with {@link
     * CatalogRefusal#DEDUPLICATION_SCOPE_TOO_WIDE} as {@link Queue#mayBePartitioned} says.
     *
     * @param restMillis how long the name must have been out of use: {@link CatalogRefusal#DELETED_RECENTLY} if a queue
     *     that bore it was deleted less than that ago
     * @param partitions 1 to {@link Limits#PARTITIONS_MAX}; fixed, since the group of a message says in which one it is
     */
    record CreateQueue(
            String name, QueueSettings settings, SortedMap<String, String> labels, long restMillis, int partitions)
            implements CatalogCommand {
        public CreateQueue {
            checkName(name);
            labels = checked(labels);
            Check.inRange("restMillis", restMillis, 0, Limits.NAME_REST_MAX.toMillis());
            Check.inRange("partitions", partitions, 1, Limits.PARTITIONS_MAX);
        }

        public CreateQueue(String name, QueueSettings settings, SortedMap<String, String> labels, long restMillis) {
            this(name, settings, labels, restMillis, 1);
        }

        public CreateQueue(String name, QueueSettings settings, SortedMap<String, String> labels) {
            this(name, settings, labels, 0);
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

    /**
     * Deletes the queue of that name.
     *
     * @param id only if it is that one: {@link CatalogRefusal#NO_SUCH_QUEUE} if another bears the name by now. {@link
     *     #WHICHEVER} for any
     */
    record DeleteQueue(String name, long id) implements CatalogCommand {
        public static final long WHICHEVER = 0;

        public DeleteQueue {
            checkName(name);
            Check.atLeast("id", id, WHICHEVER);
        }

        public DeleteQueue(String name) {
            this(name, WHICHEVER);
        }
    }

    /**
     * Creates a definition, or replaces its attributes.
     *
     * @param revision {@link Definition#NEW} to create it, or be answered with the one that is there, changed in nothing;
     *     else the revision that is replaced: {@link CatalogRefusal#CHANGED} if there is another by now
     */
    record Define(String kind, String name, long revision, SortedMap<String, String> attributes)
            implements CatalogCommand {
        public Define {
            Definition.check(kind, name);
            Check.atLeast("revision", revision, Definition.NEW);
            attributes = Definition.checked(attributes);
        }

        /** Without the attributes' values, as {@link Definition#toString}. */
        @Override
        public String toString() {
            return "Define " + kind + " " + name + " at revision " + revision + " " + attributes.keySet();
        }
    }

    record Undefine(String kind, String name) implements CatalogCommand {
        public Undefine {
            Definition.check(kind, name);
        }
    }

    private static void checkName(String name) {
        Check.inRange("queue name length", name.length(), 1, Limits.QUEUE_NAME_CHARS_MAX);
    }

    private static SortedMap<String, String> checked(SortedMap<String, String> labels) {
        return Queue.sorted("labels", labels, Limits.LABEL_BYTES_MAX);
    }
}
