package weir.sqs.wire;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The type of a value, as AWS's model gives it, with the names that the Query protocol uses for its parts. */
public sealed interface Shape {
    enum Scalar implements Shape {
        TEXT,
        WHOLE,
        FLAG,
        BLOB
    }

    /**
     * A list.
     *
     * @param item what the Query protocol calls an element: SNS has {@code Name.member.1}; null if the list is flattened,
     *     as all of SQS are: {@code Name.1}
     */
    record ListOf(Shape element, @Nullable String item) implements Shape {}

    /**
     * A map from texts.
     *
     * @param entry what the Query protocol calls an entry: SNS has {@code Name.entry.1.key}; null if the map is flattened, as
     *     all of SQS are: {@code Name.1.Key}
     */
    record MapOf(@Nullable String entry, String keyName, String valueName, Shape value) implements Shape {}

    /**
     * @param queryName what the Query protocol calls the member
     * @param required whether a request without it is refused
     */
    record Member(String name, String queryName, Shape shape, boolean required) {
        Member asRequired() {
            return new Member(name, queryName, shape, true);
        }
    }

    /** A structure with its members by both of their names. */
    final class Structure implements Shape {
        private final String name;
        private final List<Member> members;
        private final Map<String, Member> byName = new LinkedHashMap<>();
        private final Map<String, Member> byQueryName = new LinkedHashMap<>();

        private Structure(String name, List<Member> members) {
            this.name = name;
            this.members = List.copyOf(members);
            for (Member member : members) {
                byName.put(member.name, member);
                byQueryName.putIfAbsent(member.queryName, member);
            }
        }

        public String name() {
            return name;
        }

        public List<Member> members() {
            return members;
        }

        public @Nullable Member member(String name) {
            return byName.get(name);
        }

        /** Two members of ReceiveMessage share a Query name; the older one has it. */
        public @Nullable Member memberOfQuery(String queryName) {
            return byQueryName.get(queryName);
        }
    }

    static Structure structure(String name, Member... members) {
        return new Structure(name, List.of(members));
    }

    static Member text(String name) {
        return new Member(name, name, Scalar.TEXT, false);
    }

    static Member whole(String name) {
        return new Member(name, name, Scalar.WHOLE, false);
    }

    static Member flag(String name) {
        return new Member(name, name, Scalar.FLAG, false);
    }

    static Member blob(String name) {
        return new Member(name, name, Scalar.BLOB, false);
    }

    static Member list(String name, String queryName, Shape element) {
        return new Member(name, queryName, new ListOf(element, null), false);
    }

    /** A map whose entries are called Name and Value. */
    static Member map(String name, String queryName, Shape value) {
        return new Member(name, queryName, new MapOf(null, "Name", "Value", value), false);
    }

    /** Tags alone call their entries Key and Value. */
    static Member tags(String name) {
        return new Member(name, "Tag", new MapOf(null, "Key", "Value", Scalar.TEXT), false);
    }

    static Member required(Member member) {
        return member.asRequired();
    }
}
