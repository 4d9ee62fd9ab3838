package weir.cluster.placement;

import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import weir.cluster.replication.Member;
import weir.core.Check;
import weir.core.Edition;
import weir.core.catalog.CatalogCommand;
import weir.core.catalog.Definition;

/**
 * A node as the catalog knows it.
 *
 * @param host and {@code port}: of its cluster listener, as the others reach it
 * @param rack nodes of one rack may fail together; empty if nothing is known, then it fails alone
 * @param fronts the advertised address of each front, {@code host:port} by the front's name, such as {@code sqs}
 * @param revision of the definition; {@link Definition#NEW} if it is not there yet
 * @param joinedAtMillis when it was defined first
 * @param edition the newest that it knows of what nodes write for each other
 * @param votes whether it becomes a member of the catalog's group with a vote. One without may be given one later
 */
public record Node(
        int number,
        String host,
        int port,
        String rack,
        NodeState state,
        SortedMap<String, String> fronts,
        long revision,
        long joinedAtMillis,
        int edition,
        boolean votes) {
    /** The kind of its definition. */
    public static final String KIND = "node";

    private static final String HOST = "host";
    private static final String PORT = "port";
    private static final String RACK = "rack";
    private static final String STATE = "state";
    /** Only there for one without a vote. */
    private static final String VOTES = "votes";
    /** Older releases know no editions, and do not say which they know. */
    private static final String EDITION = "edition";

    public Node {
        Check.inRange("node", number, 1, Member.NODE_MAX);
        Check.inRange("port", port, 0, 65_535);
        fronts = new TreeMap<>(fronts);
    }

    /** One that is to be defined. */
    public static Node joining(Member member, String rack, SortedMap<String, String> fronts, int edition) {
        return new Node(
                member.node(),
                member.host(),
                member.port(),
                rack,
                NodeState.ACTIVE,
                fronts,
                Definition.NEW,
                0,
                edition,
                member.votes());
    }

    /** This one as it is started now: where it is, what it knows and offers; the rest stays as it was defined. */
    public Node restarted(Member member, String nowIn, SortedMap<String, String> offers, int knows) {
        return new Node(
                number, member.host(), member.port(), nowIn, state, offers, revision, joinedAtMillis, knows, votes);
    }

    public static Node of(Definition definition) {
        SortedMap<String, String> rest = new TreeMap<>(definition.attributes());
        boolean votes = !"false".equals(rest.remove(VOTES));
        @Nullable String edition = rest.remove(EDITION);
        return new Node(
                Integer.parseInt(definition.name()),
                Objects.requireNonNull(rest.remove(HOST)),
                Integer.parseInt(Objects.requireNonNull(rest.remove(PORT))),
                Objects.requireNonNullElse(rest.remove(RACK), ""),
                NodeState.of(Objects.requireNonNull(rest.remove(STATE))),
                rest,
                definition.revision(),
                definition.createdAtMillis(),
                edition == null ? Edition.FIRST : Integer.parseInt(edition),
                votes);
    }

    public Member member() {
        return new Member(number, host, port);
    }

    public Node in(NodeState next) {
        return new Node(number, host, port, rack, next, fronts, revision, joinedAtMillis, edition, votes);
    }

    /** Makes the catalog's definition this, if it is as it was when this was read. */
    public CatalogCommand.Define define() {
        SortedMap<String, String> attributes = new TreeMap<>(fronts);
        attributes.put(HOST, host);
        attributes.put(PORT, Integer.toString(port));
        attributes.put(RACK, rack);
        attributes.put(STATE, state.text());
        if (!votes) {
            attributes.put(VOTES, "false");
        }
        if (edition > Edition.FIRST) {
            attributes.put(EDITION, Integer.toString(edition));
        }
        return new CatalogCommand.Define(KIND, Integer.toString(number), revision, attributes);
    }
}
