package weir.core.catalog;

import java.util.Comparator;
import java.util.SortedMap;
import weir.core.Check;
import weir.core.Limits;

/**
 * A definition that the core keeps without understanding it: a front's topic, a subscription, a user, an access key. Its
 * owner knows the attributes and gives them a type.
 *
 * @param kind what it is; the part before the first {@code .} names its owner
 * @param name unique among those of its kind
 * @param created the log's index when it was created: tells two apart that bore the same name one after the other
 * @param revision the log's index when it was changed last
 */
public record Definition(
        String kind,
        String name,
        SortedMap<String, String> attributes,
        long createdAtMillis,
        long modifiedAtMillis,
        long created,
        long revision) {
    /** The revision of what is not there yet. */
    public static final long NEW = 0;

    public Definition {
        check(kind, name);
        attributes = checked(attributes);
        Check.atLeast("created", created, 1);
        Check.atLeast("revision", revision, created);
    }

    /** Without the attributes' values, which may be secrets: a log line shows no more than their names. */
    @Override
    public String toString() {
        return kind + " " + name + " at revision " + revision + " " + attributes.keySet();
    }

    Key key() {
        return new Key(kind, name);
    }

    static void check(String kind, String name) {
        Check.inRange("length of a definition's kind", kind.length(), 1, Limits.DEFINITION_KIND_CHARS_MAX);
        Check.inRange("length of a definition's name", name.length(), 1, Limits.DEFINITION_NAME_CHARS_MAX);
    }

    static SortedMap<String, String> checked(SortedMap<String, String> attributes) {
        return Queue.sorted("attributes", attributes, Limits.DEFINITION_CHARS_MAX);
    }

    /** The order of the snapshot and of listings. */
    record Key(String kind, String name) implements Comparable<Key> {
        private static final Comparator<Key> BY_KIND_THEN_NAME =
                Comparator.comparing(Key::kind).thenComparing(Key::name);

        @Override
        public int compareTo(Key other) {
            return BY_KIND_THEN_NAME.compare(this, other);
        }
    }
}
