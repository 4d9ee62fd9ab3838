package weir.cluster.replication;

import weir.core.Check;

/**
 * A node as the others reach it.
 *
 * @param node its number, the same for the life of its data directory
 * @param host a name or address that every member can resolve
 * @param port of its cluster listener; replication and {@link weir.cluster.peer.PeerCalls} share it. 0 for a node that is
 *     alone and listens nowhere
 * @param votes false for one that follows a group without a vote: it has everything, and is neither asked nor elected
 */
public record Member(int node, String host, int port, boolean votes) {
    /** More nodes than any cluster needs. */
    public static final int NODE_MAX = 10_000;

    public Member {
        Check.inRange("node", node, 1, NODE_MAX);
        Check.inRange("port", port, 0, 65_535);
    }

    /** One with a vote. */
    public Member(int node, String host, int port) {
        this(node, host, port, true);
    }

    /** The same node as a member that has a vote or has none. */
    public Member voting(boolean vote) {
        return new Member(node, host, port, vote);
    }

    /** As it is called in messages to the operator. */
    @Override
    public String toString() {
        return "node " + node + " (" + host + ":" + port + ")";
    }
}
