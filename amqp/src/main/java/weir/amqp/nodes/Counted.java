package weir.amqp.nodes;

/**
 * What limits are held against, of which each node counts its own. Virtual hosts and users are told apart by when they were made:
 * of those that bore one name one after the other, each is counted for itself.
 */
public sealed interface Counted {
    /** Connections of a virtual host. */
    record ConnectionsOfHost(long created) implements Counted {}

    /** Connections of a user. */
    record ConnectionsOfUser(String name, long created) implements Counted {}

    /** Channels of all connections of a user. */
    record ChannelsOfUser(String name, long created) implements Counted {}
}
