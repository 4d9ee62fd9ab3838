package weir.amqp.nodes;

import weir.amqp.message.StoredMessage;

/** What this node's front knows and others may ask. From any thread; does not wait. */
public interface Answers {
    /** False if nobody waits for replies there, or does not read. */
    boolean give(String address, StoredMessage reply);

    boolean waits(String address);

    /** @param connection may be empty: then it is asked for the run alone */
    boolean lives(String run, String connection);
}
